"""Leads: people and companies that may become customers (S-039 to S-056)."""
