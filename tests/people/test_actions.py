"""Accounts: users, passwords, tokens, second factor."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from domain.core.audit import AuditEntry
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.work import clock
from domain.people import actions
from domain.people.actions.two_factor import matching_step
from domain.people.inputs import UserInput
from domain.people.models import ApiToken, SignInAttempt, UserDepartment, UserRole, UserSession
from domain.people.permissions import BUILT_IN_ROLES, PERMISSIONS

pytestmark = pytest.mark.anyio
GOOD = "correct horse battery"


def entered(**values):
    return parse(UserInput, {"user_name": "new.rep", "name": "New Rep", **values})


async def test_an_administrator_makes_a_user_with_roles_and_departments(session, make, work_as):
    work = await work_as(await make.user("boss", "administrator"))
    role, main, further = await make.role("seller"), await make.department("A"), await make.department("B")
    user = await actions.create_user(
        work, entered(role_ids=[role.id], department_id=main.id, department_ids=[main.id, further.id])
    )
    assert (await session.scalars(select(UserRole.role_id).where(UserRole.user_id == user.id))).all() == [role.id]
    held = (await session.scalars(select(UserDepartment.department_id).where(UserDepartment.user_id == user.id))).all()
    assert held == [further.id]
    found = select(AuditEntry.actor_id).where(AuditEntry.table_name == "users", AuditEntry.row_id == user.id)
    assert (await session.scalars(found)).all() == [work.actor.id]


async def test_all_that_is_wrong_with_a_user_is_said_at_once(make, work_as):
    work = await work_as(await make.user("boss", "administrator"))
    with pytest.raises(Invalid) as refused:
        await actions.create_user(
            work, entered(user_name="BOSS", role_ids=[999999], manager_id=999999, department_id=999999)
        )
    assert set(refused.value.errors) == {"user_name", "role_ids", "manager_id", "department_id"}


async def test_nobody_gives_a_role_that_is_mightier_than_oneself(session, make, work_as):
    clerk_role = await make.role("clerk", ("users.create", "users.edit", "customers.view"))
    work = await work_as(await make.user("clerk", clerk_role))
    mighty = await make.builtin("administrator")
    seller = await make.role("seller", ("orders.submit",))
    like_me = await make.role("reader", ("customers.view",))
    for role in (mighty, seller):
        with pytest.raises(Invalid) as refused:
            await actions.create_user(work, entered(role_ids=[role.id]))
        assert set(refused.value.errors) == {"role_ids"}
    assert (await actions.create_user(work, entered(role_ids=[like_me.id]))).id


async def test_a_rep_makes_no_users(make, work_as):
    with pytest.raises(Denied):
        await actions.create_user(await work_as(await make.user("rep", "sales_rep")), entered())


async def test_switching_a_user_off_ends_all_sessions(session, make, work_as):
    user = await make.user("leaver")
    now = clock()
    session.add(
        UserSession(
            token_hash=b"x",
            user_id=user.id,
            device="d",
            address="a",
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    work = await work_as(await make.user("boss", "administrator"))
    await actions.edit_user(work, user.id, entered(user_name="leaver", active=False), version=1)
    await session.flush()
    open_ones = select(func.count()).select_from(UserSession).where(~UserSession.wipe)
    assert (await session.execute(open_ones)).scalar_one() == 0


async def test_a_stale_form_changes_nothing(session, make, work_as):
    user = await make.user("changed")
    work = await work_as(await make.user("boss", "administrator"))
    with pytest.raises(Conflict):
        await actions.edit_user(work, user.id, entered(user_name="changed", name="Other"), version=7)
    assert user.name == "Changed"


async def test_a_manager_cannot_be_ones_own_subordinate(make, work_as):
    top = await make.user("top")
    below = await make.user("below", manager=await make.user("middle", manager=top))
    work = await work_as(await make.user("boss", "administrator"))
    with pytest.raises(Invalid) as refused:
        await actions.edit_user(work, top.id, entered(user_name="top", manager_id=below.id))
    assert set(refused.value.errors) == {"manager_id"}


async def test_changing_the_password_wants_the_old_one_and_ends_other_sessions(session, make, work_as):
    user = await make.user("rep")
    await actions.set_password(await work_as(None), user.id, GOOD)
    now = clock()
    for mark in (b"this", b"other"):
        session.add(
            UserSession(
                token_hash=mark,
                user_id=user.id,
                device="d",
                address="a",
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    await session.flush()
    this = (await session.execute(select(UserSession.id).where(UserSession.token_hash == b"this"))).scalar_one()
    work = await work_as(user)
    with pytest.raises(Invalid) as refused:
        await actions.change_password(work, "wrong", "short", "other", this)
    assert set(refused.value.errors) == {"current", "new"}
    assert await actions.fits(user.password_hash, GOOD)
    await actions.change_password(work, GOOD, "a new one indeed", "a new one indeed", this)
    await session.flush()
    assert await actions.fits(user.password_hash, "a new one indeed")
    assert (await session.scalars(select(UserSession.token_hash))).all() == [b"this"]


async def test_the_audit_never_holds_a_password_hash(session, make, work_as):
    user = await make.user("rep")
    await actions.set_password(await work_as(None), user.id, GOOD)
    await session.flush()
    entries = (
        await session.execute(select(AuditEntry.old, AuditEntry.new).where(AuditEntry.table_name == "users"))
    ).all()
    assert entries and "argon2" not in str(entries) and "password_hash" not in str(entries)


async def test_a_token_is_kept_hashed_and_only_with_rights_one_has(session, make, work_as):
    work = await work_as(await make.user("rep", "sales_rep"))
    token = await actions.create_token(work, "till", ["orders.view"], None)
    await session.flush()
    row = (await session.execute(select(ApiToken))).scalar_one()
    assert token.startswith("offing_") and token.encode() not in row.token_hash
    with pytest.raises(Invalid):
        await actions.create_token(work, "more", ["payments.confirm"], None)
    with pytest.raises(Invalid):
        await actions.create_token(work, "past", [], work.today - timedelta(days=1))


async def test_a_token_is_ended_by_its_owner_alone(session, make, work_as):
    owner = await work_as(await make.user("rep", "sales_rep"))
    await actions.create_token(owner, "till", [], None)
    await session.flush()
    row = (await session.execute(select(ApiToken))).scalar_one()
    with pytest.raises(NotFound):
        await actions.revoke_token(await work_as(await make.user("boss", "administrator")), row.id)
    assert row.revoked_at is None
    await actions.revoke_token(owner, row.id)
    await actions.revoke_token(owner, row.id)
    assert row.revoked_at == owner.now


async def test_a_code_works_once(session, make, work_as):
    user = await make.user("careful", totp_secret=pyotp.random_base32())
    work = await work_as(None)
    code = pyotp.TOTP(user.totp_secret).at(work.now)
    assert await actions.check_code(work, user.id, code)
    assert not await actions.check_code(work, user.id, code)


async def test_an_earlier_code_does_not_work_after_a_later_one(make, work_as):
    user = await make.user("careful", totp_secret=pyotp.random_base32())
    work = await work_as(None)
    totp = pyotp.TOTP(user.totp_secret)
    assert await actions.check_code(work, user.id, totp.at(work.now))
    assert not await actions.check_code(work, user.id, totp.at(work.now - timedelta(seconds=30)))


def test_codes_of_a_minute_away_do_not_fit():
    secret, now = pyotp.random_base32(), clock()
    for seconds in (-61, 61):
        assert matching_step(secret, pyotp.TOTP(secret).at(now + timedelta(seconds=seconds)), now) is None
    assert matching_step(secret, "１２３４５６", now) is None
    assert matching_step(secret, "", now) is None


async def test_an_administrator_takes_off_a_lost_second_factor(make, work_as):
    user = await make.user("lost", totp_secret="A" * 32, totp_last_step=5)
    with pytest.raises(Denied):
        await actions.clear_two_factor(await work_as(await make.user("rep", "sales_rep")), user.id)
    assert user.totp_secret
    await actions.clear_two_factor(await work_as(await make.user("boss", "administrator")), user.id)
    assert user.totp_secret is None and user.totp_last_step is None


async def test_tries_are_counted_per_account_and_waiting_helps(session, make, work_as):
    await make.user("rep")
    work = await work_as(None)
    for _ in range(5):
        await actions.begin_sign_in(work, "Rep", "10.0.0.1")
    with pytest.raises(actions.TooMany):
        await actions.begin_sign_in(work, "rep ", "10.0.0.2")
    assert (await actions.begin_sign_in(work, "someone.else", "10.0.0.2")).user_id is None
    work.now += timedelta(minutes=16)
    assert (await actions.begin_sign_in(work, "rep", "10.0.0.1")).user_id is not None


async def test_tries_are_counted_per_address_over_all_accounts(session, work_as):
    work = await work_as(None)
    session.add_all(SignInAttempt(at=work.now, user_name=f"u{n}", address="10.0.0.9") for n in range(50))
    await session.flush()
    with pytest.raises(actions.TooMany):
        await actions.begin_sign_in(work, "fresh", "10.0.0.9")
    await actions.begin_sign_in(work, "fresh", "10.0.0.8")


def test_built_in_roles_hold_only_rights_of_the_catalogue():
    for role in BUILT_IN_ROLES:
        assert set(role.permissions) <= set(PERMISSIONS), role.code
        assert len(set(role.permissions)) == len(role.permissions), role.code


@pytest.mark.parametrize(
    ("code", "right", "held"),
    [
        ("administrator", "backoffice.edit", True),
        ("sales_rep", "customers.claim", True),
        ("sales_rep", "customers.assign", False),
        ("sales_rep", "orders.approve", False),
        ("department_manager", "orders.approve", True),
        ("department_manager", "payments.confirm", False),
        ("finance", "payments.confirm", True),
        ("finance", "orders.approve", False),
        ("warehouse", "shipments.ship", True),
        ("warehouse", "payments.view", False),
        ("auditor", "orders.view", True),
        ("auditor", "orders.edit", False),
        ("auditor", "backoffice.open", True),
        ("auditor", "backoffice.edit", False),
        ("sales_director", "pools.administer", True),
        ("service", "orders.submit", False),
        ("marketing", "imports.create", True),
        ("order_administrator", "orders.approve", True),
    ],
)
async def test_rights_of_the_built_in_roles(make, work_as, code, right, held):
    assert (await work_as(await make.user("somebody", code))).actor.may(right) is held
