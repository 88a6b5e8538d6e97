"""Finds where addresses lie: by our own gazetteer, or by a service on the network with the gazetteer behind it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from geopy.exc import GeocoderRateLimited, GeopyError

from domain.core.errors import Unavailable
from domain.core.places import Position
from domain.core.text import _
from domain.places.gazetteer import locate
from domain.places.hits import Address, Hit
from webapp.deliver.geocoders import SERVICES, client
from webapp.settings import Settings

LONGEST_LABEL = 300


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


async def geocode(settings: Settings, address: Address) -> Hit | None:
    """The position of an address, or None if nobody knows it. Raises Unavailable when asking later may help."""
    if not address:
        return None
    provider = provider_of(settings)
    hit = await ask(provider, address) if provider else None
    return hit or locate(address)


async def ask(provider: Provider, address: Address) -> Hit | None:
    """Ask one service. Raises Unavailable, with the time to wait where the service says it."""
    service = SERVICES[provider.name]
    if service.needs_key and not provider.key:
        raise Unavailable(_("The geocoder %(name)s needs a key: set OFFING_GEOCODER_KEY.", name=provider.name))
    await _pace(provider.name, service.pace_s)
    try:
        async with client(provider.name, provider.key, provider.home, provider.user_agent) as asked:
            found = await asked.geocode(address.one_line(), **(service.options or {}))
            return None if found is None else _hit(provider.name, found)
    except GeocoderRateLimited as error:
        raise _unavailable(provider.name, error, error.retry_after) from error
    except GeopyError as error:
        raise _unavailable(provider.name, error, None) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # geopy reads answers without checking their shape.
        raise _unavailable(provider.name, error, None) from error


def _hit(name: str, found: Any) -> Hit | None:
    """Our hit for geopy's location, moved to WGS-84; None for a point that is none."""
    service = SERVICES[name]
    if not (-90 <= found.latitude <= 90 and -180 <= found.longitude <= 180):
        return None
    point = service.to_wgs84(Position(found.latitude, found.longitude))
    label = str(found.address or "")[:LONGEST_LABEL]
    return Hit(point.lat, point.lng, service.accuracy(found.raw), label, name)


def _unavailable(name: str, error: Exception, wait_s: int | None) -> Unavailable:
    return Unavailable(
        _("The geocoder %(name)s did not answer (%(why)s).", name=name, why=type(error).__name__), retry_after_s=wait_s
    )


_next_at: dict[str, float] = {}


async def _pace(name: str, pace_s: float) -> None:
    """Wait for our turn: requests of this process to a service leave at least `pace_s` apart."""
    now = time.monotonic()
    turn = max(now, _next_at.get(name, 0.0))
    _next_at[name] = turn + pace_s
    if turn > now:
        await asyncio.sleep(turn - now)
