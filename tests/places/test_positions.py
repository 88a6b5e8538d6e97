"""Distances, tiles and datums against numbers that others computed."""

import json
import math
from pathlib import Path

import pytest

from domain.core.places import (
    Position,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    in_mainland_china,
    metres_between,
    position_of_tile,
    tile_of,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# name, WGS-84, GCJ-02, BD-09 (lng, lat), from the test data of github hujiulong/gcoord fa43556 (MIT).
CITIES = [
    (name, *(Position(lat, lng) for lng, lat in points))
    for name, *points in json.loads((Path(__file__).parent / "cities.json").read_text(encoding="utf-8"))
]
BAR_M = 1.0


@pytest.mark.parametrize(("name", "wgs", "gcj", "bd"), CITIES, ids=[city[0] for city in CITIES])
def test_each_datum_is_reached_from_the_other_within_a_metre(name, wgs, gcj, bd):
    assert metres_between(wgs84_to_gcj02(wgs), gcj) <= BAR_M
    assert metres_between(gcj02_to_wgs84(gcj), wgs) <= BAR_M
    assert metres_between(wgs84_to_bd09(wgs), bd) <= BAR_M
    assert metres_between(bd09_to_wgs84(bd), wgs) <= BAR_M


@pytest.mark.parametrize(("there", "back"), [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)])
def test_there_and_back_is_the_same_point(there, back):
    for _name, wgs, _gcj, _bd in CITIES:
        again = back(there(wgs))
        assert abs(again.lat - wgs.lat) < 1e-6
        assert abs(again.lng - wgs.lng) < 1e-6


def test_the_formula_agrees_with_published_vectors():
    """Three vectors of github googollee/eviltransform 03ba58d (BSD-3-Clause)."""
    for lat, lng, to_lat, to_lng in [
        (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
        (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
        (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    ]:
        moved = wgs84_to_gcj02(Position(lat, lng))
        assert moved.lat == pytest.approx(to_lat, abs=1e-9)
        assert moved.lng == pytest.approx(to_lng, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "lat", "lng"),
    [
        ("Hong Kong Central", 22.2819, 114.1582),
        ("Sheung Shui", 22.5026, 114.1279),
        ("Macao", 22.1987, 113.5439),
        ("Taipei", 25.0330, 121.5654),
        ("Seoul", 37.5665, 126.9780),
        ("Ulaanbaatar", 47.8864, 106.9057),
        ("Hanoi", 21.0285, 105.8542),
        ("Vladivostok", 43.1155, 131.8855),
        ("Khabarovsk", 48.4827, 135.0838),
        ("Kathmandu", 27.7172, 85.3240),
        ("Sinuiju", 40.1006, 124.3981),
        ("Berlin", 52.5170, 13.3889),
    ],
)
def test_nothing_moves_outside_mainland_china(name, lat, lng):
    place = Position(lat, lng)
    assert wgs84_to_gcj02(place) is place
    assert wgs84_to_bd09(place) is place
    assert gcj02_to_wgs84(place) is place
    assert bd09_to_wgs84(place) is place


@pytest.mark.parametrize(
    ("name", "lat", "lng"),
    [
        ("Futian, at the border of Hong Kong", 22.5223, 114.0545),
        ("Luohu", 22.5484, 114.1315),
        ("Zhuhai, at the border of Macao", 22.2217, 113.5425),
        ("Xiamen, opposite Kinmen", 24.4499, 118.0820),
        ("Dandong, opposite Sinuiju", 40.1216, 124.3926),
        ("Heihe, opposite Blagoveshchensk", 50.2451, 127.4900),
        ("Fuyuan", 48.3647, 134.3079),
        ("Kashgar", 39.4704, 75.9898),
        ("Sanya", 18.2528, 109.5120),
    ],
)
def test_chinese_towns_at_the_border_are_moved(name, lat, lng):
    place = Position(lat, lng)
    assert in_mainland_china(place)
    assert 50 < metres_between(place, wgs84_to_gcj02(place)) < 800
    assert 400 < metres_between(place, wgs84_to_bd09(place)) < 2000


def test_distances_are_those_of_the_sphere():
    assert metres_between(Position(0, 0), Position(0, 1)) == pytest.approx(111_195, abs=1)
    assert metres_between(Position(52.5170, 13.3889), Position(48.8566, 2.3522)) == pytest.approx(877_500, rel=0.003)
    assert metres_between(Position(0, 179.5), Position(0, -179.5)) == pytest.approx(111_195, abs=1)
    assert metres_between(Position(90, 0), Position(-90, 77)) == pytest.approx(math.pi * 6_371_008.8)
    assert metres_between(Position(31.2, 121.5), Position(31.2, 121.5)) == 0


def test_tiles_are_those_of_web_maps():
    assert tile_of(Position(31.2304, 121.4737), 10) == (857, 418)
    assert tile_of(Position(0, 0), 1) == (1, 1)
    assert tile_of(Position(90, -180)) == (0, 0)
    assert tile_of(Position(-90, 180)) == (2**18 - 1, 2**18 - 1)


def test_a_tile_of_a_coarser_zoom_is_the_number_shifted():
    x, y = tile_of(Position(31.2304, 121.4737))
    assert (x >> 8, y >> 8) == tile_of(Position(31.2304, 121.4737), 10)


def test_the_corner_of_a_tile_lies_in_the_tile():
    for _name, wgs, _gcj, _bd in CITIES:
        x, y = tile_of(wgs)
        middle = position_of_tile(x + 0.5, y + 0.5)
        assert tile_of(middle) == (x, y)
        assert metres_between(middle, wgs) < 110


def test_half_a_position_is_none():
    assert Position.of(31.2, 121.5) == Position(31.2, 121.5)
    assert Position.of(0.0, 0.0) == Position(0.0, 0.0)
    assert Position.of(None, 121.5) is Position.of(31.2, None) is None
