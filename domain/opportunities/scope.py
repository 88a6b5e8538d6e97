"""Who sees which opportunities, and who may change them (domain.md section 1).

Seen are those in scope, those opened to the actor by team or share, and those of customers that are opened to the actor
so or that the actor owns. What was opened for writing may be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union

from domain.core.access import Actor, Scope, granted, grants_to, in_scope
from domain.core.lists import Branch, any_branch
from domain.customers.models import Customer
from domain.opportunities.models import Opportunity

LIVE: ColumnElement[bool] = Opportunity.deleted_at.is_(None)
"""Not in the bin."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """Opportunities that the actor sees."""
    scope = actor.scope("opportunities")
    if scope is None:
        return false()
    if scope is Scope.all:
        return LIVE
    return and_(LIVE, or_(manageable(actor), any_branch(opened(actor))))


def opened(actor: Actor) -> Sequence[Branch]:
    """Opportunities of others that the actor sees: by team or share of these or of their customers, or because the
    customer is the actor's own."""
    mine = select(Customer.id).where(Customer.owner_id == actor.id, Customer.deleted_at.is_(None))
    return (
        Branch(Opportunity.id, grants_to(actor, "opportunities")),
        Branch(Opportunity.customer_id, grants_to(actor, "customers")),
        Branch(Opportunity.customer_id, mine),
    )


def branches(actor: Actor) -> Sequence[Branch]:
    """The same rows as `visible`, in walks of one index each; none for who sees everything or nothing."""
    scope = actor.scope("opportunities")
    if scope is None or scope is Scope.all or actor.id is None:
        return ()
    owners = (actor.id, *actor.subordinate_ids) if scope is Scope.subordinates else (actor.id,)
    departments = {Scope.department: actor.department_ids, Scope.department_tree: actor.tree_ids}.get(scope, ())
    return (Branch(Opportunity.owner_id, owners), Branch(Opportunity.department_id, departments), *opened(actor))


def writable(actor: Actor) -> ColumnElement[bool]:
    """Opportunities whose data the actor may change: as for `manageable`, and as read-write member of the team of the
    opportunity or of its customer."""
    return or_(
        manageable(actor),
        granted(actor, "opportunities", Opportunity.id, write=True),
        granted(actor, "customers", Opportunity.customer_id, write=True),
    )


def manageable(actor: Actor) -> ColumnElement[bool]:
    """Opportunities that the actor answers for: may transfer, delete, and name the team."""
    return in_scope(actor, "opportunities", Opportunity.owner_id, Opportunity.department_id)


def seen(actor: Actor, columns: Sequence[Any], *wheres: ColumnElement[bool]) -> Any:
    """Columns, the id among them, of what the actor sees under some conditions, each row once: in walks of one
    index each where that is a gain."""
    walks = [branch for branch in branches(actor) if isinstance(branch.values, Select) or branch.values]
    if not walks:
        return select(*columns).where(visible(actor), *wheres)
    return union(*(select(*columns).where(LIVE, branch.where(), *wheres) for branch in walks))


def visible_ids(actor: Actor) -> Select[Any]:
    """Ids of the opportunities that the actor sees."""
    return select(Opportunity.id).where(visible(actor))
