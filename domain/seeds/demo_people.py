"""The people of the demo company: departments in four levels, users, pools with their rules, approval flows."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete, func, select, update

from domain.approvals.models import ApprovalFlow, ApprovalFlowStep, ApproverRule
from domain.company.models import Setting
from domain.core.work import Work
from domain.people.actions import create_department, create_user
from domain.people.actions.passwords import hashed
from domain.people.inputs import DepartmentInput, UserInput
from domain.people.models import Department, Role, User, UserRole
from domain.pools.models import Pool, PoolKind, PoolMember, RecycleKind, RecycleRule

COMPANY = "海岬商贸 · Headland Trading"
DEPARTMENTS = (
    ("company", COMPANY, None, "shen"),
    ("sales", "销售中心 · Sales", "company", "director"),
    ("east", "华东大区 · East China", "sales", "manager"),
    ("sh1", "上海一组 · Shanghai Team 1", "east", None),
    ("sh2", "上海二组 · Shanghai Team 2", "east", None),
    ("hz", "杭州组 · Hangzhou Team", "east", "fangmin"),
    ("nj", "南京组 · Nanjing Team", "east", "jiangxue"),
    ("north", "华北大区 · North China", "sales", "machaoqun"),
    ("bj", "北京组 · Beijing Team", "north", None),
    ("tj", "天津组 · Tianjin Team", "north", None),
    ("south", "华南大区 · South China", "sales", "huangwenjie"),
    ("gz", "广州组 · Guangzhou Team", "south", None),
    ("sz", "深圳组 · Shenzhen Team", "south", None),
    ("intl", "海外部 · International", "sales", "sophie"),
    ("apac", "亚太组 · Asia-Pacific Team", "intl", None),
    ("europe", "欧洲组 · Europe Team", "intl", None),
    ("ops", "运营中心 · Operations", "company", "xuzhiyuan"),
    ("desk", "订单部 · Order Desk", "ops", "approver"),
    ("depot", "仓储部 · Warehouse", "ops", "warehouse"),
    ("depot_sh", "上海仓 · Shanghai Depot", "depot", None),
    ("service", "客服部 · Customer Service", "ops", None),
    ("finance", "财务部 · Finance", "company", "finance"),
    ("marketing", "市场部 · Marketing", "company", "tangning"),
    ("it", "信息部 · IT", "company", None),
)
"""Key, name, key of the department above, user name of the head."""

REP, LEAD = "sales_rep", "department_manager"
PEOPLE = (
    ("shen", "沈海岳", "zh", "company", None, "auditor"),
    ("director", "David Wong", "en", "sales", "shen", "sales_director"),
    ("manager", "周建国", "zh", "east", "director", LEAD),
    ("rep", "林晓雨", "zh", "sh1", "manager", REP),
    ("chenli", "陈立", "zh", "sh1", "manager", REP),
    ("wutong", "吴桐", "zh", "sh1", "manager", REP),
    ("rep2", "Emma Clarke", "en", "sh2", "manager", REP),
    ("sunqian", "孙倩", "zh", "sh2", "manager", REP),
    ("gaoyuan", "高远", "zh", "sh2", "manager", REP),
    ("fangmin", "方敏", "zh", "hz", "manager", LEAD),
    ("zhengkai", "郑凯", "zh", "hz", "fangmin", REP),
    ("zhulin", "朱琳", "zh", "hz", "fangmin", REP),
    ("jiangxue", "蒋雪", "zh", "nj", "manager", LEAD),
    ("hanlei", "韩磊", "zh", "nj", "jiangxue", REP),
    ("machaoqun", "马超群", "zh", "north", "director", LEAD),
    ("liuyang", "刘洋", "zh", "bj", "machaoqun", REP),
    ("wangsiyuan", "王思源", "zh", "bj", "machaoqun", REP),
    ("yangfan", "杨帆", "zh", "tj", "machaoqun", REP),
    ("huangwenjie", "黄文杰", "zh", "south", "director", LEAD),
    ("liangjiaxin", "梁嘉欣", "zh", "gz", "huangwenjie", REP),
    ("hewei", "何伟", "zh", "gz", "huangwenjie", REP),
    ("luozixuan", "罗子轩", "zh", "sz", "huangwenjie", REP),
    ("sophie", "Sophie Martin", "en", "intl", "director", LEAD),
    ("kenji", "Kenji Sato", "en", "apac", "sophie", REP),
    ("priya", "Priya Nair", "en", "apac", "sophie", REP),
    ("lukas", "Lukas Weber", "en", "europe", "sophie", REP),
    ("chiara", "Chiara Rossi", "en", "europe", "sophie", REP),
    ("xuzhiyuan", "徐志远", "zh", "ops", "shen", "auditor"),
    ("approver", "许静", "zh", "desk", "xuzhiyuan", "order_administrator"),
    ("warehouse", "赵大勇", "zh", "depot", "xuzhiyuan", "warehouse"),
    ("qianjin", "钱进", "zh", "depot_sh", "warehouse", "warehouse"),
    ("fengchun", "冯春", "zh", "depot_sh", "warehouse", "warehouse"),
    ("tiantian", "田甜", "zh", "service", "xuzhiyuan", "service"),
    ("shilei", "石磊", "zh", "service", "xuzhiyuan", "service"),
    ("finance", "Helen He", "en", "finance", "shen", "finance"),
    ("caoli", "曹莉", "zh", "finance", "finance", "finance"),
    ("tangning", "唐宁", "zh", "marketing", "shen", "marketing"),
    ("pengxue", "彭雪", "zh", "marketing", "tangning", "marketing"),
    ("qinming", "秦明", "zh", "company", "shen", "auditor"),
)
"""User name, name, language, department, manager, role. The administrator is there already."""

POOLS = (
    ("east", "华东公海 · East China", ("east", "sh1", "sh2", "hz", "nj"), "manager",
     {"holding_limit": 60, "daily_limit": 10, "hidden_fields": ["phone", "email", "contacts"]}),
    ("north", "华北公海 · North China", ("north", "bj", "tj"), "machaoqun", {"holding_limit": 60}),
    ("south", "华南公海 · South China", ("south", "gz", "sz"), "huangwenjie", {"cooldown_days": 7}),
)  # fmt: skip
"""Key, name, member departments, administrator, limits. The pool of the reference data serves everybody else."""
RULES = ((RecycleKind.no_follow_up, 30), (RecycleKind.no_deal, 180))
LARGE_ORDER = Decimal(60_000)


async def departments_and_users(work: Work, password: str) -> None:
    """Everybody, each with one role and the same password."""
    roles = {code: number for code, number in await work.session.execute(select(Role.code, Role.id))}
    departments: dict[str, Department] = {}
    users: dict[str, User] = {}
    for key, name, above, _head in DEPARTMENTS:
        parent_id = departments[above].id if above else None
        departments[key] = await create_department(work, DepartmentInput(name=name, parent_id=parent_id))
    for user_name, name, language, department, manager, role in PEOPLE:
        entered = UserInput.model_validate({
            "user_name": user_name, "name": name, "email": f"{user_name}@headland.example", "language": language,
            "department_id": departments[department].id, "manager_id": users[manager].id if manager else None,
            "role_ids": [roles[role]],
        })  # fmt: skip
        users[user_name] = await create_user(work, entered)
    for key, _name, _above, head in DEPARTMENTS:
        departments[key].head_id = users[head].id if head else None
    await work.session.flush()  # the statement below reads users
    everybody = update(User).where(User.id.in_([user.id for user in users.values()]))
    await work.session.execute(everybody.values(password_hash=await hashed(password)))
    admin = select(User).join(UserRole).join(Role).where(func.lower(User.user_name) == "admin", Role.everything)
    administrator = (await work.session.execute(admin)).scalar_one_or_none()
    if administrator is not None:
        administrator.department_id, administrator.manager_id = departments["it"].id, users["shen"].id
        administrator.language = "en"
    named = update(Setting).where(Setting.name == "company_name").values(value="Headland Trading")
    await work.session.execute(named)


async def pools_and_rules(work: Work) -> dict[str, int]:
    """Pools of the regions, by key; `general` is the one of the reference data."""
    ids = {name: number for name, number in await work.session.execute(select(Department.name, Department.id))}
    names = {key: ids[name] for key, name, _above, _head in DEPARTMENTS}
    users = {name: number for name, number in await work.session.execute(select(User.user_name, User.id))}
    known = select(Pool.id).where(Pool.kind == PoolKind.customer).order_by(Pool.id).limit(1)
    found = {"general": (await work.session.execute(known)).scalar_one()}
    for key, name, members, administrator, limits in POOLS:
        pool = Pool(kind=PoolKind.customer.value, name=name, **limits)
        work.session.add(pool)
        await work.session.flush()  # members and rules name it by id
        found[key] = pool.id
        work.session.add_all(PoolMember(pool_id=pool.id, department_id=names[one]) for one in members)
        work.session.add_all(
            PoolMember(pool_id=pool.id, user_id=users[one], administrator=True) for one in (administrator, "director")
        )
    for pool_id in found.values():
        work.session.add_all(RecycleRule(pool_id=pool_id, kind=kind.value, days=days) for kind, days in RULES)
    await work.session.flush()  # the clocks read the rules from here on
    return found


async def order_flow(work: Work) -> None:
    """Orders go to the order desk; discounts beyond the rep's authority to the manager first, large ones further up."""
    flow_id = (await work.session.execute(select(ApprovalFlow.id).where(ApprovalFlow.kind == "orders"))).scalar_one()
    desk = (await work.session.execute(select(Role.id).where(Role.code == "order_administrator"))).scalar_one()
    director = (await work.session.execute(select(User.id).where(User.user_name == "director"))).scalar_one()
    await work.session.execute(delete(ApprovalFlowStep).where(ApprovalFlowStep.flow_id == flow_id))
    work.session.add_all([
        ApprovalFlowStep(flow_id=flow_id, position=1, rule=ApproverRule.manager.value, over_discount=True),
        ApprovalFlowStep(flow_id=flow_id, position=2, rule=ApproverRule.role.value, role_id=desk),
        ApprovalFlowStep(
            flow_id=flow_id, position=3, rule=ApproverRule.person.value, user_id=director, least_amount=LARGE_ORDER
        ),
    ])  # fmt: skip
    await work.session.flush()  # the first order looks for its approvers here
