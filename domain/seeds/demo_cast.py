"""Who has which customers in the demo company, and how far each of them has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.seeds.demo_customers import Sketch, Sketcher
from domain.seeds.demo_orders import OrderPlan
from domain.seeds.demo_stage import Stage
from domain.seeds.demo_stories import Course

TERRITORIES = {
    "rep": "east", "chenli": "east", "wutong": "east", "rep2": "east", "sunqian": "east", "gaoyuan": "east",
    "zhengkai": "hz", "zhulin": "hz", "hanlei": "nj", "liuyang": "north", "wangsiyuan": "north", "yangfan": "north",
    "liangjiaxin": "south", "hewei": "south", "luozixuan": "south", "kenji": "apac", "priya": "apac",
    "lukas": "europe", "chiara": "europe",
}  # fmt: skip
"""Where each rep sells."""
AREAS = {"rep2": ("expats", "expats", "east")}
"""Where a rep's customers are drawn from, if not only from there: Emma Clarke looks after the cafés of expatriates."""
HOMES = {
    "east": "east", "hz": "east", "nj": "east", "north": "north", "south": "south", "apac": "general",
    "europe": "general",
}  # fmt: skip
LYING = (("east", 20), ("hz", 6), ("nj", 6), ("north", 12), ("south", 12), ("apac", 6), ("europe", 8))
Cast = Iterator[tuple[Course, list[OrderPlan]]]

REP_ORDERS = (
    [OrderPlan(1, "awaiting"), OrderPlan(31), OrderPlan(120)],
    [OrderPlan(0, "awaiting", order_percent=9), OrderPlan(64)],
    [OrderPlan(0, "draft"), OrderPlan(47), OrderPlan(160), OrderPlan(215)],
    [OrderPlan(3, "rejected", line_percent=12), OrderPlan(80)],
    [OrderPlan(3, "to_ship", promised_in=0), OrderPlan(140)],
    [OrderPlan(2, "to_ship", promised_in=2), OrderPlan(55), OrderPlan(190)],
    [OrderPlan(4, "part", promised_in=1), OrderPlan(98)],
    [OrderPlan(8, "shipped"), OrderPlan(110)],
    [OrderPlan(14, "awaiting_money", "machine"), OrderPlan(200), OrderPlan(260)],
    [OrderPlan(16, "awaiting_money"), OrderPlan(75)],
    [OrderPlan(19, "paid"), OrderPlan(24, "unpaid"), OrderPlan(130), OrderPlan(235)],
    [OrderPlan(1, "awaiting", "large"), OrderPlan(50), OrderPlan(170), OrderPlan(300)],
)
REP2_ORDERS = (
    [OrderPlan(0, "awaiting", line_percent=10), OrderPlan(88)],
    [OrderPlan(2, "to_ship", promised_in=3), OrderPlan(66), OrderPlan(205)],
    [OrderPlan(5, "picked", promised_in=-1), OrderPlan(150)],
    [OrderPlan(13, "awaiting_money"), OrderPlan(101)],
    [OrderPlan(1, "draft"), OrderPlan(44), OrderPlan(180)],
    [OrderPlan(9, "void"), OrderPlan(72)],
    [OrderPlan(2, "awaiting"), OrderPlan(59), OrderPlan(240)],
    [OrderPlan(18, "paid", "machine"), OrderPlan(115)],
)
RECENT = (
    OrderPlan(0, "awaiting"), OrderPlan(2, "to_ship", promised_in=1), OrderPlan(15, "awaiting_money"),
    OrderPlan(1, "awaiting"), OrderPlan(20, "paid"), OrderPlan(4, "to_ship", promised_in=-1), OrderPlan(26, "unpaid"),
    OrderPlan(9, "shipped"), OrderPlan(22, "paid"), OrderPlan(3, "to_ship", promised_in=4),
    OrderPlan(17, "awaiting_money", "machine"), OrderPlan(2, "awaiting", "large"),
    OrderPlan(6, "picked", promised_in=2),
)  # fmt: skip
"""Dealt out to the other reps in turn, so that every desk has something on it."""


def cast(stage: Stage, sketcher: Sketcher) -> Cast:
    """Every customer with its orders."""
    yield from _desk(stage, sketcher, "rep", REP_ORDERS, _rep_dates(stage), leaving=(27, 26, 25, 25, 24), prospects=6)
    yield from _desk(stage, sketcher, "rep2", REP2_ORDERS, _rep_dates(stage)[2:9], leaving=(26, 24), prospects=7)
    recent = iter(RECENT * 3)
    for owner, team in TERRITORIES.items():
        if owner in ("rep", "rep2"):
            continue
        first = stage.chance.randint(60, 250)
        single = OrderPlan(stage.chance.randint(40, 330))
        orders = ([next(recent), OrderPlan(first)], [single], [OrderPlan(first + 9, size="machine")])
        yield from _desk(stage, sketcher, owner, orders, [stage.today(10, 30, 1)], leaving=(), prospects=3)
        yield _lost(stage, sketcher, owner, team), []
    for team, number in LYING:
        for _one in range(number):
            yield Course(sketcher.draw(team), stage.chance.randint(3, 340), HOMES[team]), []


def _rep_dates(stage: Stage) -> list[datetime]:
    """When the next contacts of a rep are due: yesterday, over the day, and in the days ahead."""
    hours = ((9, 30), (10, 30), (11, 15), (14, 0), (15, 30), (16, 45), (18, 0))
    ahead = ((10, 0, 1), (14, 30, 1), (9, 30, 2), (11, 0, 4))
    return [
        stage.today(15, 0, -1), *(stage.today(hour, minute) for hour, minute in hours),
        *(stage.today(hour, minute, days) for hour, minute, days in ahead),
    ]  # fmt: skip


def _desk(
    stage: Stage,
    sketcher: Sketcher,
    owner: str,
    orders: tuple[list[OrderPlan], ...] | list[list[OrderPlan]],
    dates: list[datetime],
    *,
    leaving: tuple[int, ...],
    prospects: int,
) -> Cast:
    """The customers of one rep: those that buy, those with a date, those about to leave, and prospects."""
    team, chance = TERRITORIES[owner], stage.chance
    pool = HOMES[team]

    def drawn() -> Sketch:
        return sketcher.draw(chance.choice(AREAS.get(owner, (team,))))

    for plans in orders:
        first = max(plan.days for plan in plans)
        born = first + chance.randint(8, 20) if first > 25 else chance.randint(22, 27)
        touches = [born - 2, *(plan.days + 2 for plan in plans if plan.days + 2 < born - 2), chance.randint(2, 18)]
        yield Course(drawn(), born, pool, owner, chance.random() < 0.3, touches, buys=True), plans
    for date in dates:
        born = chance.randint(16, 40)
        touches = [born - 2, *([born - 12] if born > 26 else []), chance.randint(3, 9)]
        yield Course(drawn(), born, pool, owner, chance.random() < 0.4, touches, next_at=date), []
    for last in leaving:
        born = last + chance.randint(6, 20)
        yield Course(drawn(), born, pool, owner, True, [born - 2, last], leaving=True), []
    for _one in range(prospects):
        born = chance.randint(4, 24)
        yield Course(drawn(), born, pool, owner, chance.random() < 0.5, [born - 2]), []


def _lost(stage: Stage, sketcher: Sketcher, owner: str, team: str) -> Course:
    """One that its owner neglected until the clock took it back, or gave back."""
    born = stage.chance.randint(60, 300)
    released = born - stage.chance.randint(10, 25) if stage.chance.random() < 0.5 else None
    return Course(sketcher.draw(team), born, HOMES[team], owner, False, [born - 3], leaving=True, released=released)
