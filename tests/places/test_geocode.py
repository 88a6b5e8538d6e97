"""Services on the network, played by a stand-in on loopback that answers in their shapes."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.core.errors import Unavailable
from domain.core.places import Position, metres_between, wgs84_to_bd09, wgs84_to_gcj02
from domain.places.hits import Address
from webapp.deliver.geocode import Fault, Provider, ask, ask_name, limits_of, provider_of
from webapp.settings import load

pytestmark = pytest.mark.anyio
ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))
ADDRESS = Address("Testplatz 8", "München", "", "Germany")
PATHS = {
    "nominatim": "/search",
    "photon": "/api",
    "baidu": "/geocoding/v3/",
    "amap": "/v3/geocode/geo",
    "google": "/maps/api/geocode/json",
}


@pytest.fixture
def anyio_backend():
    return "asyncio"


class StandIn:
    """Answers every request with what the test put into `answer`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers, self.delay_s = 200, b"[]", {}, 0.0
        self.asked: list[tuple[str, dict[str, str], str]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                stand_in.asked.append((parts.path, query, self.headers["User-Agent"]))
                time.sleep(stand_in.delay_s)
                self.send_response(stand_in.status)
                for name, value in stand_in.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(stand_in.body)))
                self.end_headers()
                self.wfile.write(stand_in.body)

            def log_message(self, *_args) -> None:
                """Keep the test output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.home = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, name: str) -> None:
        self.body = json.dumps(ANSWERS[name]).encode()


@pytest.fixture
def stand_in():
    stand_in = StandIn()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


def at(stand_in: StandIn, name: str) -> Provider:
    return Provider(name, "a-key", stand_in.home, "Offing/1 (https://crm.example.com)")


@pytest.mark.parametrize(
    ("answer", "accuracy"),
    [
        ("nominatim-house", "exact"),
        ("nominatim-road", "street"),
        ("nominatim-city", "city"),
        ("photon-house", "exact"),
        ("photon-city", "city"),
        ("baidu-exact", "exact"),
        ("baidu-rough", "street"),
        ("amap-exact", "exact"),
        ("google-rooftop", "exact"),
        ("google-rough", "street"),
    ],
)
async def test_each_answer_becomes_a_hit_with_its_accuracy(stand_in, answer, accuracy):
    name = answer.partition("-")[0]
    stand_in.answer(answer)
    hit = await ask(at(stand_in, name), ADDRESS)
    assert hit is not None
    assert (hit.accuracy, hit.provider) == (accuracy, name)
    path, query, agent = stand_in.asked[0]
    assert path == PATHS[name]
    assert "Testplatz 8, München, Germany" in query.values()
    assert agent == "Offing/1 (https://crm.example.com)"
    assert ("a-key" in query.values()) == (name in {"baidu", "amap", "google"})


@pytest.mark.parametrize("answer", ["baidu-exact", "amap-exact"])
async def test_chinese_points_are_moved_to_wgs84(stand_in, answer):
    """Both stand for the GPS point 31.2304, 121.4737 in Shanghai."""
    stand_in.answer(answer)
    hit = await ask(at(stand_in, answer.partition("-")[0]), Address("上海市黄浦区测试路1号"))
    assert metres_between(hit.position, Position(31.2304, 121.4737)) < 2


@pytest.mark.parametrize("name", ["nominatim", "photon", "baidu", "amap", "google"])
async def test_nothing_found_is_none(stand_in, name):
    stand_in.answer(f"{name}-nothing")
    assert await ask(at(stand_in, name), ADDRESS) is None


@pytest.mark.parametrize("name", ["nominatim", "photon", "baidu", "amap", "google"])
async def test_too_many_requests_says_when_to_come_back(stand_in, name):
    stand_in.status, stand_in.headers = 429, {"Retry-After": "17"}
    with pytest.raises(Unavailable) as refused:
        await ask(at(stand_in, name), ADDRESS)
    assert refused.value.retry_after_s == 17


@pytest.mark.parametrize("name", ["nominatim", "photon", "baidu", "amap", "google"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"), (503, b""), (403, b"no"), (302, b""), (200, b""), (200, b"<html>"), (200, b"null"),
        (200, b'"x"'),
        (200, b"7"), (200, b'[{"lat": "north"}]'), (200, b'{"status": 99}'), (200, b"\xff\xfe"), (200, b"[" * 5000),
        (200, b" " * 1_100_000),
    ],
)  # fmt: skip
async def test_nonsense_is_unavailable_or_nothing_and_never_a_crash(stand_in, name, status, body):
    stand_in.status, stand_in.body, stand_in.headers = status, body, {"Location": "http://127.0.0.1:1/"}
    try:
        hit = await ask(at(stand_in, name), ADDRESS)
    except Unavailable:
        return
    assert hit is None


@pytest.mark.parametrize("answer", ["baidu-quota", "amap-bad-key", "amap-too-often", "google-quota"])
async def test_refusals_with_status_200_are_noticed(stand_in, answer):
    stand_in.answer(answer)
    with pytest.raises(Unavailable):
        await ask(at(stand_in, answer.partition("-")[0]), ADDRESS)


@pytest.mark.parametrize("point", ['"NaN"', '"91"', '"-1e9"'])
async def test_a_point_off_the_earth_is_no_hit(stand_in, point):
    stand_in.body = b'[{"lat": %s, "lon": "11.5", "display_name": "x", "class": "place"}]' % point.encode()
    try:
        hit = await ask(at(stand_in, "nominatim"), ADDRESS)
    except Unavailable:
        return
    assert hit is None


async def test_no_answer_in_time_is_unavailable(stand_in, monkeypatch):
    monkeypatch.setattr("webapp.deliver.geocoders.TIMEOUT_S", 0.2)
    stand_in.delay_s = 1.0
    with pytest.raises(Unavailable):
        await ask(at(stand_in, "photon"), ADDRESS)


async def test_nobody_there_is_unavailable(stand_in):
    stand_in.server.shutdown()
    stand_in.server.server_close()
    with pytest.raises(Unavailable):
        await ask(at(stand_in, "nominatim"), ADDRESS)


def settings(tmp_path, **values):
    return load({"OFFING_HOME": str(tmp_path), **values})


async def test_the_default_asks_nobody(tmp_path):
    assert provider_of(settings(tmp_path)) is None


async def test_the_public_servers_are_asked_once_a_second_at_most(tmp_path):
    public = settings(tmp_path, OFFING_GEOCODER="nominatim")
    assert limits_of(public).pace.total_seconds() >= 1
    assert limits_of(public).per_day is None
    own = settings(tmp_path, OFFING_GEOCODER="amap", OFFING_GEOCODER_PER_SECOND="3", OFFING_GEOCODER_PER_DAY="5000")
    assert 0.33 < limits_of(own).pace.total_seconds() < 0.34
    assert limits_of(own).per_day == 5000


async def test_a_service_that_needs_a_key_says_so(tmp_path):
    with pytest.raises(Unavailable, match="OFFING_GEOCODER_KEY"):
        await ask(provider_of(settings(tmp_path, OFFING_GEOCODER="baidu")), ADDRESS)


@pytest.mark.parametrize(
    ("status", "blames"), [(429, False), (401, False), (403, False), (502, True), (500, True), (404, True)]
)
async def test_only_what_may_lie_in_the_address_is_blamed_on_it(stand_in, status, blames):
    stand_in.status = status
    with pytest.raises(Fault) as fault:
        await ask(at(stand_in, "photon"), ADDRESS)
    assert fault.value.blames is blames


async def test_a_question_that_the_service_refuses_for_good_has_no_answer(stand_in):
    stand_in.status = 400
    assert await ask(at(stand_in, "nominatim"), ADDRESS) is None


@pytest.mark.parametrize(
    ("name", "path", "asked"),
    [
        ("nominatim", "/reverse", {"lat": "31.2304", "lon": "121.4737"}),
        ("photon", "/reverse", {"lat": "31.2304", "lon": "121.4737"}),
        ("amap", "/v3/geocode/regeo", {"location": None}),
        ("baidu", "/reverse_geocoding/v3/", {"location": None}),
        ("google", "/maps/api/geocode/json", {"latlng": None}),
    ],
)
async def test_each_service_names_a_place_asked_in_its_own_datum(stand_in, name, path, asked):
    place = Position(31.2304, 121.4737)
    stand_in.answer(f"{name}-reverse")
    assert await ask_name(at(stand_in, name), place) == "上海市黄浦区测试路1号"
    there, query, _agent = stand_in.asked[0]
    assert there == path
    for key, value in asked.items():
        if value is not None:
            assert query[key] == value
            continue
        first, second = (float(part) for part in query[key].split(","))
        sent = Position(second, first) if name == "amap" else Position(first, second)
        right = wgs84_to_bd09(place) if name == "baidu" else wgs84_to_gcj02(place)
        assert metres_between(sent, right) < 1


@pytest.mark.parametrize("name", ["nominatim", "photon", "amap", "baidu", "google"])
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"status": "1"}', b'{"error": "Unable to geocode"}'])
async def test_nonsense_names_no_place(stand_in, name, body):
    stand_in.body = body
    try:
        assert await ask_name(at(stand_in, name), Position(31.2, 121.5)) is None
    except Unavailable:
        return


async def test_a_signed_request_to_baidu_carries_its_signature(stand_in):
    stand_in.answer("baidu-exact")
    await ask(Provider("baidu", "access:security", stand_in.home), ADDRESS)
    query = stand_in.asked[0][1]
    assert query["ak"] == "access"
    assert len(query["sn"]) == 32
    assert "security" not in query.values()


async def test_addresses_and_keys_stay_out_of_the_log(stand_in, caplog):
    caplog.set_level("DEBUG")
    stand_in.answer("google-rooftop")
    await ask(at(stand_in, "google"), ADDRESS)
    assert "Testplatz" not in caplog.text and "a-key" not in caplog.text
