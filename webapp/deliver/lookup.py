"""Where an address lies and what a place is called: from what is kept, else from the service, within its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from domain.core.errors import Unavailable
from domain.core.places import Position
from domain.places import answers, gazetteer, reverse, turns
from domain.places.hits import Address, Hit
from webapp.deliver.geocode import Fault, Provider, ask, ask_name, limits_of, provider_of
from webapp.outside import Outside

Found = TypeVar("Found")


async def find(outside: Outside, address: Address) -> Hit | None:
    """The position of an address, or None if nobody knows it. Raises Unavailable when asking later may help.

    No transaction is open while a service is asked. The gazetteer stands behind a service that finds nothing.
    """
    provider = provider_of(outside.settings)
    if not address or provider is None:
        return gazetteer.locate(address) if address else None
    async with outside.transaction() as work:
        kept = await answers.known(work, provider.name, address)
    if kept is None:
        try:
            hit = await _in_turn(outside, provider, lambda: ask(provider, address))
        except Fault as fault:
            if fault.blames:
                async with outside.transaction() as work:
                    await answers.note_fault(work, provider.name, address)
            raise
        async with outside.transaction() as work:
            await answers.keep(work, provider.name, address, hit)
    else:
        hit = kept.hit
    return hit or gazetteer.locate(address)


async def name_place(outside: Outside, position: Position) -> str | None:
    """What a position is called: by the service if there is one and it answers now, else by the gazetteer."""
    provider = provider_of(outside.settings)
    if provider is not None:
        try:
            name = await _in_turn(outside, provider, lambda: ask_name(provider, position))
        except Unavailable:
            name = None  # the pause is noted; a name of the district is better than none
        if name:
            return name
    return reverse.name_of(position)


async def _in_turn(outside: Outside, provider: Provider, question: Callable[[], Awaitable[Found]]) -> Found:
    """Ask when it is our turn. A fault makes everybody leave the service alone for the time it says."""
    async with outside.transaction() as work:
        wait = await turns.take(work, provider.name, limits_of(outside.settings))
    await asyncio.sleep(wait.total_seconds())
    try:
        answer = await question()
    except Fault as fault:
        pause = None if fault.retry_after_s is None else timedelta(seconds=fault.retry_after_s)
        async with outside.transaction() as work:
            await turns.pause(work, provider.name, fault.why, pause)
        raise
    async with outside.transaction() as work:
        await turns.well(work, provider.name)
    return answer
