"""The services on the network that turn an address into a position, all behind one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from geopy.geocoders import BaiduV3, GoogleV3, Nominatim, Photon

from domain.core.places import Accuracy, Position, bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from webapp.deliver.geocode_http import AMap, HttpxAdapter

TIMEOUT_S = 10
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One provider: how to reach it, how its points and its own words for accuracy are read.

    `pace_s` is the least time between two requests; the public servers of OpenStreetMap ask for a second.
    """

    make: Callable[[str, str | None, dict[str, Any]], Any]
    accuracy: Callable[[Raw], Accuracy]
    to_wgs84: Callable[[Position], Position] = lambda position: position
    from_wgs84: Callable[[Position], Position] = lambda position: position
    options: Mapping[str, Any] | None = None
    pace_s: float = 0.05
    needs_key: bool = True


def _home(address: str | None, usual: str) -> dict[str, str]:
    """Where to ask, as geopy wants it: the address of an own server, else the public one."""
    if not address:
        return {"domain": usual, "scheme": "https"}
    parts = urlsplit(address)
    return {"domain": f"{parts.netloc}{parts.path.rstrip('/')}", "scheme": parts.scheme}


def _nominatim(_key: str, home: str | None, kind: dict[str, Any]) -> Any:
    return Nominatim(**_home(home, "nominatim.openstreetmap.org"), **kind)


def _photon(_key: str, home: str | None, kind: dict[str, Any]) -> Any:
    return Photon(**_home(home, "photon.komoot.io"), **kind)


def _google(key: str, home: str | None, kind: dict[str, Any]) -> Any:
    return GoogleV3(key, **_home(home, "maps.googleapis.com"), **kind)


def _amap(key: str, home: str | None, kind: dict[str, Any]) -> Any:
    return AMap(key, **_home(home, "restapi.amap.com"), **kind)


def _baidu(key: str, home: str | None, kind: dict[str, Any]) -> Any:
    """A key with a colon is access key and security key (signed requests)."""
    access, _colon, security = key.partition(":")
    service = BaiduV3(access, security_key=security or None, scheme="https", **kind)
    if home:
        service.api = home.rstrip("/") + service.api_path
        service.reverse_api = home.rstrip("/") + service.reverse_path
    return service


_OSM_TYPES = {
    **dict.fromkeys(("house", "building", "amenity", "shop", "office", "historic", "tourism"), Accuracy.exact),
    **dict.fromkeys(("street", "road", "highway", "residential"), Accuracy.street),
    **dict.fromkeys(("district", "suburb", "city_district", "borough", "quarter", "neighbourhood"), Accuracy.district),
    **dict.fromkeys(("city", "town", "village", "municipality", "hamlet", "locality", "postcode"), Accuracy.city),
    **dict.fromkeys(("state", "province", "region", "county", "state_district"), Accuracy.region),
    "country": Accuracy.country,
}
_OSM_PARTS = ("road", "suburb", "city_district", "city", "town", "village", "county", "state", "country")


def _nominatim_accuracy(raw: Raw) -> Accuracy:
    """By the kind of thing found, else by the smallest part of its address."""
    if "house_number" in raw.get("address", {}):
        return Accuracy.exact
    kinds = [raw.get("addresstype"), raw.get("type"), raw.get("class")]
    kinds += [part for part in _OSM_PARTS if part in raw.get("address", {})]
    return next((_OSM_TYPES[kind] for kind in kinds if kind in _OSM_TYPES), Accuracy.region)


def _photon_accuracy(raw: Raw) -> Accuracy:
    found = raw["properties"]
    if found.get("housenumber"):
        return Accuracy.exact
    kinds = (found.get("type"), found.get("osm_value"), found.get("osm_key"))
    return next((_OSM_TYPES[kind] for kind in kinds if kind in _OSM_TYPES), Accuracy.region)


_CHINESE_LEVELS = {
    **dict.fromkeys(("国家",), Accuracy.country),
    **dict.fromkeys(("省",), Accuracy.region),
    **dict.fromkeys(("市", "城市"), Accuracy.city),
    **dict.fromkeys(("区县", "开发区", "乡镇", "村庄", "商圈", "热点商圈", "旅游景点"), Accuracy.district),
    **dict.fromkeys(("道路", "道路交叉路口", "路口", "公交站台、地铁站", "公交站点", "地铁站"), Accuracy.street),
    **dict.fromkeys(("门牌号", "兴趣点", "单元号", "楼层", "房间", "门址", "NoClass", "UNKNOWN"), Accuracy.exact),
}


def _amap_accuracy(raw: Raw) -> Accuracy:
    return _CHINESE_LEVELS.get(str(raw.get("level")), Accuracy.district)


def _baidu_accuracy(raw: Raw) -> Accuracy:
    """The level Baidu found; an address matched only roughly (`precise` 0) is no better than its street."""
    found = _CHINESE_LEVELS.get(str(raw.get("level")), Accuracy.street)
    return Accuracy.street if found is Accuracy.exact and not raw.get("precise") else found


_GOOGLE_TYPES = {
    "street_address": Accuracy.exact, "premise": Accuracy.exact, "subpremise": Accuracy.exact,
    "establishment": Accuracy.exact, "route": Accuracy.street, "intersection": Accuracy.street,
    "sublocality": Accuracy.district, "neighborhood": Accuracy.district, "locality": Accuracy.city,
    "postal_code": Accuracy.city, "administrative_area_level_2": Accuracy.region,
    "administrative_area_level_1": Accuracy.region, "country": Accuracy.country,
}  # fmt: skip


def _google_accuracy(raw: Raw) -> Accuracy:
    found = next((_GOOGLE_TYPES[kind] for kind in raw.get("types", ()) if kind in _GOOGLE_TYPES), Accuracy.region)
    rooftop = raw.get("geometry", {}).get("location_type") == "ROOFTOP"
    return Accuracy.street if found is Accuracy.exact and not rooftop else found


SERVICES: Mapping[str, Service] = {
    "nominatim": Service(
        _nominatim, _nominatim_accuracy, options={"addressdetails": True}, pace_s=1.1, needs_key=False
    ),
    "photon": Service(_photon, _photon_accuracy, pace_s=1.1, needs_key=False),
    "baidu": Service(_baidu, _baidu_accuracy, bd09_to_wgs84, wgs84_to_bd09),
    # Google's data of mainland China are in GCJ-02, as its map there.
    "google": Service(_google, _google_accuracy, gcj02_to_wgs84, wgs84_to_gcj02),
    "amap": Service(_amap, _amap_accuracy, gcj02_to_wgs84, wgs84_to_gcj02),
}


def client(name: str, key: str, home: str | None, user_agent: str) -> Any:
    """geopy's client for a provider; use it in `async with`. `home` is another server's address."""
    kind = {"user_agent": user_agent, "timeout": TIMEOUT_S, "adapter_factory": HttpxAdapter}
    return SERVICES[name].make(key, home, kind)
