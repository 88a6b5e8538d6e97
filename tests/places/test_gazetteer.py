"""Addresses as people write them, and where they land."""

import csv
from pathlib import Path

import pytest

from domain.core.places import Accuracy, Position, metres_between
from domain.places.gazetteer import locate
from domain.places.hits import Address

DATA = Path(__file__).parents[2] / "domain" / "places" / "data"


@pytest.mark.parametrize(
    ("line", "label", "accuracy"),
    [
        ("浙江省杭州市西湖区文三路 138 号", "浙江省杭州市西湖区", "district"),
        ("浙江杭州西湖文三路138号", "浙江省杭州市西湖区", "district"),
        ("上海市黄浦区南京东路100号", "上海市黄浦区", "district"),
        ("北京朝阳区建国路88号", "北京市朝阳区", "district"),
        ("吉林省吉林市昌邑区", "吉林省吉林市昌邑区", "district"),
        ("大理白族自治州大理市", "云南省大理白族自治州大理市", "district"),
        ("内蒙古呼伦贝尔海拉尔区", "内蒙古自治区呼伦贝尔市海拉尔区", "district"),
        ("西安市长安区", "陕西省西安市长安区", "district"),
        ("重庆忠县", "重庆市忠县", "district"),
        ("中国上海", "上海市", "city"),
        ("广东省东莞市长安镇", "广东省东莞市", "city"),
        ("新疆石河子市", "新疆维吾尔自治区石河子市", "city"),
        ("吉林", "吉林省", "region"),
        ("广西", "广西壮族自治区", "region"),
    ],
)
def test_chinese_addresses_give_the_smallest_division_named(line, label, accuracy):
    hit = locate(Address(line))
    assert hit is not None
    assert (hit.label, hit.accuracy) == (label, accuracy)


def test_the_same_district_name_is_told_apart_by_what_stands_above_it():
    beijing, changchun = locate(Address("北京市朝阳区")), locate(Address("吉林省长春市朝阳区"))
    assert metres_between(beijing.position, Position(39.92, 116.44)) < 10_000
    assert metres_between(changchun.position, Position(43.83, 125.29)) < 10_000
    assert locate(Address("朝阳区建国路88号", city="北京")).label == "北京市朝阳区"
    assert locate(Address("朝阳区建国路88号", country="中国")).accuracy is Accuracy.country


def test_the_same_city_spelling_is_told_apart_by_the_region():
    assert locate(Address(city="Suzhou", country="China")).label == "江苏省苏州市"
    assert locate(Address(city="Suzhou", region="Anhui", country="China")).label == "安徽省宿州市"


NO_PLACES = ["和平饭店", "南京路5号", "第三车间", "", "12345", "?", "区", "a" * 5000, "省市区县" * 99]


@pytest.mark.parametrize("line", NO_PLACES)
def test_what_names_no_place_gives_nothing(line):
    assert locate(Address(line)) is None


def test_a_district_without_position_takes_that_of_its_city_and_says_so():
    park = locate(Address("江苏省苏州市苏州工业园区星湖街328号"))
    city = locate(Address(city="苏州", region="江苏"))
    assert park.position == city.position
    assert park.accuracy is Accuracy.city
    assert locate(Address("台湾省台北市大安区")).accuracy is Accuracy.city


def test_positions_are_wgs84_not_gcj02():
    """The seat of Hangzhou's government is at 30.2489, 120.2052 by GPS; GCJ-02 lies 490 m east of it."""
    assert metres_between(locate(Address("浙江省杭州市")).position, Position(30.2489, 120.2052)) < 150


@pytest.mark.parametrize(
    ("address", "label"),
    [
        (Address(city="München", country="Germany"), "Munich, Germany"),
        (Address(city="MUNCHEN", country="DE"), "Munich, Germany"),
        (Address(city="慕尼黑", country="德国"), "Munich, Germany"),
        (Address(city="México D.F.", country="Mexico"), "Mexico City, Mexico"),
        (Address(city="Portland", region="OR", country="USA"), "Portland, United States"),
        (Address("265, boulevard Charonne, 75012 Paris, France"), "Paris, France"),
        (Address("Rue de Lyon 5, Paris"), "Paris, France"),
        (Address("Unter den Linden 1 Berlin"), "Berlin, Germany"),
        (Address("12 Nanjing Road, Shanghai, China"), "上海市"),
        (Address("美国纽约第五大道 350 号"), "New York, United States"),
        (Address(city="Hong Kong"), "Hong Kong"),
    ],
)
def test_world_cities_are_known_by_their_spellings(address, label):
    hit = locate(address)
    assert (hit.label, hit.accuracy) == (label, Accuracy.city)


def test_an_unknown_town_gives_the_region_or_the_country():
    town = locate(Address("1 Main St", "Nowhereville", "OR", "USA"))
    assert (town.label, town.accuracy) == ("Oregon, United States", Accuracy.region)
    assert locate(Address(city="Nirgendwo", country="Germany")).accuracy is Accuracy.country
    assert locate(Address(city="Nirgendwo", country="Neverland")) is None
    # London in Ontario is not London on the Thames.
    assert locate(Address(city="London", region="Ontario", country="Canada")).label == "Ontario, Canada"


def test_the_known_cities_of_a_wholesaler_land_in_their_country():
    """Cities of the Northwind customers, each with a point that must be near."""
    for city, region, country, lat, lng in [
        ("Luleå", "", "Sweden", 65.58, 22.15),
        ("Tsawassen", "BC", "Canada", 49.01, -123.08),
        ("Cowes", "Isle of Wight", "UK", 50.76, -1.30),
        ("I. de Margarita", "Nueva Esparta", "Venezuela", 10.98, -63.93),
        ("Frankfurt a.M.", "", "Germany", 50.11, 8.68),
        ("Bräcke", "", "Sweden", 62.75, 15.42),
        ("Reggio Emilia", "", "Italy", 44.70, 10.63),
        ("Kobenhavn", "", "Denmark", 55.68, 12.57),
        ("Sao Paulo", "SP", "Brazil", -23.55, -46.63),
        ("Walla Walla", "WA", "USA", 46.06, -118.34),
        ("Århus", "", "Denmark", 56.16, 10.20),
        ("Genève", "", "Switzerland", 46.20, 6.14),
    ]:
        hit = locate(Address("Some Street 5", city, region, country))
        assert hit.accuracy is Accuracy.city, city
        assert metres_between(hit.position, Position(lat, lng)) < 25_000, city


def test_every_district_of_the_table_finds_itself():
    """Full names from province down always give that division, or one that shares all its names."""
    names = {}
    for line in (DATA / "china.tsv").read_text(encoding="utf-8").splitlines():
        code, name = line.split("\t")[:2]
        names[code] = name
    wrong = []
    for code in names:
        full = "".join(names[code[:n]] for n in (2, 4, 6) if n <= len(code) and code[:n] in names)
        hit = locate(Address(full + "人民路1号"))
        if hit is None or (hit.label != full and hit.label not in full):
            wrong.append((full, hit and hit.label))
    assert wrong == []


def test_the_tables_are_small():
    """Read whole into memory at the first question: their size is what keeps that quick."""
    assert sum(path.stat().st_size for path in DATA.glob("*.tsv")) <= 300_000


def test_the_tables_hold_plausible_positions():
    with (DATA / "cities.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            assert -900_000 <= int(row[3]) <= 900_000
            assert -1_800_000 <= int(row[4]) <= 1_800_000
            assert len(row[0]) == 2
