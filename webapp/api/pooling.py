"""The verbs of the pools, the same for every kind of record that lies in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from domain.core.errors import NotFound
from domain.core.inputs import Input, Key, Optional, Paragraph
from domain.pools import actions
from domain.pools.actions import Outcome
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from webapp.api.endpoints import Call, Endpoint, Shape
from webapp.api.making import Run, verb

Shown = Callable[[Call, int], Awaitable[dict[str, Any]]]
"""Reads a record as the actor sees it, with what its pool hides left out."""


class Release(Input):
    """Why a record goes back, and to which pool (none: where it came from)."""

    reason: Annotated[Paragraph, Field(min_length=1)]
    pool_id: Annotated[Key | None, Optional] = None


class ToUser(Input):
    """A colleague."""

    user_id: Key


class HandOver(ToUser):
    """A colleague, and whether what the kind lets go along does so: a customer's open opportunities."""

    along: bool = False


class OutcomeShape(Shape):
    """What became of one record of several; `reason` says why not."""

    id: int
    done: bool
    reason: str | None


class Outcomes(Shape):
    """What became of each."""

    items: list[OutcomeShape]


def pool_verbs(
    path: str, noun: str, kind: PoolKind, shown: Shown, output: type[BaseModel], private: Sequence[str]
) -> tuple[Endpoint, ...]:
    """Claim, release, assign, transfer. Columns that are `private` are not for who cannot see the record any more."""

    async def claim(call: Call) -> Any:
        await actions.claim(call.work, kind, call.id)
        return await shown(call, call.id)

    given_up = shown_or_less(kind, shown, output, private)

    async def release(call: Call) -> Any:
        await actions.release(call.work, kind, call.id, call.data.reason, call.data.pool_id)
        return await given_up(call, call.id)

    return (
        verb(f"{path}/{{id}}/claim", f"Claim a {noun} from its pool", claim, output),
        verb(f"{path}/{{id}}/release", f"Return a {noun} to a pool", release, output, Release),
        verb(
            f"{path}/{{id}}/assign", f"Give a pooled {noun} to a colleague", _bulk(kind, actions.assign), Outcomes,
            ToUser,
        ),
        verb(
            f"{path}/{{id}}/transfer", f"Hand a {noun} to a colleague", _bulk(kind, actions.transfer), Outcomes,
            HandOver,
        ),
    )  # fmt: skip


def shown_or_less(kind: PoolKind, shown: Shown, output: type[BaseModel], private: Sequence[str]) -> Shown:
    """Reads a record that the actor had in hand a moment ago, also if it lies or belongs elsewhere now."""

    async def read(call: Call, record_id: int) -> dict[str, Any]:
        try:
            return await shown(call, record_id)
        except NotFound:
            record = await call.work.session.get_one(POOL_KINDS[kind].model, record_id)
            names = (name for name in output.model_fields if hasattr(record, name))
            return {name: None if name in private else getattr(record, name) for name in names}

    return read


def _bulk(kind: PoolKind, act: Callable[..., Awaitable[Sequence[Any]]]) -> Run:
    async def run(call: Call) -> Any:
        pooled = POOL_KINDS[kind]
        await call.work.load(pooled.model, call.id, pooled.visible)
        return outcomes_of(await act(call.work, kind, [call.id], **call.data.model_dump()))

    return run


def outcomes_of(found: Sequence[Outcome]) -> dict[str, Any]:
    """What became of each, as it is answered."""
    items = [
        {"id": one.record_id, "done": one.reason is None, "reason": one.reason and str(one.reason)} for one in found
    ]
    return {"items": items}
