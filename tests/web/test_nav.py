"""Navigation: the bar of each post, and nothing on it that may not be opened."""

from __future__ import annotations

import pytest

from domain.core.access import Actor
from domain.people.permissions import BUILT_IN_ROLES
from webapp.nav import create_items, menu, tabs

ROLES = {role.code: role for role in BUILT_IN_ROLES}


def holder(*codes: str) -> Actor:
    roles = [ROLES[code] for code in codes]
    rights = frozenset(right for role in roles for right in role.permissions)
    return Actor(1, "u", "User", permissions=rights, everything=any(role.everything for role in roles))


@pytest.mark.parametrize(
    ("roles", "bar"),
    [
        (("sales_rep",), ["today", "visits", "customers", "more"]),
        (("department_manager",), ["approvals", "team", "customers", "more"]),
        (("order_administrator",), ["approvals", "orders", "customers", "more"]),
        (("warehouse",), ["shipments", "orders", "today", "more"]),
        (("finance",), ["payments", "orders", "today", "more"]),
        (("administrator",), ["customers", "orders", "approvals", "more"]),
        (("warehouse", "finance"), ["shipments", "orders", "payments", "more"]),
    ],
)
def test_the_bar_is_that_of_the_posts(roles: tuple[str, ...], bar: list[str]) -> None:
    assert [tab.key for tab in tabs(holder(*roles), "/customers")] == bar


@pytest.mark.parametrize("code", sorted(ROLES))
def test_the_bar_and_the_menu_are_together_all_that_may_be_opened(code: str) -> None:
    actor = holder(code)
    shown = [tab.key for tab in (*tabs(actor, "/"), *menu(actor, "/"))]
    assert len(shown) == len(set(shown))
    assert ("admin" in shown) == actor.may("backoffice.open")
    assert ("payments" in shown) == actor.may("payments.view")
    assert {"inbox", "account", "more"} <= set(shown)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/customers", "customers"),
        ("/customers/7/edit", "customers"),
        ("/calendar", "more"),
        ("/customersx", "more"),
        ("/visits/today", "visits"),
        ("/visits/7", "visits"),
        ("/beats", "visits"),
        ("/beats/7", "visits"),
    ],
)
def test_the_place_one_is_at_is_marked(path: str, current: str) -> None:
    assert [tab.key for tab in tabs(holder("sales_rep"), path) if tab.current] == [current]


def test_the_plus_offers_what_may_be_made() -> None:
    assert [item.key for item in create_items(holder("sales_rep"))] == [
        "followup",
        "visit",
        "order",
        "customer",
        "lead",
        "opportunity",
        "payment",
    ]
    assert create_items(holder("warehouse")) == ()
