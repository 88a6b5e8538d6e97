"""What somebody may do with an order they see. Each answer is None for yes, or the reason why not."""

from __future__ import annotations

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.orders.models import Order, OrderStatus
from domain.orders.workflow import EDITABLE, WORKFLOW


def wrong_state(order: Order) -> Text:
    """The state stands in the way, not the person."""
    return _('This is not possible while the state is "%(state)s".', state=OrderStatus[order.status].label)


def why_not_edit(actor: Actor, order: Order, writable: bool) -> Text | None:
    """Content changes in draft and after a rejection, by those who may change the record."""
    if not actor.may("orders.edit"):
        return _("Your role does not allow this.")
    if not writable:
        return _("You may read this but not change it.")
    return None if order.status in EDITABLE else wrong_state(order)


def why_not_submit(actor: Actor, order: Order, writable: bool) -> Text | None:
    """Whoever may change it may send it."""
    if not actor.may("orders.submit"):
        return _("Your role does not allow this.")
    if not writable:
        return _("You may read this but not change it.")
    return None if order.status in WORKFLOW.get("submit").sources else wrong_state(order)


def why_not_withdraw(actor: Actor, order: Order) -> Text | None:
    """The owner takes back what still waits (S-142)."""
    if not actor.may("orders.withdraw"):
        return _("Your role does not allow this.")
    if order.owner_id != actor.id:
        return _("Only the owner may withdraw it.")
    return None if order.status in WORKFLOW.get("withdraw").sources else wrong_state(order)


def why_not_void(actor: Actor, order: Order, writable: bool) -> Text | None:
    """By right; one's own order also while it was never approved."""
    own_draft = order.owner_id == actor.id and order.status in EDITABLE and actor.may("orders.edit")
    if not (own_draft or actor.may("orders.void")):
        return _("Voiding an order is a right of its own that your role does not have.")
    if not writable:
        return _("You may read this but not change it.")
    return None if order.status in WORKFLOW.get("void").sources else wrong_state(order)
