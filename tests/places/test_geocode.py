"""Services on the network, played by a stand-in on loopback that answers in their shapes."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.core.errors import Unavailable
from domain.core.places import Position, metres_between
from domain.places.hits import Address
from webapp.deliver import geocode as module
from webapp.deliver.geocode import Provider, ask, geocode, provider_of
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
def stand_in(monkeypatch):
    monkeypatch.setattr(module, "_next_at", {})
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


async def test_the_public_servers_are_asked_once_a_second(stand_in, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(module.asyncio, "sleep", sleep)
    stand_in.answer("nominatim-house")
    for _turn in range(3):
        await ask(at(stand_in, "nominatim"), ADDRESS)
    assert len(slept) == 2
    assert slept[0] > 0.9 and slept[1] > 1.8


def settings(tmp_path, **values):
    return load({"OFFING_HOME": str(tmp_path), **values})


async def test_the_default_is_the_gazetteer_and_asks_nobody(tmp_path):
    plain = settings(tmp_path)
    assert provider_of(plain) is None
    assert (await geocode(plain, Address(city="Berlin", country="Germany"))).provider == "gazetteer"
    assert await geocode(plain, Address()) is None


async def test_the_gazetteer_stands_behind_a_service_that_finds_nothing(stand_in, tmp_path):
    stand_in.answer("nominatim-nothing")
    own = settings(tmp_path, OFFING_GEOCODER="nominatim", OFFING_GEOCODER_KEY=stand_in.home)
    hit = await geocode(own, ADDRESS)
    assert (hit.provider, hit.accuracy) == ("gazetteer", "city")
    assert len(stand_in.asked) == 1


async def test_a_service_that_needs_a_key_says_so(tmp_path):
    with pytest.raises(Unavailable, match="OFFING_GEOCODER_KEY"):
        await geocode(settings(tmp_path, OFFING_GEOCODER="baidu"), ADDRESS)


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
