"""Orders: an agreement with a customer, priced within a discount authority, approved before it counts."""
