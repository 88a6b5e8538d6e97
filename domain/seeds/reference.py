"""What Offing needs to run. Each step adds what is missing, so it runs at every start; what people changed stays."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.approvals.models import ApprovalFlow, ApprovalFlowStep, ApproverRule
from domain.company.models import Reason, ReasonKind, Setting
from domain.company.queries import CompanySettings
from domain.core.work import Work
from domain.opportunities.models import Pipeline, Stage, StageKind
from domain.orders.models import DiscountLimit
from domain.people.actions import set_password
from domain.people.models import Role, RolePermission, RoleScope, User, UserRole
from domain.people.permissions import BUILT_IN_ROLES, BuiltInRole
from domain.pools.models import Pool, PoolKind, PoolMember
from domain.visits.models import VisitType

REASONS: Mapping[ReasonKind, tuple[tuple[str, str], ...]] = {
    ReasonKind.release: (
        ("联系不上", "Cannot be reached"),
        ("没有需求", "No need"),
        ("已选择竞争对手", "Chose a competitor"),
        ("不在我的区域", "Not my territory"),
        ("信息有误", "Wrong data"),
        ("其他", "Other"),
    ),
    ReasonKind.reject: (
        ("折扣过高", "Discount too high"),
        ("资料不全", "Something is missing"),
        ("价格有误", "Wrong price"),
        ("客户有欠款", "The customer owes money"),
        ("与银行流水不符", "Does not match the bank statement"),
        ("其他", "Other"),
    ),
    ReasonKind.overpay: (
        ("预付下一单", "Advance for the next order"),
        ("含运费", "Includes freight"),
        ("客户多付，待退", "Paid too much, to be returned"),
        ("其他", "Other"),
    ),
    ReasonKind.visit_moved: (
        ("客户改期", "The customer asked for it"),
        ("行程冲突", "Clash with another visit"),
        ("天气或交通", "Weather or traffic"),
        ("其他", "Other"),
    ),
    ReasonKind.visit_missed: (
        ("客户不在", "Nobody was there"),
        ("时间不够", "Not enough time"),
        ("天气或交通", "Weather or traffic"),
        ("生病或请假", "Ill or on leave"),
        ("其他", "Other"),
    ),
    ReasonKind.visit_cancelled: (
        ("客户取消", "The customer called it off"),
        ("改为电话沟通", "Settled by phone"),
        ("不再需要", "No longer needed"),
        ("其他", "Other"),
    ),
    ReasonKind.opportunity_won: (
        ("价格合适", "Right price"),
        ("方案更好", "Better proposal"),
        ("关系好", "Good relationship"),
        ("交付快", "Fast delivery"),
        ("其他", "Other"),
    ),
    ReasonKind.opportunity_lost: (
        ("价格过高", "Price too high"),
        ("选择了竞争对手", "Chose a competitor"),
        ("预算取消", "Budget withdrawn"),
        ("功能不符", "Not what was needed"),
        ("不再联系", "No more contact"),
        ("其他", "Other"),
    ),
    ReasonKind.opportunity_invalid: (
        ("重复录入", "Entered twice"),
        ("没有真实需求", "No real need"),
        ("信息有误", "Wrong data"),
        ("其他", "Other"),
    ),
}
STAGES = (
    ("初步接洽", "First contact", StageKind.open, 10, 14),
    ("需求确认", "Needs confirmed", StageKind.open, 30, 14),
    ("方案报价", "Proposal", StageKind.open, 50, 14),
    ("商务谈判", "Negotiation", StageKind.open, 75, 14),
    ("赢单", "Won", StageKind.won, 100, None),
    ("输单", "Lost", StageKind.lost, 0, None),
    ("无效", "Invalid", StageKind.invalid, 0, None),
)
"""Names, kind, probability in percent, and the days after which nothing done is pointed out."""
VISIT_TYPES = (("常规拜访", "Routine visit", 30), ("首次拜访", "First visit", 45), ("售后服务", "Service call", 45))
"""Names and minutes; their questions are the company's own."""
FLOWS: Mapping[str, tuple[str, ApproverRule, str | None]] = {
    "orders": ("订单审批 · Order approval", ApproverRule.manager, None),
    "payments": ("回款确认 · Payment confirmation", ApproverRule.role, "finance"),
}
"""Kind → name, rule and the role of the one step."""
POOLS: Mapping[PoolKind, tuple[str, Mapping[str, bool]]] = {
    PoolKind.customer: (
        "公海 · Public pool", {"sales_rep": False, "department_manager": False, "sales_director": True},
    ),
    PoolKind.lead: (
        "线索池 · Lead pool",
        {"sales_rep": False, "department_manager": False, "sales_director": True, "marketing": True},
    ),
}  # fmt: skip
"""The first pool of each kind: its name, and by role who is a member, and whether as an administrator."""
ADMINISTRATOR = "admin"


async def seed(work: Work, admin_password: str | None = None) -> str | None:
    """Fill in what is missing. Returns the first administrator's password if one was made now, else None."""
    for spec in BUILT_IN_ROLES:
        await _role(work, spec)
    await _reasons(work)
    await _pools(work)
    await _flows(work)
    await _visit_types(work)
    await _pipeline(work)
    for name, field in CompanySettings.model_fields.items():
        if field.default is not None:
            value = (
                [str(one) if isinstance(one, str) else one for one in field.default]
                if isinstance(field.default, list)
                else field.default
            )
            await work.session.execute(insert(Setting).values(name=name, value=value).on_conflict_do_nothing())
    return await _administrator(work, admin_password)


async def _role(work: Work, spec: BuiltInRole) -> None:
    known = select(Role.id).where(Role.code == spec.code)
    if (await work.session.execute(known)).first() is not None:
        return
    role = Role(code=spec.code, name=str(spec.name), everything=spec.everything)
    work.session.add(role)
    await work.session.flush()  # its rights name it by id
    work.session.add_all(RolePermission(role_id=role.id, permission=right) for right in spec.permissions)
    work.session.add_all(
        RoleScope(role_id=role.id, feature=feature, scope=scope.value)
        for feature, scope in spec.feature_scopes().items()
    )
    if spec.discount is not None:
        line, order = spec.discount
        work.session.add(DiscountLimit(role_id=role.id, line_percent=Decimal(line), order_percent=Decimal(order)))


async def _reasons(work: Work) -> None:
    for kind, texts in REASONS.items():
        if (await work.session.execute(select(Reason.id).where(Reason.kind == kind.value).limit(1))).first() is None:
            work.session.add_all(
                Reason(kind=kind.value, text_zh=zh, text_en=en, position=place * 10)
                for place, (zh, en) in enumerate(texts, start=1)
            )


async def _visit_types(work: Work) -> None:
    """Some types of visits, unless the company has any."""
    if (await work.session.execute(select(VisitType.id).limit(1))).first() is None:
        work.session.add_all(
            VisitType(name_zh=zh, name_en=en, minutes=minutes, position=place * 10)
            for place, (zh, en, minutes) in enumerate(VISIT_TYPES, start=1)
        )


async def _pipeline(work: Work) -> None:
    """One pipeline with its stages, unless the company has any."""
    if (await work.session.execute(select(Pipeline.id).limit(1))).first() is not None:
        return
    pipeline = Pipeline(name_zh="销售流程", name_en="Sales pipeline", position=10)
    work.session.add(pipeline)
    await work.session.flush()  # its stages name it by id
    work.session.add_all(
        Stage(
            pipeline_id=pipeline.id, name_zh=zh, name_en=en, kind=kind.value, probability=percent, stale_days=days,
            position=place * 10,
        )
        for place, (zh, en, kind, percent, days) in enumerate(STAGES, start=1)
    )  # fmt: skip


async def _pools(work: Work) -> None:
    """One pool of each kind with the roles that deal with it, unless the company has any of that kind."""
    for kind, (name, members) in POOLS.items():
        known = select(Pool.id).where(Pool.kind == kind.value).limit(1)
        if (await work.session.execute(known)).first() is not None:
            continue
        pool = Pool(kind=kind.value, name=name)
        work.session.add(pool)
        await work.session.flush()  # members and the setting name it by id
        for code, administrator in members.items():
            role_id = (await work.session.execute(select(Role.id).where(Role.code == code))).scalar_one()
            work.session.add(PoolMember(pool_id=pool.id, role_id=role_id, administrator=administrator))
        if kind is PoolKind.customer:
            default = insert(Setting).values(name="default_pool_id", value=pool.id)
            await work.session.execute(default.on_conflict_do_nothing())


async def _flows(work: Work) -> None:
    """A flow of one step for orders and one for payments, unless the kind has any."""
    for kind, (name, rule, code) in FLOWS.items():
        known = select(ApprovalFlow.id).where(ApprovalFlow.kind == kind).limit(1)
        if (await work.session.execute(known)).first() is not None:
            continue
        flow = ApprovalFlow(kind=kind, name=name)
        work.session.add(flow)
        await work.session.flush()  # the step names it by id
        role_id = None
        if code is not None:
            role_id = (await work.session.execute(select(Role.id).where(Role.code == code))).scalar_one()
        work.session.add(ApprovalFlowStep(flow_id=flow.id, position=1, rule=rule.value, role_id=role_id))


async def _administrator(work: Work, password: str | None) -> str | None:
    """Somebody who may do everything, unless there is one."""
    mighty = (
        select(User.id).join(UserRole, UserRole.user_id == User.id).join(Role, Role.id == UserRole.role_id)
        .where(Role.everything, User.active).limit(1)
    )  # fmt: skip
    if (await work.session.execute(mighty)).first() is not None:
        return None
    taken = select(User).where(func.lower(User.user_name) == ADMINISTRATOR)
    user = (await work.session.execute(taken)).scalar_one_or_none()
    if user is None:
        user = User(user_name=ADMINISTRATOR, name="Administrator")
        work.session.add(user)
        await work.session.flush()  # the role names it by id
    role_id = (await work.session.execute(select(Role.id).where(Role.code == "administrator"))).scalar_one()
    await work.session.execute(insert(UserRole).values(user_id=user.id, role_id=role_id).on_conflict_do_nothing())
    made = password or secrets.token_urlsafe(12)
    await set_password(work, user.id, made, check=False)
    return made
