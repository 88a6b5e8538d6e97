"""Opportunities: what a customer may buy, stage by stage until it is won or lost (S-116 to S-130)."""
