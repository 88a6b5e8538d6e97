"""Payments: money received for an order, recorded by the rep, confirmed by finance."""
