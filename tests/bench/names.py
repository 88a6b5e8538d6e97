"""Names of customers, made of parts whose sound is known: asking pypinyin a million times takes ten minutes."""

from __future__ import annotations

import random
from functools import cache

from domain.customers.search import SearchRow
from domain.search.grams import index_grams
from domain.search.pinyin import initials, sort_key

CITIES = (
    ("上海", 31.23, 121.47), ("北京", 39.90, 116.40), ("深圳", 22.54, 114.06), ("广州", 23.13, 113.26),
    ("成都", 30.57, 104.07), ("杭州", 30.27, 120.15), ("武汉", 30.59, 114.31), ("西安", 34.34, 108.94),
    ("南京", 32.06, 118.80), ("重庆", 29.56, 106.55), ("苏州", 31.30, 120.58), ("天津", 39.13, 117.20),
)  # fmt: skip
SYLLABLES = "华盛润达宏远信诚德隆泰丰瑞祥安康明辉宇通恒利捷顺金鼎天成海洋中科联创新世纪东方锦绣博雅嘉汇"
TRADES = ("贸易", "科技", "食品", "机械", "电子", "医药", "建材", "物流", "服饰", "化工")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
LATIN = ("Nova", "Acme", "Global", "Blue", "North", "Prime", "Delta", "Orion", "Summit", "River", "Stone", "Bright")
KINDS = ("Trading", "Systems", "Foods", "Logistics", "Partners", "Industries", "Labs", "Supplies")
FORM = "有限公司"


@cache
def _sound(part: str) -> tuple[str, str]:
    return sort_key(part), initials(part)


def parts_of_a_name(dice: random.Random) -> list[str]:
    """A Chinese company (62 %), a Chinese person (18 %) or a Latin company (20 %), in its parts."""
    lot = dice.random()
    if lot < 0.62:
        return [dice.choice(CITIES)[0], *dice.choices(SYLLABLES, k=4), dice.choice(TRADES), FORM]
    if lot < 0.80:
        return [dice.choice(SURNAMES), *dice.choices(GIVEN, k=2)]
    return [dice.choice(LATIN), "".join(dice.choices("abcdefghijkl", k=4)).title(), dice.choice(KINDS)]


def whole(parts: list[str]) -> str:
    """The name as people write it."""
    return (" " if parts[0].isascii() else "").join(parts)


def sorting(parts: list[str]) -> str:
    """As `sort_key` of the whole name."""
    return whole(parts).lower() if parts[0].isascii() else " ".join(_sound(part)[0] for part in parts)


def search_row(customer_id: int, parts: list[str], phone: str) -> SearchRow:
    """As the search row that the actions would write."""
    name, digits = whole(parts), phone.removeprefix("+")
    sound = "" if name.isascii() else " " + "".join(_sound(part)[1] for part in parts)
    txt = f"{name.lower()}{sound}\n{digits}"
    return customer_id, txt, index_grams(txt)
