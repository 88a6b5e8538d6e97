"""The geocoder that needs no network: Chinese divisions down to the district, cities and countries of the world."""

from __future__ import annotations

from domain.core.places import Accuracy
from domain.places.china import locate_chinese, locate_in_latin
from domain.places.hits import Address, Hit
from domain.places.world import country_of, locate_in_world

_CHINESE_COUNTRIES = {"CN", "TW", "HK", "MO"}


def locate(address: Address) -> Hit | None:
    """The place the address names, as near as the tables go; None when they know nothing of it.

    A small town gives its region or country: read `accuracy`. Chinese names are looked up before others, unless the
    address says another country.
    """
    country = country_of(address.country)
    if (country is None or country.code in _CHINESE_COUNTRIES) and (hit := locate_chinese(address)):
        return hit
    if country is not None and country.code == "CN" and (hit := locate_in_latin(address)):
        return hit
    hit = locate_in_world(address)
    if country is None and (hit is None or hit.accuracy is Accuracy.country):
        return locate_in_latin(address) or hit
    return hit
