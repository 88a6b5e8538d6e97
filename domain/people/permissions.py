"""The catalogue of rights, feature by feature, and the roles that every company starts with (domain.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.core.access import Scope
from domain.core.text import Text, _

ACTIONS: Mapping[str, Text] = {
    "view": _("View"),
    "create": _("Create"),
    "edit": _("Change"),
    "delete": _("Delete"),
    "transfer": _("Change owner"),
    "share": _("Share"),
    "export": _("Export"),
    "import": _("Import"),
    "claim": _("Claim"),
    "release": _("Return to pool"),
    "assign": _("Assign"),
    "submit": _("Send for approval"),
    "withdraw": _("Withdraw"),
    "void": _("Void"),
    "approve": _("Approve"),
    "confirm": _("Confirm"),
    "ship": _("Ship"),
    "convert": _("Convert"),
    "administer": _("Administer"),
    "open": _("Open"),
    "reopen": _("Reopen"),
}
"""The word for each action, the second half of a permission."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature's rights. `scoped`: its rows have owners, so a role also has a data scope on it."""

    name: str
    label: Text
    actions: tuple[str, ...]
    scoped: bool = False

    @property
    def permissions(self) -> tuple[str, ...]:
        """All rights of the feature as `feature.action`."""
        return tuple(f"{self.name}.{action}" for action in self.actions)


EDITING = ("view", "create", "edit", "delete")
MOVING = ("transfer", "share", "export", "import")

FEATURES: tuple[Feature, ...] = (
    Feature("leads", _("Leads"), (*EDITING, *MOVING, "claim", "release", "assign", "void", "convert"), scoped=True),
    Feature("customers", _("Customers"), (*EDITING, *MOVING, "claim", "release", "assign"), scoped=True),
    Feature("opportunities", _("Opportunities"), (*EDITING, *MOVING, "reopen"), scoped=True),
    Feature("contacts", _("Contacts"), (*EDITING, "export", "import"), scoped=True),
    Feature("followups", _("Follow-ups"), (*EDITING, "export"), scoped=True),
    Feature("visits", _("Visits"), (*EDITING, "export"), scoped=True),
    Feature("calendar", _("Calendar"), (*EDITING, "assign"), scoped=True),
    Feature("orders", _("Orders"), (*EDITING, *MOVING, "submit", "withdraw", "void", "approve"), scoped=True),
    Feature("payments", _("Payments"), (*EDITING, "export", "submit", "withdraw", "confirm"), scoped=True),
    Feature("shipments", _("Shipments"), ("view", "edit", "export", "ship"), scoped=True),
    Feature("products", _("Products"), (*EDITING, "export", "import")),
    Feature("approvals", _("Approvals"), ("view", "administer")),
    Feature("pools", _("Public pools"), ("view", "administer")),
    Feature("team", _("Team"), ("view",)),
    Feature("imports", _("Imports"), ("view", "create")),
    Feature("users", _("Users"), EDITING),
    Feature("departments", _("Departments"), EDITING),
    Feature("backoffice", _("Back office"), ("open", "edit")),
)
"""Everything a role can be given."""

PERMISSIONS: Mapping[str, tuple[Feature, str]] = {
    f"{feature.name}.{action}": (feature, action) for feature in FEATURES for action in feature.actions
}
"""Each permission with its feature and action."""

CATALOGUE: Mapping[str, Feature] = {feature.name: feature for feature in FEATURES}
SCOPED = frozenset(feature.name for feature in FEATURES if feature.scoped)
VIEWS = tuple(f"{feature.name}.view" for feature in FEATURES if "view" in feature.actions)


def permission_label(permission: str) -> Text:
    """A permission in words: "Customers: Claim"."""
    feature, action = PERMISSIONS[permission]
    return _("%(feature)s: %(action)s", feature=feature.label, action=ACTIONS[action])


@dataclass(frozen=True, slots=True)
class BuiltInRole:
    """A role of a new installation. `scope` is that of each scoped feature it may view, unless `scopes` has another."""

    code: str
    name: Text
    permissions: tuple[str, ...] = ()
    scope: Scope = Scope.own
    scopes: Mapping[str, Scope] | None = None
    everything: bool = False
    discount: tuple[int, int] | None = None
    """Most line and most order discount in percent."""

    def feature_scopes(self) -> dict[str, Scope]:
        """The data scope of each scoped feature that the role may view."""
        seen = {right.partition(".")[0] for right in self.permissions if right.endswith(".view")}
        return {name: (self.scopes or {}).get(name, self.scope) for name in sorted(seen & SCOPED)}


def _rights(feature: str, actions: str) -> tuple[str, ...]:
    return tuple(f"{feature}.{action}" for action in actions.split())


EVERYBODY = (
    *_rights("products", "view"),
    *_rights("approvals", "view"),
    *_rights("calendar", "view create edit delete"),
    *_rights("users", "view"),
    *_rights("departments", "view"),
)
SELLING = (
    *EVERYBODY,
    *_rights("leads", "view create edit share transfer claim release convert"),
    *_rights("customers", "view create edit share transfer claim release"),
    *_rights("contacts", "view create edit delete"),
    *_rights("opportunities", "view create edit share transfer"),
    *_rights("followups", "view create edit"),
    *_rights("visits", "view create edit"),
    *_rights("orders", "view create edit share submit withdraw"),
    *_rights("payments", "view create edit submit withdraw"),
    *_rights("shipments", "view"),
    *_rights("pools", "view"),
)
LEADING = (
    *SELLING,
    *_rights("leads", "delete assign export import void"),
    *_rights("customers", "delete assign export import"),
    *_rights("contacts", "export import"),
    *_rights("opportunities", "delete export import reopen"),
    *_rights("followups", "export delete"),
    *_rights("visits", "export delete"),
    *_rights("calendar", "assign"),
    *_rights("orders", "delete transfer export void approve"),
    *_rights("payments", "export"),
    *_rights("team", "view"),
    *_rights("imports", "view create"),
)

BUILT_IN_ROLES: tuple[BuiltInRole, ...] = (
    BuiltInRole("administrator", _("Administrator"), everything=True, discount=(100, 100)),
    BuiltInRole("sales_rep", _("Sales rep"), SELLING, discount=(5, 5)),
    BuiltInRole(
        "department_manager", _("Department manager"), LEADING, scope=Scope.department_tree, discount=(15, 10)
    ),
    BuiltInRole(
        "sales_director",
        _("Sales director"),
        (*LEADING, *_rights("orders", "import"), *_rights("shipments", "export"), *_rights("pools", "administer"),
         *_rights("products", "create edit export import"), *_rights("payments", "delete")),
        scope=Scope.department_tree,
        discount=(30, 20),
    ),
    BuiltInRole(
        "finance",
        _("Finance staff"),
        (*EVERYBODY, *_rights("payments", "view create edit submit withdraw confirm export"),
         *_rights("orders", "view"), *_rights("customers", "view"), *_rights("contacts", "view"),
         *_rights("opportunities", "view")),
        scopes={"payments": Scope.all},
    ),
    BuiltInRole(
        "warehouse",
        _("Warehouse"),
        (*EVERYBODY, *_rights("shipments", "view edit export ship"), *_rights("orders", "view")),
        scopes={"shipments": Scope.all},
    ),
    BuiltInRole(
        "order_administrator",
        _("Order administrator"),
        (*EVERYBODY,
         *_rights("orders", "view create edit delete transfer share export import submit withdraw void approve"),
         *_rights("customers", "view"), *_rights("contacts", "view"), *_rights("opportunities", "view"),
         *_rights("shipments", "view edit export"),
         *_rights("payments", "view"), *_rights("products", "create edit export import"),
         *_rights("imports", "view create")),
        scope=Scope.all,
        scopes={"calendar": Scope.own},
        discount=(30, 20),
    ),
    BuiltInRole(
        "marketing",
        _("Marketing"),
        (*EVERYBODY,
         *_rights("leads", "view create edit delete transfer share export import claim release assign void convert"),
         *_rights("customers", "view create edit export import"), *_rights("opportunities", "view create edit"),
         *_rights("contacts", "view create edit import"),
         *_rights("followups", "view create edit"), *_rights("pools", "view"), *_rights("imports", "view create")),
        scopes={"leads": Scope.all, "customers": Scope.department_tree, "contacts": Scope.department_tree,
                "opportunities": Scope.department_tree},
    ),
    BuiltInRole(
        "service",
        _("Service"),
        (*EVERYBODY, *_rights("customers", "view"), *_rights("contacts", "view create edit"),
         *_rights("opportunities", "view"), *_rights("followups", "view create edit"), *_rights("orders", "view"),
         *_rights("shipments", "view")),
        scope=Scope.all,
        scopes={"calendar": Scope.own},
    ),
    BuiltInRole("auditor", _("Auditor"), (*VIEWS, "backoffice.open"), scope=Scope.all),
)  # fmt: skip
"""The roles a company starts with; all of it can be changed in the back office."""
