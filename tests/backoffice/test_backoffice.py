"""The back office through HTTP."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.audit import AuditEntry
from domain.core.work import clock
from domain.notifications.models import Mail
from domain.people import actions
from domain.people.models import Department, Role, User, UserRole, UserSession
from domain.pools.models import Pool
from domain.products.models import Product
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_only_those_with_the_right_come_in(office):
    assert (await (await office.enter("admin")).get("/admin/")).status_code == 200
    assert (await (await office.enter("auditor")).get("/admin/")).status_code == 200
    rep = await office.enter("rep")
    for path in ("/admin", "/admin/", "/admin/api/tables/", "/admin/public/meta/", "/admin/assets/x.js"):
        assert (await rep.get(path)).status_code == 403, path
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(office.application), base_url="http://testserver"
    ) as nobody:
        answer = await nobody.get("/admin/")
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=/admin/")


async def test_the_address_without_a_slash_gets_one_and_longer_words_are_nothing(office):
    admin = await office.enter("admin")
    answer = await admin.get("/admin")
    assert answer.status_code == 308 and answer.headers["location"] == "/admin/"
    assert (await admin.get("/administer/5")).status_code == 404


async def test_it_has_a_content_policy_of_its_own_and_other_pages_keep_theirs(office):
    admin = await office.enter("admin")
    policy = (await admin.get("/admin/")).headers["content-security-policy"]
    assert "script-src 'self';" in policy and "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-inline" not in (await admin.get("/account")).headers["content-security-policy"]


async def test_piccolos_own_sign_in_and_password_pages_lead_to_ours(office):
    admin = await office.enter("admin")
    assert (await admin.get("/admin/public/login/")).headers["location"] == "/sign-in?next=/admin/"
    assert (await admin.post("/admin/public/login/", data={})).headers["location"] == "/sign-in?next=/admin/"
    assert (await admin.post("/admin/api/change-password/")).headers["location"] == "/account/password"


async def test_signing_out_there_ends_our_session(office):
    admin = await office.enter("admin")
    assert (await admin.post("/admin/public/logout/")).status_code == 200
    admin.cookies.delete("offing")
    assert await office.all(select(UserSession)) == []


async def test_a_department_is_made_changed_and_deleted_with_its_user_in_the_history(office):
    admin = await office.enter("admin")
    made = await admin.post(
        "/admin/api/tables/departments/", json={"name": "North", "parent_id": None, "head_id": None}
    )
    assert made.status_code == 201, made.text
    row = await office.one(select(Department))
    assert row.name == "North" and row.version == 1
    changed = await admin.patch(f"/admin/api/tables/departments/{row.id}/", json={"name": "North-East"})
    assert changed.status_code == 200, changed.text
    row = await office.one(select(Department))
    assert (row.name, row.version) == ("North-East", 2)
    assert (await admin.delete(f"/admin/api/tables/departments/{row.id}/")).status_code == 204
    boss = await office.one(select(User.id).where(User.user_name == "admin"))
    entries = await office.all(select(AuditEntry).where(AuditEntry.table_name == "departments").order_by(AuditEntry.id))
    assert [(entry.operation, entry.actor_id) for entry in entries] == [
        (verb, boss) for verb in ("insert", "update", "delete")
    ]
    assert entries[1].old == {"name": "North"} and entries[1].new == {"name": "North-East"}


async def test_without_the_token_or_from_elsewhere_nothing_is_changed(office):
    admin = await office.enter("admin")
    token = admin.headers.pop("x-csrftoken")
    body = {"name": "Forged"}
    assert (await admin.post("/admin/api/tables/departments/", json=body)).status_code == 403
    admin.headers["x-csrftoken"] = token
    for header in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert (await admin.post("/admin/api/tables/departments/", json=body, headers=header)).status_code == 403
    assert await office.all(select(Department)) == []


async def test_changing_in_bulk_and_replacing_are_closed(office):
    admin = await office.enter("admin")
    await admin.post("/admin/api/tables/departments/", json={"name": "North"})
    row = await office.one(select(Department))
    assert (await admin.put(f"/admin/api/tables/departments/{row.id}/", json={"name": "X"})).status_code == 405
    assert (await admin.delete("/admin/api/tables/departments/")).status_code == 405
    assert (await office.one(select(Department))).name == "North"


async def test_what_has_verbs_of_its_own_is_only_read(office):
    admin = await office.enter("admin")
    async with AsyncSession(office.database.engine) as session:
        mail = Mail(to_address="a@example.com", subject="b", body="c", created_at=clock())
        session.add(mail)
        await session.commit()
    history = await office.all(select(AuditEntry.id))
    for address, change in (("mails", {"subject": "x"}), ("audit_log", {"operation": "x"})):
        rows = (await admin.get(f"/admin/api/tables/{address}/")).json()["rows"]
        row = f"/admin/api/tables/{address}/{rows[0]['id']}/"
        for method in ("PATCH", "PUT"):
            assert (await admin.request(method, row, json={**rows[0], **change})).status_code == 405, method
        assert (await admin.delete(row)).status_code == 405
        assert (await admin.post(f"/admin/api/tables/{address}/", json=rows[0])).status_code == 405
    assert (await office.one(select(Mail))).subject == "b"
    assert await office.all(select(AuditEntry.id)) == history


async def test_every_table_can_be_listed_and_described_in_both_languages(office):
    for language, word in (("en", "Name"), ("zh", "名称")):
        admin = await office.enter("admin", language)
        names = admin.first.json()
        assert len(names) == 41
        for name in names:
            assert (await admin.get(f"/admin/api/tables/{name}/?__page_size=5&__readable=true")).status_code == 200, (
                name
            )
            assert (await admin.get(f"/admin/api/tables/{name}/new/")).status_code in (200, 405), name
        schema = (await admin.get("/admin/api/tables/departments/schema/")).json()
        assert schema["properties"]["name"]["title"] == word
        assert "data-language" in (await admin.get("/admin/")).text


async def test_no_column_is_left_without_a_chinese_word(office):
    admin = await office.enter("admin", "zh")
    plain = []
    for name in admin.first.json():
        properties = (await admin.get(f"/admin/api/tables/{name}/schema/")).json()["properties"]
        plain += [f"{name}.{key}" for key, column in properties.items() if column["title"].isascii()]
        for key, column in properties.items():
            for choice in ((column.get("extra") or {}).get("choices") or {}).values():
                if choice["display_name"].isascii():
                    plain.append(f"{name}.{key}={choice['display_name']}")
    assert plain == []


async def test_the_auditor_reads_but_changes_nothing_and_sees_no_mails(office):
    auditor = await office.enter("auditor")
    assert (await auditor.get("/admin/api/tables/audit_log/")).status_code == 200
    assert (await auditor.get("/admin/api/tables/mails/")).status_code == 403
    assert (await auditor.post("/admin/api/tables/departments/", json={"name": "X"})).status_code == 403
    assert (
        await auditor.post("/admin/api/forms/set-password/", json={"user_name": "admin", "password": "new words here"})
    ).status_code == 403
    assert await office.all(select(Department)) == []


async def test_no_answer_shows_a_password_or_key(office):
    admin = await office.enter("admin")
    for address in ("users/", "users/?__readable=true", "users/1/", "users/schema/", "audit_log/?__page_size=100"):
        body = (await admin.get(f"/admin/api/tables/{address}")).text
        assert "argon2" not in body and "password_hash" not in body and "totp" not in body
    answer = await admin.patch("/admin/api/tables/users/1/", json={"password_hash": "x"})
    assert answer.status_code in (400, 422)


async def test_a_user_made_here_comes_in_by_a_mailed_link(office):
    admin = await office.enter("admin")
    made = await admin.post(
        "/admin/api/tables/users/",
        json={
            "user_name": "new.rep",
            "name": "New Rep",
            "email": "new@example.com",
            "language": "en",
            "active": True,
            "time_zone": "Asia/Shanghai",
        },
    )
    assert made.status_code == 201, made.text
    sent = await admin.post("/admin/api/forms/send-link/", json={"user_name": "new.rep"})
    assert sent.status_code == 200, sent.text
    mail = await office.one(select(Mail))
    assert mail.to_address == "new@example.com" and "/reset/" in mail.body
    missing = await admin.post("/admin/api/forms/send-link/", json={"user_name": "nobody"})
    assert missing.status_code == 422 and "no user of this name" in missing.text


async def test_an_administrator_sets_a_password_and_removes_a_lost_second_factor(office):
    async with AsyncSession(office.database.engine) as session:
        user = (await session.execute(select(User).where(User.user_name == "rep"))).scalar_one()
        user.totp_secret = "A" * 32
        await session.commit()
    admin = await office.enter("admin")
    short = await admin.post("/admin/api/forms/set-password/", json={"user_name": "rep", "password": "short"})
    assert short.status_code == 422 and "At least 10 characters" in short.text
    assert (
        await admin.post("/admin/api/forms/set-password/", json={"user_name": "REP", "password": "brand new words"})
    ).status_code == 200
    assert (await admin.post("/admin/api/forms/remove-second-factor/", json={"user_name": "rep"})).status_code == 200
    user = await office.one(select(User).where(User.user_name == "rep"))
    assert user.totp_secret is None and await actions.fits(user.password_hash, "brand new words")


PERSON = {"user_name": "new", "name": "X", "language": "en", "time_zone": "UTC", "active": True}
RULE = {
    "pool_id": 1,
    "kind": "no_follow_up",
    "levels": [],
    "exempt_deal": True,
    "exempt_opportunity": False,
    "priority": 0,
    "active": True,
}
BAD = (
    ("users", {**PERSON, "user_name": "two words"}, "without spaces"),
    ("users", {**PERSON, "time_zone": "Mars/Base"}, "one of the list"),
    ("users", {**PERSON, "user_name": "REP"}, "exists already"),
    ("departments", {"name": "  "}, "needed value"),
    ("role_permissions", {"role_id": 1, "permission": "customers.fly"}, "one of the list"),
    ("role_scopes", {"role_id": 2, "feature": "products", "scope": "galaxy"}, "not allowed"),
    ("pool_members", {"pool_id": 1, "administrator": False}, "only one"),
    ("recycle_rules", {**RULE, "days": 0}, "not allowed"),
    ("recycle_rules", {**RULE, "days": 9, "levels": ["z"]}, "one of the list"),
)


async def test_bad_values_are_refused_in_words_and_leave_nothing(office):
    admin = await office.enter("admin")
    for table, body, word in BAD:
        address = f"/admin/api/tables/{table}/"
        before = (await admin.get(f"{address}count/")).json()
        answer = await admin.post(address, json=body)
        assert answer.status_code == 422, (table, answer.text)
        assert word in answer.json()["custom_form_error"], table
        assert (await admin.get(f"{address}count/")).json() == before, table


async def test_a_circle_of_departments_is_refused_in_words(office):
    admin = await office.enter("admin")
    ids = []
    for parent in (None, 0):
        body = {"name": "D", "parent_id": ids[0] if parent == 0 else None}
        ids.append((await admin.post("/admin/api/tables/departments/", json=body)).json()[0]["id"])
    answer = await admin.patch(f"/admin/api/tables/departments/{ids[0]}/", json={"parent_id": ids[1]})
    assert answer.status_code == 422 and "circle" in answer.text
    assert (await office.one(select(Department).where(Department.id == ids[0]))).parent_id is None


async def test_the_last_administrator_cannot_be_switched_off(office):
    admin = await office.enter("admin")
    boss = await office.one(select(User).where(User.user_name == "admin"))
    answer = await admin.patch(f"/admin/api/tables/users/{boss.id}/", json={"active": False})
    assert answer.status_code == 422 and "nobody could open the back office" in answer.text
    held = await office.one(select(UserRole).where(UserRole.user_id == boss.id))
    assert (await admin.delete(f"/admin/api/tables/user_roles/{held.id}/")).status_code == 422
    assert (await office.one(select(User).where(User.id == boss.id))).active
    assert (await admin.get("/admin/")).status_code == 200


async def test_a_setting_of_the_wrong_kind_is_refused(office):
    admin = await office.enter("admin")
    rows = (await admin.get("/admin/api/tables/settings/?__page_size=100")).json()["rows"]
    warning = next(row for row in rows if row["name"] == "due_warning_days")
    address = f"/admin/api/tables/settings/{warning['id']}/"
    assert (await admin.patch(address, json={"value": '"soon"'})).status_code == 422
    assert (await admin.patch(address, json={"value": "[5, 2]"})).status_code == 200
    pool = next(row for row in rows if row["name"] == "default_pool_id")
    assert (await admin.patch(f"/admin/api/tables/settings/{pool['id']}/", json={"value": "999"})).status_code == 422
    assert (await admin.post("/admin/api/tables/settings/", json={"name": "x", "value": "1"})).status_code == 405


async def test_a_product_added_here_can_be_found_by_its_initials(office):
    admin = await office.enter("admin")
    made = await admin.post(
        "/admin/api/tables/products/",
        json={
            "code": "T-1",
            "name": "龙井茶",
            "unit": "盒",
            "list_price": "88.50",
            "active": True,
        },
    )
    assert made.status_code == 201, made.text
    product = await office.one(select(Product))
    assert "ljc" in product.txt and product.name_sort not in ("", "-") and str(product.list_price) == "88.50"
    await admin.patch(f"/admin/api/tables/products/{product.id}/", json={"name": "红茶"})
    product = await office.one(select(Product))
    assert "hc" in product.txt and "ljc" not in product.txt
    schema = (await admin.get("/admin/api/tables/products/schema/")).json()
    assert not {"name_sort", "txt"} & set(schema["properties"])


@pytest.mark.parametrize("kind", ["customer", "lead"])
async def test_a_new_recycle_rule_sets_the_dates(office, kind):
    pool = await office.one(select(Pool).where(Pool.kind == kind))
    async with AsyncSession(office.database.engine) as session:
        make = Make(session)
        owner = (await session.execute(select(User).where(User.user_name == "rep"))).scalar_one()
        record = await getattr(make, kind)("Kept", owner=owner, home_pool_id=pool.id)
        record.owned_since = clock()
        record_id = record.id
        await session.commit()
    due = text(f"SELECT recycle_due_at FROM {kind}s WHERE id = :id").bindparams(id=record_id)
    assert await office.one(due) is None
    admin = await office.enter("admin")
    made = await admin.post(
        "/admin/api/tables/recycle_rules/",
        json={
            "pool_id": pool.id,
            "kind": "no_follow_up",
            "days": 30,
            "levels": [],
            "exempt_deal": True,
            "exempt_opportunity": False,
            "priority": 0,
            "active": True,
        },
    )
    assert made.status_code == 201, made.text
    first = await office.one(due)
    assert timedelta(days=29) < first - clock() <= timedelta(days=31, hours=1)
    rule_id = made.json()[0]["id"]
    await admin.patch(f"/admin/api/tables/recycle_rules/{rule_id}/", json={"days": 10})
    assert await office.one(due) < first
    await admin.delete(f"/admin/api/tables/recycle_rules/{rule_id}/")
    assert await office.one(due) is None


async def test_a_change_of_role_works_on_the_next_request(office):
    rep, admin = await office.enter("rep"), await office.enter("admin")
    role = await office.one(select(Role).where(Role.code == "auditor"))
    user_id = await office.one(select(User.id).where(User.user_name == "rep"))
    assert (await rep.get("/admin/")).status_code == 403
    made = await admin.post("/admin/api/tables/user_roles/", json={"user_id": user_id, "role_id": role.id})
    assert made.status_code == 201
    assert (await rep.get("/admin/")).status_code == 200
    await admin.delete(f"/admin/api/tables/user_roles/{made.json()[0]['id']}/")
    assert (await rep.get("/admin/")).status_code == 403
