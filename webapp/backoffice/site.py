"""What the back office shows: which tables, in which group, who may write them."""

from __future__ import annotations

from functools import cache
from typing import Any

from piccolo.table import Table
from piccolo_admin.endpoints import AdminRouter, TableConfig, create_admin
from piccolo_admin.translations.data import ENGLISH, SIMPLIFIED_CHINESE
from piccolo_api.crud.endpoints import OrderBy, PiccoloCRUD
from piccolo_api.crud.hooks import Hook, HookType
from piccolo_api.crud.validators import Validators
from piccolo_api.session_auth.tables import SessionsBase
from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.core.text import Text, _
from domain.products.search import search_text
from domain.search.pinyin import sort_key
from webapp.backoffice import opportunity_tables as deals
from webapp.backoffice import people_tables as people
from webapp.backoffice import record_tables as records
from webapp.backoffice import visit_tables as visits
from webapp.backoffice.entrance import entrance
from webapp.backoffice.forms import forms
from webapp.i18n import catalogue

PEOPLE, POOLS, SALES, COMPANY, RECORDS, LOG = (
    _("1 People"), _("2 Pools"), _("3 Sales and approval"), _("4 Company"), _("5 Records (read only)"),
    _("6 Log (read only)"),
)  # fmt: skip
"""Groups of the menu; it sorts them by name, hence the numbers."""


class Presence(SessionsBase, tablename="presences"):
    """Piccolo's idea of a session: whoever the gate let in. Touches no table."""

    @classmethod
    async def get_user_id(cls, token: str, increase_expiry: Any = None) -> int | None:
        """The user whom the gate let in."""
        return entrance().actor.id


def deny(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    """This way of changing is closed: in bulk and by replacing there would be no check; other tables have own verbs."""
    raise HTTPException(405, "This cannot be done in the back office.")


def keeps_secrets(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    """Mails hold links that set passwords: only for those who could set the password anyway."""
    if not entrance().actor.may("backoffice.edit"):
        raise HTTPException(403, "Only for administrators.")


async def fill_product(row: people.Product) -> people.Product:
    """Before a product is added: what lists sort and search by."""
    row.name_sort, row.txt = sort_key(row.name), search_text(row.name, row.code, row.spec)
    return row


async def refill_product(row_id: int, values: dict[Any, Any]) -> dict[Any, Any]:
    """Before a product is changed: the same, from the new values and the old ones."""
    old = await people.Product.objects().get(people.Product.id == row_id)
    new = {column._meta.name: value for column, value in values.items()}
    name, code, spec = (new.get(field, getattr(old, field)) for field in ("name", "code", "spec"))
    return {**values, people.Product.name_sort: sort_key(name), people.Product.txt: search_text(name, code, spec)}


def written(table: type[Table], group: Text, **options: Any) -> tuple[type[Table], Text, dict[str, Any]]:
    """A table that is kept here."""
    validators = Validators(put_single=[deny], delete_all=[deny])
    return table, group, {"validators": validators, **options}


def shown(table: type[Table], group: Text, **options: Any) -> tuple[type[Table], Text, dict[str, Any]]:
    """A table that is only looked at here; newest first."""
    closed = {way: [deny] for way in ("post_single", "put_single", "patch_single", "delete_single", "delete_all")}
    newest = [OrderBy(column=table._meta.primary_key, ascending=False)]
    return table, group, {"validators": Validators(**closed), "order_by": newest, **options}  # type: ignore[arg-type]


def tables() -> list[tuple[type[Table], Text, dict[str, Any]]]:
    """Every table of the back office."""
    no_delete = Validators(put_single=[deny], delete_all=[deny], delete_single=[deny])
    given = Validators(put_single=[deny], delete_all=[deny], delete_single=[deny], post_single=[deny])
    mails = shown(records.Mail, LOG)
    mails[2]["validators"].every = [keeps_secrets]
    user = people.User
    product_hooks = [Hook(HookType.pre_save, fill_product), Hook(HookType.pre_patch, refill_product)]
    return [
        written(people.Department, PEOPLE),
        written(people.User, PEOPLE, validators=no_delete, visible_columns=[
            user.id, user.user_name, user.name, user.department_id, user.manager_id, user.email, user.active,
        ]),
        written(people.Role, PEOPLE),
        written(people.RolePermission, PEOPLE),
        written(people.RoleScope, PEOPLE),
        written(people.UserRole, PEOPLE),
        written(people.UserDepartment, PEOPLE),
        written(people.Pool, POOLS),
        written(people.PoolMember, POOLS),
        written(people.PoolAssignee, POOLS, exclude_visible_filters=[people.PoolAssignee.last_at]),
        written(people.RecycleRule, POOLS),
        written(people.ProductCategory, SALES),
        written(people.Product, SALES, hooks=product_hooks, exclude_visible_columns=[
            people.Product.name_sort, people.Product.txt,
        ], exclude_visible_filters=[people.Product.name_sort, people.Product.txt]),
        written(people.DiscountLimit, SALES),
        written(people.ApprovalFlow, SALES),
        written(people.ApprovalFlowStep, SALES),
        written(visits.VisitType, COMPANY, validators=no_delete),
        written(visits.VisitQuestion, COMPANY),
        written(deals.Pipeline, SALES, validators=no_delete),
        written(deals.Stage, SALES),
        written(deals.StageQuestion, SALES),
        written(people.Reason, COMPANY),
        written(people.Setting, COMPANY, validators=given),
        *(shown(table, RECORDS) for table in (
            records.Customer, records.Contact, records.Lead, records.Order, records.OrderLine, records.Payment,
            records.Shipment, records.FollowUp, records.Approval, visits.VisitRecord, visits.Beat, deals.Opportunity,
            deals.OpportunityLine, deals.StageMove,
        )),
        *(shown(table, LOG) for table in (records.Event, records.AuditEntry, records.ImportBatch)),
        mails,
    ]  # fmt: skip


@cache
def site(language: str, host: str) -> AdminRouter:
    """The back office in one language; `host` is the only one whose forms are taken over https."""
    say = catalogue(language).say
    router: AdminRouter = create_admin(
        [TableConfig(table, menu_group=say(group), **options) for table, group, options in tables()],
        forms=forms(language),
        auth_table=people.User,  # type: ignore[arg-type]
        session_table=Presence,
        site_name=say(_("Offing back office")),
        default_language_code="zh-CN" if language == "zh" else "en",
        translations=[ENGLISH, SIMPLIFIED_CHINESE],
        allowed_hosts=[host],
        auto_include_related=False,
        sidebar_links={say(_("Back to Offing")): "/"},
        page_size=25,
    )
    return router
