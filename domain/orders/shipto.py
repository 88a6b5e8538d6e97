"""Where goods of a customer go unless somebody says otherwise."""

from __future__ import annotations

from domain.customers.models import Customer


def address_of(customer: Customer) -> str | None:
    """The customer's address on one line: from large to small in Chinese, from small to large elsewhere."""
    street = (customer.address or "").strip()
    named = dict.fromkeys(place for place in (customer.city, customer.region) if place)  # 上海市 is both
    places = [place for place in named if place not in street]
    if any("\u4e00" <= letter <= "\u9fff" for letter in street + "".join(places)):
        whole = "".join([*reversed(places), street])
    else:
        whole = ", ".join(part for part in (street, *places, customer.postal_code, customer.country) if part)
    return whole[:200] or None
