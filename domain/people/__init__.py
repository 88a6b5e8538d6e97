"""People: departments as a tree, users, roles with permissions and data scopes, sessions, tokens (domain.md section 1)."""
