"""Who sees and changes records that are owned or lie in pools (domain.md section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, all_, and_, exists, false, literal, or_, select, true
from sqlalchemy.orm import aliased

from domain.core.access import Actor, Scope, among, granted, grants_to, in_scope
from domain.core.lists import Branch
from domain.pools.models import Pool


class PooledScope:
    """The conditions of one kind: its table, and its plural noun as in permissions, scopes and grants."""

    def __init__(self, model: Any, feature: str) -> None:
        self.model, self.feature = model, feature
        self.live: ColumnElement[bool] = model.deleted_at.is_(None)
        """Not in the bin."""

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        """Records in the actor's scope, opened to them by team or share, or lying in one of their pools."""
        scope = actor.scope(self.feature)
        if scope is None:
            return false()
        if scope is Scope.all:
            return self.live
        opened = granted(actor, self.feature, self.model.id)
        return and_(self.live, or_(self._owned_in_scope(actor), opened, self._in_pools(actor.pool_ids)))

    def branches(self, actor: Actor) -> Sequence[Branch]:
        """The same rows as `visible`, in walks of one index each; none for who sees everything or nothing."""
        scope = actor.scope(self.feature)
        if scope is None or scope is Scope.all or actor.id is None:
            return ()
        owners: tuple[int, ...] = (actor.id,)
        departments: tuple[int, ...] = ()
        if scope is Scope.subordinates:
            owners += actor.subordinate_ids
        elif scope is Scope.department:
            departments = actor.department_ids
        elif scope is Scope.department_tree:
            departments = actor.tree_ids
        return (
            Branch(self.model.owner_id, owners),
            Branch(self.model.department_id, departments),
            Branch(self.model.id, grants_to(actor, self.feature)),
            Branch(self.model.pool_id, actor.pool_ids),
        )

    def writable(self, actor: Actor) -> ColumnElement[bool]:
        """Records whose data the actor may change: as for `manageable`, and as read-write member of the team."""
        return or_(self.manageable(actor), granted(actor, self.feature, self.model.id, write=True))

    def manageable(self, actor: Actor) -> ColumnElement[bool]:
        """Records that the actor answers for: may transfer, return, delete, and name the team. Members may not."""
        return or_(self._owned_in_scope(actor), self._in_pools(actor.admin_pool_ids))

    def touches_seen(self, actor: Actor, table: Any, key: Any, author_id: Any, at: Any) -> ColumnElement[bool]:
        """Condition on rows of `table`, which tell what was done with the record of id `key`: the actor sees that, and
        neither its pool keeps its history back until it is claimed, nor its new owner from what came before."""
        model = self.model
        lying, home = aliased(Pool), aliased(Pool)
        open_to_all = literal("followups") != all_(lying.hidden_fields)
        shown = or_(lying.id.is_(None), lying.id.in_(actor.admin_pool_ids), open_to_all)
        since = or_(
            home.id.is_(None), home.history_visible, model.owner_id.is_distinct_from(actor.id), author_id == actor.id,
            at >= model.owned_since,
        )  # fmt: skip
        seen = (
            select(model.id)
            .outerjoin(lying, lying.id == model.pool_id)
            .outerjoin(home, home.id == model.home_pool_id)
            .where(model.id == key, self.visible(actor), shown, since)
        )
        return exists(seen.correlate(table))

    def pools_hiding_address(self, actor: Actor) -> Select[int] | None:
        """The pools that hide addresses, and so places, from the actor until somebody claims; None where none can."""
        if actor.scope(self.feature) is Scope.all or not actor.pool_ids:
            return None
        return select(Pool.id).where(Pool.hidden_fields.contains(["address"]), Pool.id.not_in(actor.admin_pool_ids))

    def address_shown(self, actor: Actor, hiding: Select[int] | Sequence[int] | None) -> ColumnElement[bool]:
        """Condition on records the actor sees: none of the pools that hide addresses keeps this one back."""
        if hiding is None:
            return true()
        pool_id = self.model.pool_id
        return or_(pool_id.is_(None), pool_id.not_in(hiding), granted(actor, self.feature, self.model.id))

    def _owned_in_scope(self, actor: Actor) -> ColumnElement[bool]:
        return in_scope(actor, self.feature, self.model.owner_id, self.model.department_id)

    def _in_pools(self, pool_ids: Sequence[int]) -> ColumnElement[bool]:
        if not pool_ids:
            return false()  # an empty array would do, but the server's kept plan would reckon with full pools
        return among(self.model.pool_id, pool_ids)
