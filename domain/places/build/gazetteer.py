"""Makes domain/places/data/*.tsv: `python -m domain.places.build.gazetteer CN_ADMIN BASEMAP` (see data/SOURCE.md)."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from pypinyin import lazy_pinyin

from domain.core.places import Position, gcj02_to_wgs84, metres_between
from domain.places.build import additions
from domain.places.names import fold, stem

OUT = Path(__file__).parent.parent / "data"
Row = tuple[object, ...]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file with a header."""
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def lines_of(text: str) -> Iterator[list[str]]:
    """Lines of a hand-made table, cut at semicolons."""
    for line in text.strip().splitlines():
        yield line.split(";")


def write(name: str, rows: list[Row]) -> None:
    """Write one table, tab-separated; empty cells at the end of a line are dropped."""
    text = "\n".join("\t".join("" if cell is None else str(cell) for cell in row).rstrip("\t") for row in rows)
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def small(degrees: float) -> int:
    """Degrees as a whole number of ten-thousandths (11 m)."""
    return round(degrees * 10_000)


def latin(code: str, name: str) -> str:
    """The name in Latin letters as put on letters: 杭州市 → Hangzhou."""
    return additions.CHINESE_SPELLINGS.get(code) or "".join(lazy_pinyin(stem(name))).capitalize()


def chinese_points(folder: Path) -> dict[str, tuple[str, Position | None]]:
    """Name and WGS-84 position by six-digit code, from the file whose points are in GCJ-02."""
    points: dict[str, tuple[str, Position | None]] = {}
    for row in rows_of(folder / "adcodes.csv"):
        point = None
        if row["longitude"]:
            point = gcj02_to_wgs84(Position(float(row["latitude"]), float(row["longitude"])))
        points[row["adcode"][:6]] = (row["name"], point)
    return points


def chinese_rows(folder: Path, known: list[tuple[str, Position, int]]) -> list[Row]:
    """Code (2 digits province, 4 city, 6 district), name, latitude, longitude, Latin name, people in thousands."""
    points = chinese_points(folder)
    by_stem = {(code[:4], stem(name)): point for code, (name, point) in points.items() if point}
    by_stem |= {(code[:2], stem(name)): point for code, (name, point) in points.items() if point and code.endswith("00")}
    rows: list[Row] = []
    used: set[str] = set()

    def add(code: str, name: str, point: Position | None) -> None:
        spelled = latin(code, name) if len(code) < 6 else ""
        where = (small(point.lat), small(point.lng)) if point else ("", "")
        people = additions.CHINESE_PEOPLE.get(code) or people_of(known, spelled, point) if len(code) == 4 else None
        rows.append((code, name, *where, spelled, people))

    for row in rows_of(folder / "provinces.csv"):
        add(row["code"], row["name"], points[row["code"] + "0000"][1])
    for code, name in (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区")):
        add(code, name, points[code + "0000"][1])
    for row in rows_of(folder / "cities.csv"):
        if row["name"][-1] in "市州盟区" and row["name"] != "市辖区":
            point = points.get(row["code"] + "00", ("", None))[1]
            add(row["code"], row["name"], point or by_stem.get((row["code"][:2], stem(row["name"]))))
    for row in rows_of(folder / "areas.csv"):
        used.add(row["code"])
        point = points.get(row["code"], ("", None))[1] or by_stem.get((row["code"][:4], stem(row["name"])))
        add(row["code"], row["name"], point)
    for code, (name, point) in points.items():
        # Names that are gone still stand in old addresses.
        if code not in used and not code.endswith("00") and point:
            add(code, name, point)
    for code, name, lat, lng in lines_of(additions.BEYOND_MAINLAND):
        add(code, name, Position(float(lat), float(lng)))
    rows += beyond_districts(folder)
    return rows


def beyond_districts(folder: Path) -> list[Row]:
    """Districts of Hong Kong, Macao and Taiwan; they have no position of their own."""
    codes = {name: code for code, name, _lat, _lng in lines_of(additions.BEYOND_MAINLAND)}
    tree: dict[str, dict[str, list[str]]] = json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8"))
    return [
        (f"{codes[city]}{number:02}", name)
        for cities in tree.values()
        for city, names in cities.items()
        for number, name in enumerate(names, 1)
    ]


def features(folder: Path, name: str) -> list[dict[str, Any]]:
    """Features of one GeoJSON file."""
    found: list[dict[str, Any]] = json.loads((folder / name).read_text(encoding="utf-8"))["features"]
    return found


def chinese_city_names() -> dict[str, str]:
    """Chinese name by folded English name, from the time-zone cities of the locale data."""
    english, chinese = Locale("en").time_zones, Locale("zh").time_zones
    names = {}
    for zone, entry in chinese.items():
        own = english.get(zone, {}).get("city") or zone.split("/")[-1].replace("_", " ")
        if entry.get("city"):
            names[fold(str(own))] = str(entry["city"])
    return names


def world_rows(folder: Path) -> list[Row]:
    """Country, name, region, latitude, longitude, people in thousands, other spellings."""
    spellings: dict[tuple[str, str], str] = {(c, fold(n)): more for c, n, more in lines_of(additions.OTHER_SPELLINGS)}
    in_chinese = chinese_city_names()
    own = list(lines_of(additions.MORE_CITIES))
    ours = {(line[0], fold(line[1]), fold(line[2])) for line in own}
    rows: list[Row] = []
    for feature in features(folder, "ne_50m_populated_places_simple.json"):
        city = feature["properties"]
        country, name = city["iso_a2"], city["name"]
        if len(country) != 2 or country == "-9" or country == "CN" or "Station" in name or "Base" in name:
            continue
        if (country, fold(name), fold(city["adm1name"] or "")) in ours:
            continue
        more = set((city["namealt"] or "").split("|")) | set(spellings.pop((country, fold(name)), "").split("|"))
        if fold(name) in in_chinese and city["pop_max"] > 100_000:
            more.add(in_chinese[fold(name)])
        more -= {"", name}
        where = small(city["latitude"]), small(city["longitude"])
        rows.append((country, name, city["adm1name"], *where, city["pop_max"] // 1000, "|".join(sorted(more))))
    if spellings:
        raise SystemExit(f"spellings for cities that the source does not have: {sorted(spellings)}")
    for country, name, region, lat, lng, thousands, *more_names in own:
        where = small(float(lat)), small(float(lng))
        rows.append((country, name, region, *where, thousands, *more_names))
    return sorted(rows, key=lambda row: (str(row[0]), -int(str(row[5]))))


def ring_centre(ring: list[list[float]]) -> tuple[float, Position]:
    """Area (square degrees) and centre of mass of a ring of [lng, lat]."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return abs(area) / 2, Position(y / (3 * area), x / (3 * area))


def country_points(folder: Path, cities: list[Row]) -> dict[str, Position]:
    """Middle of the largest part of each country; of its greatest city where the map has no such country."""
    points: dict[str, Position] = {}
    for row in reversed(cities):
        points[str(row[0])] = Position(int(str(row[3])) / 10_000, int(str(row[4])) / 10_000)
    named = {"France": "FR", "Norway": "NO"}
    for feature in features(folder, "ne_110m_admin_0_countries.json"):
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        code = named.get(feature["properties"]["NAME"], feature["properties"]["ISO_A2"])
        points[code] = max((ring_centre(part[0]) for part in parts), key=lambda found: found[0])[1]
    return points


def country_rows(folder: Path, cities: list[Row]) -> list[Row]:
    """Code, English name, Chinese name, latitude, longitude, other names."""
    english, chinese = Locale("en").territories, Locale("zh").territories
    points = country_points(folder, cities)
    more = dict(lines_of(additions.OTHER_COUNTRY_NAMES))
    return [
        (code, english[code], chinese[code], small(points[code].lat), small(points[code].lng), more.get(code))
        for code in sorted(points)
        if re.fullmatch("[A-Z]{2}", code) and code in english
    ]


def region_rows() -> list[Row]:
    """Country, code, name of the region."""
    rows: list[Row] = []
    for country, pairs in lines_of(additions.REGION_CODES):
        rows += [(country, *pair.split("=")) for pair in pairs.split("|")]
    return rows


def known_cities(folder: Path) -> list[tuple[str, Position, int]]:
    """Folded name, position and people in thousands of the greater Chinese cities."""
    return [
        (fold(city["name"]), Position(city["latitude"], city["longitude"]), city["pop_max"] // 1000)
        for city in (feature["properties"] for feature in features(folder, "ne_50m_populated_places_simple.json"))
        if city["iso_a2"] == "CN"
    ]


def people_of(known: list[tuple[str, Position, int]], spelled: str, point: Position | None) -> int | None:
    """People in thousands; tells the greater of two cities that are spelled alike (Suzhou)."""
    for name, where, thousands in known:
        if point and name == fold(spelled) and metres_between(point, where) < 80_000:
            return thousands
    return None


def main(cn_admin: Path, basemap: Path) -> None:
    """Write the four tables."""
    OUT.mkdir(exist_ok=True)
    cities = world_rows(basemap)
    write("china.tsv", chinese_rows(cn_admin, known_cities(basemap)))
    write("cities.tsv", cities)
    write("countries.tsv", country_rows(basemap, cities))
    write("regions.tsv", region_rows())
    for path in sorted(OUT.glob("*.tsv")):
        print(path.name, path.stat().st_size, unicodedata.normalize("NFC", path.read_text("utf-8")).count("\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
