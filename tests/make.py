"""Builders: records with readable, fixed values. Each feature adds its own at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import ApprovalFlow, ApprovalFlowStep
from domain.core.access import Grant, GrantLevel, GrantPost, Scope
from domain.core.work import clock
from domain.customers.models import Customer
from domain.leads.models import Lead
from domain.opportunities.models import Opportunity, Pipeline, Stage, StageKind, StageQuestion
from domain.orders.models import DiscountLimit, Order, OrderLine
from domain.people.models import Department, Role, RolePermission, RoleScope, User, UserRole
from domain.people.permissions import BUILT_IN_ROLES
from domain.places.location import MANUAL
from domain.pools.models import Pool, PoolMember
from domain.products.models import Product
from domain.search.phones import e164
from domain.visits.models import Visit, VisitQuestion, VisitType

NUMBERS = count(1)
FIXED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, nine in the morning in Shanghai."""


def today_of(user: User) -> date:
    """The day that it is for somebody: in Shanghai the next one begins at 16:00 UTC."""
    return clock().astimezone(ZoneInfo(user.time_zone)).date()


class Make:
    """Makes records in a session and flushes them, so that they have ids."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def _keep(self, record: Any) -> Any:
        self.session.add(record)
        await self.session.flush()
        return record

    async def department(
        self, name: str = "Sales", parent: Department | None = None, head: User | None = None
    ) -> Department:
        """A department."""
        made: Department = await self._keep(
            Department(name=name, parent_id=parent.id if parent else None, head_id=head.id if head else None)
        )
        return made

    async def role(
        self,
        name: str | None = None,
        permissions: tuple[str, ...] = (),
        scopes: dict[str, Scope] | None = None,
        *,
        everything: bool = False,
        holding_limit: int | None = None,
    ) -> Role:
        """A role with rights and scopes."""
        role: Role = await self._keep(
            Role(name=name or f"role {next(NUMBERS)}", everything=everything, holding_limit=holding_limit)
        )
        self.session.add_all(RolePermission(role_id=role.id, permission=right) for right in permissions)
        self.session.add_all(
            RoleScope(role_id=role.id, feature=feature, scope=scope.value) for feature, scope in (scopes or {}).items()
        )
        await self.session.flush()
        return role

    async def builtin(self, code: str) -> Role:
        """A built-in role as the reference seed makes it."""
        known = (await self.session.execute(select(Role).where(Role.code == code))).scalar_one_or_none()
        if known is not None:
            return known
        spec = next(role for role in BUILT_IN_ROLES if role.code == code)
        role = await self.role(code, spec.permissions, spec.feature_scopes(), everything=spec.everything)
        role.code = code
        await self.session.flush()
        return role

    async def user(
        self,
        user_name: str | None = None,
        *roles: Role | str,
        department: Department | None = None,
        manager: User | None = None,
        **values: Any,
    ) -> User:
        """A user; a role may be given by the code of a built-in one."""
        user_name = user_name or f"user{next(NUMBERS)}"
        user: User = await self._keep(
            User(
                user_name=user_name,
                name=values.pop("name", user_name.title()),
                language=values.pop("language", "en"),
                department_id=department.id if department else None,
                manager_id=manager.id if manager else None,
                **values,
            )
        )
        for role in roles:
            held = await self.builtin(role) if isinstance(role, str) else role
            self.session.add(UserRole(user_id=user.id, role_id=held.id))
        await self.session.flush()
        return user

    async def pool(
        self,
        name: str = "North",
        *,
        kind: str = "customer",
        members: tuple[User, ...] = (),
        administrators: tuple[User, ...] = (),
        **values: Any,
    ) -> Pool:
        """A pool with members."""
        pool: Pool = await self._keep(Pool(kind=kind, name=name, **values))
        self.session.add_all(PoolMember(pool_id=pool.id, user_id=user.id) for user in members)
        self.session.add_all(
            PoolMember(pool_id=pool.id, user_id=user.id, administrator=True) for user in administrators
        )
        await self.session.flush()
        return pool

    async def customer(
        self, name: str | None = None, *, owner: User | None = None, pool: Pool | None = None, **values: Any
    ) -> Customer:
        """A customer, owned or in a pool, put in as it is (no events, no search row); its position is set by hand."""
        name = name or f"Customer {next(NUMBERS)}"
        values.setdefault("activity_at", FIXED)
        if (
            "latitude" in values and "location_provider" not in values
        ):  # else the worker's clock would look for a better one
            values = {"location_provider": MANUAL, "located_at": FIXED} | values
        key = values.pop("name_key", name.lower())
        made: Customer = await self._keep(
            Customer(
                name=name,
                name_key=key,
                name_sort=name.lower(),
                owner_id=owner.id if owner else None,
                pool_id=pool.id if pool else None,
                owned_since=FIXED if owner else None,
                pooled_since=FIXED if pool else None,
                **values,
            )
        )
        await self.session.refresh(made)
        return made

    async def lead(
        self, name: str | None = None, *, owner: User | None = None, pool: Pool | None = None, **values: Any
    ) -> Lead:
        """A lead, owned (pending unless `status` says otherwise) or in a pool, put in as it is (no search row)."""
        name = name or f"Lead {next(NUMBERS)}"
        values.setdefault("activity_at", FIXED)
        values.setdefault("status", "unassigned" if pool else "pending")
        values.setdefault("mobile_key", e164(values.get("mobile")))
        made: Lead = await self._keep(
            Lead(
                name=name,
                name_sort=name.lower(),
                owner_id=owner.id if owner else None,
                pool_id=pool.id if pool else None,
                owned_since=FIXED if owner else None,
                pooled_since=FIXED if pool else None,
                **values,
            )
        )
        await self.session.refresh(made)
        return made

    async def grant(
        self, kind: str, record_id: int, *, user: User | None = None, level: GrantLevel = GrantLevel.read, **values: Any
    ) -> Grant:
        """A team member or share."""
        made: Grant = await self._keep(
            Grant(
                kind=kind,
                record_id=record_id,
                user_id=user.id if user else None,
                level=level.value,
                post=values.pop("post", GrantPost.sales).value,
                **values,
            )
        )
        return made

    async def product(self, name: str = "Tea", price: str = "10.00", **values: Any) -> Product:
        """A product."""
        code = values.pop("code", f"P{next(NUMBERS):04d}")
        made: Product = await self._keep(
            Product(
                code=code,
                name=name,
                name_sort=name.lower(),
                txt=f"{name} {code}".lower(),
                unit="box",
                list_price=Decimal(price),
                **values,
            )
        )
        return made

    async def order(
        self,
        customer: Customer,
        owner: User,
        *,
        product: Product | None = None,
        quantity: str = "1",
        status: str = "draft",
        **values: Any,
    ) -> Order:
        """An order of one line at list price, put in as it is."""
        product = product or await self.product()
        net = (product.list_price * Decimal(quantity)).quantize(Decimal("0.01"))
        made: Order = await self._keep(
            Order(
                number=f"SO-TEST-{next(NUMBERS):06d}",
                customer_id=customer.id,
                owner_id=owner.id,
                status=status,
                created_by_id=owner.id,
                ordered_on=date(2026, 3, 2),
                list_total=net,
                goods_total=net,
                net_total=net,
                lines=[
                    OrderLine(
                        position=1,
                        product_id=product.id,
                        product_name=product.name,
                        unit=product.unit,
                        quantity=Decimal(quantity),
                        list_price=product.list_price,
                        unit_price=product.list_price,
                        net=net,
                    )
                ],
                **values,
            )
        )
        await self.session.refresh(made, ["department_id"])
        return made

    async def pipeline(self, name: str = "Pipeline", *, stages: tuple[int, ...] = (10, 50), **values: Any) -> Pipeline:
        """A pipeline with open stages of these probabilities, then Won, Lost and Invalid; named after the kind."""
        made: Pipeline = await self._keep(Pipeline(name_zh=name, name_en=name, **values))
        ends = ((StageKind.won, 100), (StageKind.lost, 0), (StageKind.invalid, 0))
        rows = [(f"Stage {place}", StageKind.open, chance) for place, chance in enumerate(stages, start=1)]
        rows += [(kind.value.title(), kind, chance) for kind, chance in ends]
        for place, (words, kind, chance) in enumerate(rows, start=1):
            stage = Stage(pipeline_id=made.id, name_zh=words, name_en=words, kind=kind.value, probability=chance)
            stage.position = place * 10
            await self._keep(stage)
        return made

    async def stage(self, pipeline: Pipeline, name: str = "Stage 1") -> Stage:
        """A stage of a pipeline by its name."""
        found = select(Stage).where(Stage.pipeline_id == pipeline.id, Stage.name_en == name)
        return (await self.session.scalars(found)).one()

    async def question(self, stage: Stage, text: str = "Budget?", **values: Any) -> StageQuestion:
        """A question that a stage asks; free text and needed unless said otherwise."""
        values = {"kind": "text", "required": True} | values
        made: StageQuestion = await self._keep(StageQuestion(stage_id=stage.id, text_zh=text, text_en=text, **values))
        return made

    async def opportunity(
        self, customer: Customer, *, owner: User | None = None, stage: Stage | None = None, **values: Any
    ) -> Opportunity:
        """An opportunity of the customer's owner in the first stage of a pipeline, put in as it is (no search row)."""
        stage = stage or await self.stage(await self.pipeline())
        values.setdefault("activity_at", FIXED)
        values.setdefault("stage_since", FIXED)
        values.setdefault("probability", stage.probability)
        if stage.kind != StageKind.open:
            values = {"ended_at": FIXED, "end_note": "As it was"} | values
        made: Opportunity = await self._keep(
            Opportunity(
                name=values.pop("name", f"Opportunity {next(NUMBERS)}"), customer_id=customer.id,
                owner_id=owner.id if owner else customer.owner_id, pipeline_id=stage.pipeline_id, stage_id=stage.id,
                status=stage.kind, **values,
            )
        )  # fmt: skip
        await self.session.refresh(made)
        return made

    async def limit(self, role: Role | str, line: str, order: str) -> DiscountLimit:
        """The discount authority of a role, in percent."""
        held = await self.builtin(role) if isinstance(role, str) else role
        made: DiscountLimit = await self._keep(
            DiscountLimit(role_id=held.id, line_percent=Decimal(line), order_percent=Decimal(order))
        )
        return made

    async def flow(self, kind: str, *steps: ApprovalFlowStep) -> ApprovalFlow:
        """An active approval flow; steps are numbered as given."""
        flow: ApprovalFlow = await self._keep(ApprovalFlow(kind=kind, name=f"{kind} flow", active=True))
        for number, step in enumerate(steps, start=1):
            step.flow_id, step.position = flow.id, number
            self.session.add(step)
        await self.session.flush()
        return flow

    async def visit_type(self, name: str = "Routine", *, questions: tuple[VisitQuestion, ...] = ()) -> VisitType:
        """A type of visit with its questions, numbered as given."""
        made: VisitType = await self._keep(VisitType(name_zh=name, name_en=name))
        for position, question in enumerate(questions):
            question.type_id, question.position = made.id, position
            self.session.add(question)
        await self.session.flush()
        return made

    async def visit(self, customer: Customer, owner: User, *, on: date | None = None, **values: Any) -> Visit:
        """A visit, planned for the day that it is for its owner unless another is given, put in as it is."""
        made: Visit = await self._keep(
            Visit(
                customer_id=customer.id,
                owner_id=owner.id,
                created_by_id=owner.id,
                planned_on=on or today_of(owner),
                answers=values.pop("answers", {}),
                **values,
            )
        )
        await self.session.refresh(made)
        return made

    async def sales_team(self) -> SalesTeam:
        """A rep under a manager under a director, with 5, 15 and 30 % of discount, and an administrator beside them."""
        await self.limit("sales_rep", "5", "5")
        await self.limit("department_manager", "15", "10")
        await self.limit("sales_director", "30", "20")
        head_office = await self.department("Head office")
        sales = await self.department("Sales", head_office)
        director = await self.user(None, "sales_director", department=head_office, name="Director")
        manager = await self.user(None, "department_manager", department=sales, manager=director, name="Manager")
        rep = await self.user(None, "sales_rep", department=sales, manager=manager, name="Rep")
        admin = await self.user(None, "administrator", name="Admin")
        sales.head_id = manager.id
        head_office.head_id = director.id
        await self.session.flush()
        return SalesTeam(rep, manager, director, admin)


@dataclass
class SalesTeam:
    """The people that most order tests need."""

    rep: User
    manager: User
    director: User
    admin: User


def days_ago(days: float) -> datetime:
    """A moment before the fixed one."""
    return FIXED - timedelta(days=days)
