"""Follow-ups: what was said and done with a customer, by which way, and when to speak next."""
