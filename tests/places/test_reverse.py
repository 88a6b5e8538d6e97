"""Places named without network."""

import pytest

from domain.core.places import Position
from domain.places.reverse import name_of


@pytest.mark.parametrize(
    ("lat", "lng", "name"),
    [
        (31.2304, 121.4737, "上海市黄浦区"),
        (39.9042, 116.4074, "北京市东城区"),
        (22.5428, 114.0596, "广东省深圳市福田区"),
        (43.79, 87.60, "新疆维吾尔自治区乌鲁木齐市"),
        (22.2819, 114.1582, "Hong Kong"),
        (52.5170, 13.3889, "Berlin, Germany"),
        (1.29, 103.85, "Singapore"),
    ],
)
def test_a_place_is_called_by_its_district_or_city(lat, lng, name):
    assert (name_of(Position(lat, lng)) or "").startswith(name)


def test_a_place_beside_a_city_says_how_far() -> None:
    found = name_of(Position(52.10, 12.60))
    assert found is not None and found.endswith("km)") and "Germany" in found


@pytest.mark.parametrize(("lat", "lng"), [(0, -30), (-80, 10), (30, -150)])
def test_the_middle_of_nowhere_has_no_name(lat, lng):
    assert name_of(Position(lat, lng)) is None


def test_a_foreign_town_at_the_border_is_not_called_chinese():
    assert "辽宁" not in (name_of(Position(40.1006, 124.3981)) or "")
