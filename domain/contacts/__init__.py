"""Contacts: the people at a customer. Seen and changed with their customer."""
