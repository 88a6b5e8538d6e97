"""Where an address lies: a gazetteer of our own that needs no network, and links to the phone's map apps.

Words: an `Address` is what stands in a customer's record, a `Hit` the position found for it with its `Accuracy`.
Neighbours: `domain.core.places` (distances, tiles, datums), `webapp.deliver.geocode` (asks services on the network).
"""
