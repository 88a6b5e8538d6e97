"""Notifications: the in-app inbox is the truth; pushes and mails are copies of it."""
