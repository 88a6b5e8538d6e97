"""Follow-ups: what was said or done with a customer, and when to get in touch next.

Words: way, content, next contact. A follow-up winds the customer's clock (pools) and puts the next contact into the
author's calendar.
"""
