"""People: departments as a tree, users, roles with permissions and data scopes, sessions and tokens."""
