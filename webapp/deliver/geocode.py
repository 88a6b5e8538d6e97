"""Asks a geocoding service on the network: where an address lies, and what a place is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)

from domain.core.errors import Unavailable
from domain.core.places import Position
from domain.core.text import _
from domain.places.hits import Address, Hit
from domain.places.turns import LONGEST_PAUSE, Limits
from webapp.deliver.geocoders import SERVICES, client
from webapp.settings import Settings

LONGEST_LABEL = 300
Found = TypeVar("Found")
_NOT_THE_ADDRESS = (
    GeocoderRateLimited, GeocoderQuotaExceeded, GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges,
    GeocoderTimedOut, GeocoderUnavailable,
)  # fmt: skip
_TILL_SOMEBODY_ACTS = (GeocoderQuotaExceeded, GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges)


class Fault(Unavailable):
    """The service did not do what was asked of it. `blames` says that the address itself may be why."""

    def __init__(self, name: str, error: Exception, wait_s: int | None = None, *, blames: bool = True) -> None:
        why = type(error).__name__
        super().__init__(_("The geocoder %(name)s did not answer (%(why)s).", name=name, why=why), retry_after_s=wait_s)
        self.why, self.blames = why, blames


@dataclass(frozen=True, slots=True)
class Provider:
    """Which service to ask, with its key and, for an own server, its address."""

    name: str
    key: str = ""
    home: str | None = None
    user_agent: str = "Offing"


def provider_of(settings: Settings) -> Provider | None:
    """The service that the settings name; None for the gazetteer alone."""
    if settings.geocoder == "gazetteer":
        return None
    key = settings.geocoder_key or ""
    agent = f"Offing/1 ({settings.base_url})"
    if SERVICES[settings.geocoder].needs_key:
        return Provider(settings.geocoder, key, None, agent)
    return Provider(settings.geocoder, "", key or None, agent)


def limits_of(settings: Settings) -> Limits:
    """What the service allows: its own pace unless the settings know better, and the settings' number a day."""
    if settings.geocoder_per_second is not None:
        pace = timedelta(seconds=1) / settings.geocoder_per_second
    else:
        pace = timedelta(seconds=SERVICES[settings.geocoder].pace_s)
    return Limits(pace, settings.geocoder_per_day or None)


async def ask(provider: Provider, address: Address) -> Hit | None:
    """Where an address lies by the service; None if it knows nothing of it. Raises Fault."""

    async def find(service: Any) -> Hit | None:
        found = await service.geocode(address.one_line(), **(SERVICES[provider.name].options or {}))
        return None if found is None else _hit(provider.name, found)

    return await _asked(provider, find)


async def ask_name(provider: Provider, position: Position) -> str | None:
    """What a WGS-84 position is called by the service; None if it knows nothing there. Raises Fault."""
    point = SERVICES[provider.name].from_wgs84(position)

    async def name(service: Any) -> str | None:
        found = await service.reverse((point.lat, point.lng))
        label = "" if found is None else _text(found.address)
        return label[:LONGEST_LABEL] or None

    return await _asked(provider, name)


async def _asked(provider: Provider, question: Callable[[Any], Awaitable[Found]]) -> Found | None:
    if SERVICES[provider.name].needs_key and not provider.key:
        raise Unavailable(_("The geocoder %(name)s needs a key: set OFFING_GEOCODER_KEY.", name=provider.name))
    try:
        async with client(provider.name, provider.key, provider.home, provider.user_agent) as service:
            return await question(service)
    except GeocoderQueryError:
        return None  # the service cannot make sense of this question, and never will
    except GeopyError as error:
        wait_s = getattr(error, "retry_after", None)
        if isinstance(error, _TILL_SOMEBODY_ACTS):
            wait_s = wait_s or round(LONGEST_PAUSE.total_seconds())
        raise Fault(provider.name, error, wait_s, blames=not isinstance(error, _NOT_THE_ADDRESS)) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # geopy reads answers without checking their shape.
        raise Fault(provider.name, error) from error


def _hit(name: str, found: Any) -> Hit | None:
    """Our hit for geopy's location, moved to WGS-84; None for a point that is none."""
    service = SERVICES[name]
    if not (-90 <= found.latitude <= 90 and -180 <= found.longitude <= 180):
        return None
    point = service.to_wgs84(Position(found.latitude, found.longitude))
    label = _text(found.address)[:LONGEST_LABEL]
    return Hit(point.lat, point.lng, service.accuracy(found.raw), label, name)


def _text(name: Any) -> str:
    """geopy hands on Baidu's names as bytes."""
    return (name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name or "")).strip()
