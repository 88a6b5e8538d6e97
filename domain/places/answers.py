"""What geocoders have said already: an address is asked for once, however many customers have it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.core.places import Accuracy
from domain.core.work import Work
from domain.places.hits import Address, Hit
from domain.places.models import PlaceAnswer

MOST_TRIES = 3
"""So often an address is sent again after a fault that may be its own; then it counts as not found."""
ROUGH = (Accuracy.city.value, Accuracy.region.value, Accuracy.country.value)


@dataclass(frozen=True, slots=True)
class Known:
    """A kept answer; without a hit the provider knows nothing of the address."""

    hit: Hit | None


async def known(work: Work, provider: str, address: Address) -> Known | None:
    """The kept answer of a provider, None if it has not been asked or never answered."""
    row = (
        await work.session.execute(
            select(PlaceAnswer).where(
                PlaceAnswer.provider == provider,
                PlaceAnswer.address_key == address.key(),
                PlaceAnswer.answered_at.is_not(None),
            )
        )
    ).scalar_one_or_none()
    if row is None:
        return None
    if row.latitude is None or row.longitude is None or row.accuracy is None:
        return Known(None)
    return Known(Hit(row.latitude, row.longitude, Accuracy(row.accuracy), row.label, provider))


async def keep(work: Work, provider: str, address: Address, hit: Hit | None) -> None:
    """Keep an answer; a later one replaces it."""
    found = {
        "latitude": hit and hit.lat,
        "longitude": hit and hit.lng,
        "accuracy": hit and hit.accuracy.value,
        "label": hit.label if hit else "",
        "answered_at": work.now,
    }
    made = insert(PlaceAnswer).values(provider=provider, address_key=address.key(), **found)
    await work.session.execute(made.on_conflict_do_update(index_elements=["provider", "address_key"], set_=found))


async def note_fault(work: Work, provider: str, address: Address) -> None:
    """Count a fault that may lie in the address; after some it is given up, so that the others are not held up."""
    made = insert(PlaceAnswer).values(provider=provider, address_key=address.key(), tries=1)
    counted = made.on_conflict_do_update(
        index_elements=["provider", "address_key"], set_={"tries": PlaceAnswer.tries + 1}
    )
    tries = (await work.session.execute(counted.returning(PlaceAnswer.tries))).scalar_one()
    if tries >= MOST_TRIES:
        await keep(work, provider, address, None)


async def forget(work: Work, addresses: Collection[Address]) -> None:
    """Drop what was not found or found roughly only, so that the services are asked anew."""
    keys = {address.key() for address in addresses}
    await work.session.execute(
        delete(PlaceAnswer).where(
            PlaceAnswer.address_key.in_(keys),
            PlaceAnswer.latitude.is_(None) | PlaceAnswer.accuracy.in_(ROUGH),
        )
    )
