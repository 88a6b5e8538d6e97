"""Each map app gets the point in the datum it draws."""

from urllib.parse import parse_qs, urlsplit

from domain.core.places import Position, wgs84_to_bd09, wgs84_to_gcj02
from domain.places.links import map_links

SHANGHAI = Position(31.2304, 121.4737)
BERLIN = Position(52.5170, 13.3889)
NAME = 'Wang & Söhne, 上海 "分部"?'


def links(position):
    return {link.app: link for link in map_links(position, NAME)}


def query(url):
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def pair(position):
    return f"{position.lat:.6f},{position.lng:.6f}"


def test_the_device_link_is_wgs84_with_the_name_escaped():
    url = links(SHANGHAI)["geo"].url
    assert url.startswith("geo:31.230400,121.473700?q=31.230400,121.473700(Wang%20%26%20S")
    assert " " not in url and '"' not in url


def test_amap_gets_gcj02_longitude_first():
    gcj = wgs84_to_gcj02(SHANGHAI)
    asked = query(links(SHANGHAI)["amap"].url)
    assert asked["position"] == f"{gcj.lng:.6f},{gcj.lat:.6f}"
    assert asked["name"] == NAME
    # Commas part the fields of a route, so the name has none there.
    assert query(links(SHANGHAI)["amap"].route_url)["to"].count(",") == 2


def test_baidu_gets_bd09():
    asked = query(links(SHANGHAI)["baidu"].url)
    assert asked["location"] == pair(wgs84_to_bd09(SHANGHAI))
    assert asked["coord_type"] == "bd09ll"
    assert pair(wgs84_to_bd09(SHANGHAI)) in query(links(SHANGHAI)["baidu"].route_url)["destination"]


def test_apple_and_google_get_what_they_draw():
    gcj = pair(wgs84_to_gcj02(SHANGHAI))
    assert query(links(SHANGHAI)["apple"].url)["ll"] == gcj
    assert query(links(SHANGHAI)["google"].route_url)["destination"] == gcj


def test_outside_china_all_apps_get_the_same_point():
    found = links(BERLIN)
    assert query(found["apple"].route_url)["daddr"] == pair(BERLIN)
    assert query(found["google"].url)["query"] == pair(BERLIN)
    assert query(found["amap"].url)["position"] == "13.388900,52.517000"
    assert query(found["baidu"].url)["location"] == pair(BERLIN)
