"""A whole route for each map app: the order, the datum, and no stop lost where the app takes fewer."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.core.places import Position, metres_between, wgs84_to_bd09, wgs84_to_gcj02
from domain.places.route_links import Device, Point, RouteLink, route_links

OFFICE = Point(Position(31.2304, 121.4737), "公司, 总部|一楼")


def stops(count: int, lat: float = 31.2) -> list[Point]:
    return [Point(Position(lat + number / 100, 121.4), f"客户 {number}|a,b") for number in range(count)]


def links(device: Device, count: int = 4, start: Point | None = OFFICE, lat: float = 31.2) -> dict[str, RouteLink]:
    return {link.app: link for link in route_links(start, stops(count, lat), device)}


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def point(text: str) -> Position:
    lat, lng = (float(part) for part in text.split(","))
    return Position(lat, lng)


def near(found: Position, wanted: Position) -> bool:
    return metres_between(found, wanted) < 0.2


def test_google_gets_gcj02_in_the_mainland() -> None:
    asked = query(links(Device.android)["google"].urls[0])
    gcj = [wgs84_to_gcj02(one.position) for one in stops(4)]
    assert near(point(asked["origin"]), wgs84_to_gcj02(OFFICE.position))
    assert all(near(point(text), one) for text, one in zip(asked["waypoints"].split("|"), gcj[:3], strict=True))
    assert near(point(asked["destination"]), gcj[3])


def test_apple_gets_gcj02_in_the_mainland_stop_by_stop() -> None:
    url = links(Device.iphone)["apple"].urls[0]
    found = [point(text) for text in parse_qs(urlsplit(url).query)["waypoint"]]
    assert all(near(one, wgs84_to_gcj02(two.position)) for one, two in zip(found, stops(4)[:3], strict=True))


@pytest.mark.parametrize("device", [Device.android, Device.iphone])
def test_amaps_app_is_told_that_the_points_are_gcj02(device: Device) -> None:
    url = links(device)["amap"].urls[0]
    asked = query(url)
    assert url.startswith({"android": "amapuri://route/plan/?", "iphone": "iosamap://path?"}[device])
    assert asked["dev"] == "0"
    assert asked["vian"] == "3"
    lats, lngs = asked["vialats"].split("|"), asked["vialons"].split("|")
    for lat, lng, wanted in zip(lats, lngs, stops(4), strict=False):
        assert near(Position(float(lat), float(lng)), wgs84_to_gcj02(wanted.position))
    assert len(asked["vianames"].split("|")) == 3
    assert near(Position(float(asked["slat"]), float(asked["slon"])), wgs84_to_gcj02(OFFICE.position))


def test_baidus_app_gets_bd09_and_is_told_so() -> None:
    asked = query(links(Device.iphone)["baidu"].urls[0])
    assert asked["coord_type"] == "bd09ll"
    via = json.loads(asked["viaPoints"])["viaPoints"]
    assert [one["name"] for one in via] == [one.name for one in stops(3)]
    for one, wanted in zip(via, stops(3), strict=True):
        assert near(Position(one["lat"], one["lng"]), wgs84_to_bd09(wanted.position))
    name, _bar, place = asked["origin"].partition("|latlng:")
    assert "|" not in name
    assert near(point(place), wgs84_to_bd09(OFFICE.position))


def test_the_web_page_of_amap_takes_one_stop_between_so_there_are_more_links() -> None:
    link = links(Device.desk, count=5)["amap"]
    assert len(link.urls) == 3
    first, second, third = (query(url) for url in link.urls)
    assert first["via"].split(",")[:2] != first["to"].split(",")[:2]
    assert second["from"] == first["to"] and third["from"] == second["to"]
    assert first["to"].count(",") == 2
    assert "via" not in third
    assert first["coordinate"] == "gaode"


@pytest.mark.parametrize("device", list(Device))
@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 17, 40])
def test_no_stop_is_lost_and_each_part_goes_on_where_the_last_ended(device: Device, count: int) -> None:
    for link in route_links(OFFICE, stops(count), device):
        if link.app != "google":
            continue
        seen: list[str] = []
        end = f"{wgs84_to_gcj02(OFFICE.position).lat:.6f}"
        for url in link.urls:
            asked = query(url)
            assert asked["origin"].startswith(end)
            between = asked["waypoints"].split("|") if "waypoints" in asked else []
            assert len(between) <= 9
            seen += [*between, asked["destination"]]
            end = asked["destination"].split(",")[0]
        assert len(seen) == len(set(seen)) == count


def test_outside_the_mainland_nothing_is_moved() -> None:
    found = links(Device.iphone, lat=52.5)
    berlin = [Point(Position(52.5, 13.4), "a")]
    assert query(route_links(None, berlin, Device.iphone)[-1].urls[0])["destination"] == "52.500000,13.400000"
    assert set(found) == {"amap", "baidu", "apple", "google"}


def test_without_a_start_the_app_takes_where_one_is_and_without_stops_there_is_nothing() -> None:
    for link in route_links(None, stops(2), Device.android):
        assert not {"origin", "source", "slat", "from"} & query(link.urls[0]).keys()
    assert route_links(OFFICE, [], Device.desk) == []


def test_nothing_in_a_name_breaks_an_address() -> None:
    evil = [Point(Position(31.2, 121.4), 'a"b&dev=1#c|d,e\n<f>'), Point(Position(31.3, 121.4), "z")]
    for device in Device:
        for link in route_links(evil[0], evil, device):
            for url in link.urls:
                assert not set(url) & set('"<>\n #')
                assert query(url).get("dev", "0") == "0"
