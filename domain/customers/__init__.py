"""Customers: companies and persons that we sell to; the record everything else hangs on."""
