"""geopy over httpx, so that one HTTP library serves all, and AMap, which geopy does not know."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
from geopy.adapters import AdapterHTTPError, BaseAsyncAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.geocoders.base import Geocoder
from geopy.location import Location

# Both write whole addresses of requests to their logs: customers' addresses and our key.
for _noisy in ("geopy", "httpx"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)

LARGEST_ANSWER = 1_000_000


class HttpxAdapter(BaseAsyncAdapter):  # type: ignore[misc]  # geopy has no types
    """Sends geopy's requests by httpx; follows no redirects and reads no endless answers."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._client = httpx.AsyncClient(verify=ssl_context or True, follow_redirects=False)

    async def __aenter__(self) -> HttpxAdapter:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:  # noqa: ASYNC109 geopy's name
        """The answer as JSON, whatever type it says to be."""
        text = await self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("the answer is no JSON") from error

    async def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:  # noqa: ASYNC109 geopy's name
        """The answer as text. Raises geopy's errors only."""
        try:
            async with self._client.stream("GET", url, timeout=timeout, headers=headers) as answer:
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise GeocoderServiceError("the answer is too long")
        except httpx.TimeoutException as error:
            raise GeocoderTimedOut("no answer in time") from error
        except httpx.TransportError as error:
            raise GeocoderUnavailable(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise AdapterHTTPError(
                f"status {answer.status_code}",
                status_code=answer.status_code,
                headers=answer.headers,
                text="",
            )
        return body.decode("utf-8", "replace")


class AMap(Geocoder):  # type: ignore[misc]  # geopy has no types
    """AMap's geocoding service, version 3. Its points are GCJ-02."""

    path = "/v3/geocode/geo"
    reverse_path = "/v3/geocode/regeo"

    def __init__(self, api_key: str, *, domain: str, scheme: str, **kind: Any) -> None:
        super().__init__(scheme=scheme, **kind)
        self.api_key = api_key
        self.api = f"{self.scheme}://{domain}"

    def geocode(self, query: str) -> Any:
        """The best location for an address, or None."""
        return self._ask(self.path, {"address": query}, self._read)

    def reverse(self, query: tuple[float, float]) -> Any:
        """The location at a latitude and longitude, or None."""
        lat, lng = query
        return self._ask(self.reverse_path, {"location": f"{lng:.6f},{lat:.6f}"}, partial(self._read_reverse, query))

    def _ask(self, path: str, params: dict[str, str], read: Callable[[Any], Location | None]) -> Any:
        url = str(httpx.URL(self.api + path, params={"key": self.api_key, **params, "output": "JSON"}))
        return self._call_geocoder(url, read)

    def _read_reverse(self, point: tuple[float, float], answer: Any) -> Location | None:
        if answer.get("status") != "1":
            raise _amap_error(str(answer.get("infocode", "")), str(answer.get("info", "")))
        name = answer["regeocode"]["formatted_address"]  # an empty list where there is none
        return Location(name, point, answer) if isinstance(name, str) and name else None

    def _read(self, answer: Any) -> Location | None:
        if answer.get("status") != "1":
            raise _amap_error(str(answer.get("infocode", "")), str(answer.get("info", "")))
        if not answer.get("geocodes"):
            return None
        place = answer["geocodes"][0]
        lng, lat = place["location"].split(",")
        return Location(place.get("formatted_address") or "", (float(lat), float(lng)), place)


def _amap_error(code: str, info: str) -> GeocoderServiceError:
    """AMap says what is wrong by a number in an answer with status 200."""
    if code in {"10003", "10044", "10045"}:
        return GeocoderQuotaExceeded(info)
    if code in {"10004", "10014", "10019", "10020", "10021"}:
        return GeocoderRateLimited(info, retry_after=None)
    if code in {"10001", "10002", "10005", "10006", "10007", "10009", "10010", "10012", "10013", "10026"}:
        return GeocoderAuthenticationFailure(info)
    if code.startswith("3"):
        return GeocoderQueryError(info)
    return GeocoderServiceError(info)
