"""Finds cities, regions and countries of the world by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.core.places import Accuracy
from domain.places.hits import Address, Hit
from domain.places.names import fold

PROVIDER = "gazetteer"
_DATA = Path(__file__).parent / "data"
_LONGEST_LINE = 200
_LONGEST_NAME = 5
_LONGEST_CHINESE = 10
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class City:
    """A city with its region and its people in thousands."""

    country: str
    name: str
    region: str
    lat: float
    lng: float
    thousands: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory by its two-letter code."""

    code: str
    name: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Index:
    """Everything by folded name; regions by (country, folded name), their codes resolved to names first."""

    cities: dict[str, list[City]]
    countries: dict[str, Country]
    regions: dict[tuple[str, str], list[City]]
    region_codes: dict[tuple[str, str], str]


def _lines(name: str, width: int) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        yield (line.split("\t") + [""] * width)[:width]


@cache
def index() -> Index:
    """The tables, read at first use (some 15 ms); cities of a name with the greatest first."""
    made = Index({}, {}, {}, {})
    for code, english, chinese, lat, lng, more in _lines("countries.tsv", 6):
        country = Country(code, english, int(lat) / 10_000, int(lng) / 10_000)
        for name in (code, english, chinese, *more.split("|")):
            if name:
                made.countries.setdefault(fold(name), country)
    for code, name, region, lat, lng, thousands, more in _lines("cities.tsv", 7):
        city = City(code, name, region, int(lat) / 10_000, int(lng) / 10_000, int(thousands))
        for spelling in {fold(spelling) for spelling in (name, *more.split("|")) if spelling}:
            made.cities.setdefault(spelling, []).append(city)
        if region:
            made.regions.setdefault((code, fold(region)), []).append(city)
    for code, short, name in _lines("regions.tsv", 3):
        made.region_codes[code, fold(short)] = fold(name)
    for found in made.cities.values():
        found.sort(key=lambda city: -city.thousands)
    return made


def country_of(name: str) -> Country | None:
    """The country of that name in English, Chinese, its own language or as a two-letter code."""
    return index().countries.get(fold(name))


def locate_in_world(address: Address) -> Hit | None:
    """The city by the fields of the address, else a city named in the line, else the region, else the country."""
    country = country_of(address.country)
    region = address.region
    if country:
        region = index().region_codes.get((country.code, fold(region)), region)
    hit = _city(address.city, region, country)
    if hit is None and not address.city:
        hit, country = _in_line(address.line, region, country)
    return hit or _region(region, country) or _country(country)


def _city(name: str, region: str, country: Country | None) -> Hit | None:
    found = index().cities.get(fold(name), [])
    if country:
        found = [city for city in found if city.country == country.code]
    same_region = [city for city in found if region and fold(city.region) == fold(region)]
    if region and found and not same_region and _is_region(region, country):
        # The region is known and holds no such city: the name is another town's.
        return None
    city = next(iter(same_region or found), None)
    if city is None:
        return None
    return Hit(city.lat, city.lng, Accuracy.city, _joined(city.name, _name_of(city.country)), PROVIDER)


def _joined(name: str, country: str) -> str:
    return name if country.startswith(name) else f"{name}, {country}"


def _is_region(region: str, country: Country | None) -> bool:
    return country is not None and (country.code, fold(region)) in index().regions


def _in_line(line: str, region: str, country: Country | None) -> tuple[Hit | None, Country | None]:
    """Read free text from its end, where city and country stand; "Rue de Lyon 5, Paris, France" is in Paris."""
    parts = [fold(part) for part in re.split(r"[,;\n，；]", line[:_LONGEST_LINE])]
    for part in reversed(parts):
        for name in _names(part):
            if country is None and (len(name) > 2 or not name.isascii()) and (named := country_of(name)):
                country = named
                continue
            if hit := _city(name, region, country):
                return hit, country
    return None, country


def _names(part: str) -> Iterator[str]:
    """Runs of words, the long ones first, and of these the last first; in Chinese, letters from the start."""
    words = [word for word in part.split() if not any(letter.isdigit() for letter in word)]
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            yield " ".join(words[start : start + length])
    if _CHINESE.match(part):
        for start in range(len(part)):
            for end in range(min(len(part), start + _LONGEST_CHINESE), start + 1, -1):
                yield part[start:end]


def _region(region: str, country: Country | None) -> Hit | None:
    """The middle of the known cities of a region."""
    if not country:
        return None
    cities = index().regions.get((country.code, fold(region)), [])
    if not cities:
        return None
    lat, lng = (sum(values) / len(cities) for values in ([c.lat for c in cities], [c.lng for c in cities]))
    return Hit(round(lat, 4), round(lng, 4), Accuracy.region, f"{cities[0].region}, {country.name}", PROVIDER)


def _country(country: Country | None) -> Hit | None:
    if country is None:
        return None
    return Hit(country.lat, country.lng, Accuracy.country, country.name, PROVIDER)


def _name_of(code: str) -> str:
    country = index().countries.get(code.lower())
    return country.name if country else code


def label_of(city: City) -> str:
    """A city with its country."""
    return _joined(city.name, _name_of(city.country))
