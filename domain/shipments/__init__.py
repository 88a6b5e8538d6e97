"""Shipments: made when an order is approved; the warehouse sends them off."""
