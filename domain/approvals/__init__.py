"""Approvals: steps of people who confirm or reject an order or a payment. One mechanism for all kinds."""
