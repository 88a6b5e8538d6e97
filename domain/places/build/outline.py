"""Makes static/map/*.json, the map that is there without a tile server (see static/map/SOURCE.md).

`python -m domain.places.build.outline WORLD_ATLAS LAKES_GEOJSON`
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from domain.places import china, world
from domain.places.names import stem

OUT = Path(__file__).parents[3] / "static" / "map"
SCALE = 100
"""Whole numbers in the files are hundredths of a degree (1 km)."""
Point = tuple[float, float]
EAST_ASIA = (70.0, 0.0, 150.0, 56.0)
FINE, COARSE = 0.0006, 0.06
"""Smallest triangle (square degrees) that a corner must span to stay, in East Asia and elsewhere."""
SMALLEST_ISLAND = {True: 0.01, False: 0.15}
GREAT_CITY_THOUSANDS = 800


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """The lines of a TopoJSON file in degrees."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + x0, y * ky + y0))
        arcs.append(points)
    return arcs


def rings_of(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """Every ring of a TopoJSON shape as numbers of arcs; ~n is arc n backwards."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from rings_of(part)
    elif geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def is_fine(point: Point) -> bool:
    """Whether the point lies where the map is drawn finely."""
    west, south, east, north = EAST_ASIA
    return west <= point[0] <= east and south <= point[1] <= north


def triangle(a: Point, b: Point, c: Point) -> float:
    """Area spanned by three corners."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(line: list[Point]) -> list[Point]:
    """The line without its least corners (Visvalingam and Whyatt); the ends stay."""
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    areas = [0.0] * len(line)
    heap: list[tuple[float, int]] = []

    def weigh(at: int) -> None:
        area = triangle(line[before[at]], line[at], line[after[at]])
        areas[at] = area if is_fine(line[at]) else area * FINE / COARSE
        heapq.heappush(heap, (areas[at], at))

    gone = set()
    for at in range(1, len(line) - 1):
        weigh(at)
    while heap:
        area, at = heapq.heappop(heap)
        if at in gone or area != areas[at]:
            continue
        if area >= FINE:
            break
        gone.add(at)
        after[before[at]], before[after[at]] = after[at], before[at]
        for beside in (before[at], after[at]):
            if 0 < beside < len(line) - 1:
                weigh(beside)
    return [point for at, point in enumerate(line) if at not in gone]


def packed(line: list[Point]) -> list[int]:
    """First point, then steps, in whole hundredths; steps of nothing are left out."""
    numbers: list[int] = []
    x = y = 0
    for lng, lat in line:
        dx, dy = round(lng * SCALE) - x, round(lat * SCALE) - y
        if dx or dy or not numbers:
            numbers += [dx, dy]
            x, y = x + dx, y + dy
    return numbers


def joined(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The points of a ring."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def unwrapped(ring: list[Point]) -> list[Point]:
    """The ring without jumps over the date line: it goes on beyond 180° instead. The pole's own edge may jump."""
    turn, points = 0, [ring[0]]
    for (before, _), (lng, lat) in pairwise(ring):
        if abs(lng - before) > 180 and abs(lat) < 85:
            turn += 360 if lng < before else -360
        points.append((lng + turn, lat))
    return points


def cut_at(ring: list[Point], edge: float, *, keep_west: bool) -> list[Point]:
    """The part of a closed ring on one side of a meridian (Sutherland and Hodgman)."""
    kept: list[Point] = []
    for a, b in pairwise(ring):
        inside_a, inside_b = (a[0] <= edge) == keep_west, (b[0] <= edge) == keep_west
        if inside_a != inside_b:
            cross = (edge, a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0]))
            kept += [cross, b] if inside_b else [cross]
        elif inside_b:
            kept.append(b)
    return [*kept, kept[0]] if kept else []


def on_one_sheet(ring: list[Point]) -> list[list[Point]]:
    """The ring as parts between 180° west and east."""
    whole = unwrapped(ring)
    parts = [cut_at(whole, 180, keep_west=True)]
    parts.append([(lng - 360, lat) for lng, lat in cut_at(whole, 180, keep_west=False)])
    inside = [part for part in parts if part]
    beyond = [cut_at([(lng + 360, lat) for lng, lat in part], 180, keep_west=True) for part in inside]
    return [cut for part in inside if (cut := cut_at(part, -180, keep_west=False))] + [cut for cut in beyond if cut]


def ring_area(ring: list[Point]) -> float:
    """Square degrees in a ring."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def shapes(topology: dict[str, Any], name: str) -> list[list[int]]:
    """The rings of a layer, simplified; small islands are left out."""
    arcs = arcs_of(topology)
    kept = []
    for ring in rings_of(topology["objects"][name]):
        for points in on_one_sheet(joined(ring, arcs)):
            line = packed(simplified(points))
            if ring_area(points) >= SMALLEST_ISLAND[is_fine(points[0])] and len(line) >= 8:
                kept.append(line)
    return kept


def borders(topology: dict[str, Any]) -> list[list[int]]:
    """Lines that two countries share."""
    used: dict[int, set[int]] = defaultdict(set)
    for country, geometry in enumerate(topology["objects"]["countries"]["geometries"]):
        for ring in rings_of(geometry):
            for number in ring:
                used[number if number >= 0 else ~number].add(country)
    arcs = arcs_of(topology)
    lines = (packed(simplified(arcs[number])) for number in sorted(used) if len(used[number]) > 1)
    return [line for line in lines if len(line) >= 4]


def lakes(path: Path) -> list[list[int]]:
    """Outlines of the great lakes."""
    found = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        rings = feature["geometry"]["coordinates"]
        found.append(packed(simplified([(lng, lat) for lng, lat, *_ in rings[0]])))
    return found


def labels() -> list[list[Any]]:
    """Cities to be named on the map: Chinese name, Latin name, longitude, latitude, rank (1 is shown first)."""
    found = [
        label(stem(division.name), division.latin, division.lng, division.lat, rank)
        for division in china.index().by_code.values()
        if (rank := chinese_rank(division.code)) and division.lat is not None and division.lng is not None
    ]
    spellings: dict[world.City, str] = {}
    for name, named in world.index().cities.items():
        for city in named:
            in_chinese = "\u4e00" <= name[0] <= "\u9fff"
            spellings[city] = name if in_chinese else spellings.get(city, "")
    for city, chinese in spellings.items():
        if city.thousands >= GREAT_CITY_THOUSANDS and city.country not in {"TW", "HK", "MO"}:
            rank = 1 if city.thousands > 8000 else 2 if city.thousands > 3000 else 3
            found.append(label(chinese or city.name, city.name, city.lng, city.lat, rank))
    return sorted(found, key=lambda row: int(row[4]))


def chinese_rank(code: str) -> int:
    """How soon a Chinese city is named: municipalities, then capitals of provinces, then the others; 0 is never."""
    if code in {"11", "12", "31", "50"}:
        return 1
    if code in {"81", "82", "7101"} or (len(code) == 4 and code.endswith("01") and code < "70"):
        return 2
    return 4 if len(code) == 4 and (code < "70" or code in {"7104", "7106"}) else 0


def districts() -> list[list[Any]]:
    """Districts and counties of China, for close views."""
    return [
        [division.name, round(division.lng * SCALE), round(division.lat * SCALE)]
        for division in china.index().by_code.values()
        if len(division.code) == 6 and division.lat is not None and division.lng is not None
    ]


def label(chinese: str, latin: str, lng: float, lat: float, rank: int) -> list[Any]:
    """One row; a Latin name that is the same is left empty."""
    return [chinese, "" if latin == chinese else latin, round(lng * SCALE), round(lat * SCALE), rank]


def write(name: str, data: object) -> None:
    """Write one file without blanks."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def main(atlas: Path, lake_file: Path) -> None:
    """Write the outline and the names."""
    OUT.mkdir(parents=True, exist_ok=True)
    land = json.loads((atlas / "land-50m.json").read_text(encoding="utf-8"))
    countries = json.loads((atlas / "countries-50m.json").read_text(encoding="utf-8"))
    write(
        "outline.json",
        {"scale": SCALE, "land": shapes(land, "land"), "borders": borders(countries), "lakes": lakes(lake_file)},
    )
    write("cities.json", {"scale": SCALE, "names": labels()})
    write("districts.json", {"scale": SCALE, "names": districts()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
