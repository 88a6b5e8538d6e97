"""Piccolo's view of people, pools and what an administrator sets."""

from __future__ import annotations

from enum import Enum

from piccolo.columns.readable import Readable
from piccolo.table import Table

from domain.approvals.models import ApproverRule
from domain.company.models import ReasonKind
from domain.core.access import Scope
from domain.customers.models import Level
from domain.people.models import Language
from domain.people.permissions import CATALOGUE, PERMISSIONS
from domain.pools.models import PoolKind, RecycleKind
from webapp.backoffice.columns import day, key, line, moment, money, several, structure, to, whole, yes_no
from webapp.backoffice.engine import DB

HERE = "people_tables"
Permission = Enum("Permission", {name.replace(".", "__"): name for name in PERMISSIONS})  # type: ignore[misc]
FeatureName = Enum("FeatureName", {name: name for name in CATALOGUE})  # type: ignore[misc]
ApprovalKind = Enum("ApprovalKind", {"orders": "orders", "payments": "payments"})


class Department(Table, tablename="departments", db=DB):
    """The department tree."""

    id = key()
    name = line()
    parent_id = to("Department", HERE)
    head_id = to("User", HERE)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class User(Table, tablename="users", db=DB):
    """People. Passwords and keys are not columns here, so nothing can show or set them."""

    id = key()
    user_name = line(length=60)
    name = line()
    email = line(null=True)
    mobile = line(null=True)
    language = line(choices=Language, default="zh")
    time_zone = line(default="Asia/Shanghai")
    active = yes_no(True)
    department_id = to("Department", HERE)
    manager_id = to("User", HERE)
    on_leave_until = day()
    holding_limit = whole()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s (%s)", [cls.name, cls.user_name])

    # What piccolo-admin asks of its user; the gate has decided already.
    admin = True
    superuser = True
    _min_password_length = 10

    @property
    def username(self) -> str:
        """Shown at the top of the back office."""
        return str(self.name)


class Role(Table, tablename="roles", db=DB):
    """Roles; `code` marks the built-in ones."""

    id = key()
    name = line()
    code = line(null=True)
    everything = yes_no(False)
    holding_limit = whole()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class RolePermission(Table, tablename="role_permissions", db=DB):
    """The rights of a role."""

    id = key()
    role_id = to("Role", HERE, null=False)
    permission = line(choices=Permission)


class RoleScope(Table, tablename="role_scopes", db=DB):
    """How much of a feature's data a role sees."""

    id = key()
    role_id = to("Role", HERE, null=False)
    feature = line(choices=FeatureName)
    scope = line(choices=Scope)


class UserRole(Table, tablename="user_roles", db=DB):
    """Who holds which role."""

    id = key()
    user_id = to("User", HERE, null=False)
    role_id = to("Role", HERE, null=False)


class UserDepartment(Table, tablename="user_departments", db=DB):
    """Further departments of a user."""

    id = key()
    user_id = to("User", HERE, null=False)
    department_id = to("Department", HERE, null=False)


class Pool(Table, tablename="pools", db=DB):
    """Pools and their limits."""

    id = key()
    kind = line(choices=PoolKind)
    name = line()
    active = yes_no(True)
    claiming = yes_no(True)
    holding_limit = whole()
    daily_limit = whole()
    batch_limit = whole()
    cooldown_days = whole()
    protect_days = whole()
    hidden_fields = several()
    history_visible = yes_no(True)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class PoolMember(Table, tablename="pool_members", db=DB):
    """Who belongs to a pool: one user, department or role a row."""

    id = key()
    pool_id = to("Pool", HERE, null=False)
    user_id = to("User", HERE)
    department_id = to("Department", HERE)
    role_id = to("Role", HERE)
    administrator = yes_no(False)


class PoolAssignee(Table, tablename="pool_assignees", db=DB):
    """To whom what comes into a pool goes by default, in turn."""

    id = key()
    pool_id = to("Pool", HERE, null=False)
    user_id = to("User", HERE, null=False)
    position = whole(null=False, default=0)
    last_at = moment()


class RecycleRule(Table, tablename="recycle_rules", db=DB):
    """When owned customers return to a pool."""

    id = key()
    pool_id = to("Pool", HERE, null=False)
    kind = line(choices=RecycleKind)
    days = whole(null=False, default=30)
    levels = several(Level)
    exempt_deal = yes_no(True)
    exempt_opportunity = yes_no(False)
    target_pool_id = to("Pool", HERE)
    priority = whole(null=False, default=0)
    active = yes_no(True)


class ApprovalFlow(Table, tablename="approval_flows", db=DB):
    """Approval flows; one active one a kind."""

    id = key()
    kind = line(choices=ApprovalKind)
    name = line()
    active = yes_no(True)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class ApprovalFlowStep(Table, tablename="approval_flow_steps", db=DB):
    """The steps of a flow, in the order of `position`."""

    id = key()
    flow_id = to("ApprovalFlow", HERE, null=False)
    position = whole(null=False, default=1)
    rule = line(choices=ApproverRule)
    role_id = to("Role", HERE)
    user_id = to("User", HERE)
    least_amount = money(null=True)
    over_discount = yes_no(False)


class DiscountLimit(Table, tablename="discount_limits", db=DB):
    """The discount authority of a role."""

    id = key()
    role_id = to("Role", HERE, null=False)
    line_percent = money(digits=(5, 2))
    order_percent = money(digits=(5, 2))


class ProductCategory(Table, tablename="product_categories", db=DB):
    """Groups of products."""

    id = key()
    name = line()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class Product(Table, tablename="products", db=DB):
    """Products. `name_sort` and `txt` are filled in by a hook and never shown."""

    id = key()
    code = line()
    name = line()
    name_sort = line(default="-", length=10_000)
    txt = line(default="-", length=10_000)
    unit = line(default="-")
    spec = line(null=True)
    category_id = to("ProductCategory", HERE)
    list_price = money()
    active = yes_no(True)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class Reason(Table, tablename="reasons", db=DB):
    """Reasons offered in lists."""

    id = key()
    kind = line(choices=ReasonKind)
    text_zh = line()
    text_en = line()
    position = whole(null=False, default=0)
    active = yes_no(True)


class Setting(Table, tablename="settings", db=DB):
    """The company's settings; the rows are given, the values are changed."""

    id = key()
    name = line()
    value = structure(null=False)
