"""Customers and contacts that look like those of a café supplier, each name once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from domain.seeds.demo_places import AREA_CODES, Place, abroad, chinese


def _words(text: str) -> list[str]:
    return text.split()


BRANDS = _words("""
    云栖 听雨 半山 青禾 拾光 南巷 北岸 泊岸 鹿鸣 竹里 松风 知味 禾木 山野 沐光 清欢 晨曦 渡口 长亭 麦田 四时 暖阳 白鹭
    江畔 鸿雁 梧桐 小满 谷雨 望江 临风 溪谷 海棠 月见 初夏 秋水 远山 石桥 木槿 银杏 桂影 荷塘 蓝湾 橙光 有间 留白 朝露
    星野 古渡 雁南 听松
""")
TRADES = (
    ("咖啡", "food"), ("茶饮", "food"), ("餐饮管理", "food"), ("酒店管理", "service"), ("烘焙食品", "manufacturing"),
    ("便利超市", "retail"), ("食品贸易", "wholesale"), ("文化艺术", "service"), ("书店", "retail"),
    ("健身管理", "service"),
    ("国际学校", "education"), ("口腔医院", "health"), ("联合办公", "service"),
)  # fmt: skip
FIRST = _words("""
    Blue Copper Little Northern Amber Quiet Silver Paper Lantern Harbour Morning Velvet Wild Golden Corner Second Old
    Green Bright River
""")
SECOND = _words("Kettle Sparrow Lighthouse Fox Compass Orchard Anchor Garden Crane Maple Tram Pier Mill Swan Terrace")
KINDS = (
    ("Coffee Roasters", "food"), ("Café", "food"), ("Bakery", "food"), ("Hotels", "service"), ("Foods", "wholesale"),
    ("Tea House", "food"), ("Provisions", "retail"), ("Kitchen", "food"),
)  # fmt: skip
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛"
)
GIVEN = _words("""
    雨桐 子涵 浩然 思远 嘉怡 文博 晓彤 志强 丽华 建军 海燕 佳宁 明轩 雪莹 俊杰 诗涵 国栋 玉兰 晨阳 梦洁 立群 婉清
    天宇 欣怡 宏伟 若曦 家豪 静雯 永康 舒扬
""")
PEOPLE = {
    "apac": "Wei Ling Tan|Marcus Lim|Aiko Tanaka|Haruto Ito|Nurul Aisyah|Somchai Prasert|Ji-woo Kim|Oliver Hughes",
    "europe": "Anna Schmidt|James Walker|Claire Dubois|Matteo Ferrari|Lucía Navarro|Sanne de Vries|Tom Becker",
    "expats": "Sarah Mitchell|Luca Moretti|Hannah Klein|Daniel Chen|Julie Laurent|Ben Foster|Amy Zhou",
}
POSTS = ("店长", "采购经理", "总经理", "运营总监", "行政主管", "主理人", "财务主管")
LATIN_POSTS = ("Owner", "Purchasing Manager", "Head Barista", "Operations Director", "Store Manager")
ROLES = {
    "总经理": "decision_maker", "主理人": "decision_maker", "采购经理": "influencer", "店长": "user",
    "财务主管": "finance",
    "Owner": "decision_maker", "Purchasing Manager": "influencer", "Head Barista": "user", "Store Manager": "user",
}  # fmt: skip
"""What somebody of a post has to say at the customer."""
SOURCES = ("展会", "转介绍", "官网咨询", "电话开发", "小红书", "老客户推荐")
LATIN_SOURCES = ("Trade fair", "Referral", "Website", "Cold call", "Instagram")
PERSONS = ("私房烘焙", "手作茶室", "社区团购")


@dataclass
class Sketch:
    """What is entered of one customer, with the person who is its contact."""

    values: dict[str, Any]
    chinese: bool
    person: dict[str, Any]


class Sketcher:
    """Draws customers from one source of chance, never the same name or number twice."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.names: set[str] = set()
        self.numbers = count(1)
        self.streets: dict[str, list[Place]] = {}

    def draw(self, team: str) -> Sketch:
        """A customer in the area of a team: east, hz, nj, north, south, apac or europe."""
        if team not in self.streets:
            self.streets[team] = abroad(team) if team in PEOPLE else chinese(team)
        place = self.chance.choice(self.streets[team])
        return self._latin(place, team) if team in PEOPLE else self._chinese(place)

    def _chinese(self, place: Place) -> Sketch:
        city = place.city.removesuffix("市")
        if self.chance.random() < 0.04:
            name = self._fresh(lambda: f"{self._person()}（{self.chance.choice(PERSONS)}）")
            values: dict[str, Any] = {"name": name, "kind": "person", "industry": "food"}
        else:
            trade, industry = self.chance.choices(TRADES, weights=[6, 5, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1])[0]
            name = self._fresh(lambda: f"{city}{self.chance.choice(BRANDS)}{trade}{self._form(trade)}")
            size = self.chance.choice(("small", "small", "medium", "large"))
            values = {"name": name, "industry": industry, "size": size}
        number = next(self.numbers)
        floor, flat = self.chance.randint(1, 6), self.chance.randint(2, 28)
        room = self.chance.choice(("", f"{floor}层", f"{flat}{number % 9 + 1:02d}室"))
        values |= {
            "country": "中国", "region": place.region, "city": place.city,
            "address": f"{place.line}{self.chance.randint(12, 1880)}号{room}",
            "phone": f"{AREA_CODES[place.city]}-{5000_0000 + number * 7919 % 999_9999}"[:13],
            "level": self._level(), "need": self.chance.choice(("prospect", "existing", None)),
            "source": self.chance.choice(SOURCES), "email": f"info{number}@example.cn",
        }  # fmt: skip
        return Sketch(values, True, self._contact(self._person(), POSTS))

    def _latin(self, place: Place, team: str) -> Sketch:
        kind, industry = self.chance.choice(KINDS)
        name = self._fresh(lambda: f"{self.chance.choice(FIRST)} {self.chance.choice(SECOND)} {kind} {place.form}")
        number = next(self.numbers)
        house = self.chance.randint(2, 190)
        first = place.country in ("United Kingdom", "Singapore", "Australia", "France", "Malaysia")
        short = name.removesuffix(place.form).lower()
        slug = "".join(letter for letter in short if letter.isascii() and letter.isalnum())
        values = {
            "name": name, "industry": industry, "size": self.chance.choice(("small", "medium")),
            "country": place.country, "region": place.region or None, "city": place.city,
            "address": f"{house} {place.line}" if first else f"{place.line} {house}",
            "phone": f"{place.phone}{number % 900 + 100:03d}" if place.phone else None,
            "email": f"hello@{slug}.example", "website": f"www.{slug}.example", "level": self._level(),
            "source": self.chance.choice(LATIN_SOURCES), "need": self.chance.choice(("prospect", "existing", None)),
        }  # fmt: skip
        person = self.chance.choice(PEOPLE[team].split("|"))
        return Sketch(values, False, self._contact(person, LATIN_POSTS, mobile=False))

    def _contact(self, name: str, posts: tuple[str, ...], *, mobile: bool = True) -> dict[str, Any]:
        number, post = next(self.numbers), self.chance.choice(posts)
        values = {"name": name, "post": post, "role": ROLES.get(post), "birthday": _birthday(number)}
        if mobile:
            head = ("138", "139", "136", "158", "186", "177")[number % 6]
            return values | {"mobile": f"{head}0000{number:04d}", "wechat": f"wx_{number:05d}"}
        return values | {"email": f"{name.split()[0].lower()}{number}@example.com"}

    def _person(self) -> str:
        return self.chance.choice(SURNAMES) + self.chance.choice(GIVEN)

    def _form(self, trade: str) -> str:
        if trade in ("书店", "国际学校", "口腔医院"):
            return ""
        return self.chance.choice(("有限公司", "有限公司", "有限公司", "（集团）有限公司"))

    def _level(self) -> str:
        return self.chance.choices(("a", "b", "c", "d"), weights=(1, 3, 5, 1))[0]

    def _fresh(self, make: Any) -> str:
        """A name that was not drawn before."""
        while True:
            name: str = make()
            key = name.replace("（集团）", "").removesuffix("有限公司")
            if key not in self.names:
                self.names.add(key)
                return name


def _birthday(number: int) -> str | None:
    """Of some the whole date is known, of some the day, of most nothing."""
    day = date(1968 + number % 30, 1, 1) + timedelta(days=number * 53 % 365)
    return (day.isoformat(), f"{day:%m-%d}", None, None)[number % 4]
