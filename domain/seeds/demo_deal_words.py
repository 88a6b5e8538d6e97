"""What the demo company's opportunities are about, what its stages ask, and what is said on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a customer may buy: product codes with quantities."""

    zh: str
    en: str
    need_zh: str
    need_en: str
    goods: tuple[tuple[str, int], ...]


TOPICS = (
    Topic("新咖啡吧全套设备", "Equipment for a new coffee bar", "年底前开一间咖啡吧，需要整套设备和安装培训。",
          "Opens a coffee bar this winter, wants machines, fitting and training from one supplier.",
          (("EQ-101", 1), ("EQ-104", 2), ("EQ-107", 1), ("EQ-106", 1))),
    Topic("年度咖啡豆框架协议", "Beans for a year", "希望锁定一年价格，按月要货。",
          "Wants a price that holds for a year, called off month by month.", (("CB-108", 240), ("CB-109", 120))),
    Topic("燕麦奶换供应商", "Oat milk for all shops", "现有燕麦奶打发不稳定，考虑换品牌。",
          "Unhappy with how the present oat milk foams.", (("MK-102", 90),)),
    Topic("定制杯套装", "Cups with their logo", "纸杯、杯盖、冷饮杯统一印标。",
          "Hot cups, lids and cold cups with one print.", (("CU-101", 40), ("CU-102", 40), ("CU-103", 20))),
    Topic("秋冬饮品糖浆组合", "Syrups for the winter menu", "秋冬新品需要三款糖浆，要求先试饮。",
          "Three syrups for the winter drinks, after a tasting.", (("SY-102", 60), ("SY-104", 48), ("SY-105", 24))),
    Topic("茶饮线上新", "A line of teas", "增加热茶和抹茶，需要培训冲泡。",
          "Adds hot tea and matcha and asks for a day of training.", (("TE-104", 30), ("TE-108", 40), ("TE-113", 20))),
    Topic("制冰与净水", "Ice and water", "水质偏硬，机器频繁结垢。",
          "Hard water, the machine scales up every month.", (("EQ-106", 1), ("EQ-107", 2))),
    Topic("办公室咖啡角", "Coffee corner for an office", "三层办公楼，一台全自动机加月度耗材。",
          "Three floors, one automatic machine and monthly supplies.", (("EQ-103", 2), ("CB-109", 60), ("CU-101", 12))),
    Topic("精品豆季度订阅", "Single origins each season", "每季两支精品豆，老板要杯测。",
          "Two single origins each season, cupped together first.", (("CB-101", 24), ("CB-107", 12))),
    Topic("连锁门店统一采购", "One supplier for all branches", "总部统一采购原料，预计十二家门店。",
          "Head office wants to buy for twelve shops at once.",
          (("CB-109", 480), ("MK-102", 240), ("CU-101", 120))),
    Topic("早餐时段滴滤咖啡", "Batch coffee for breakfast", "早餐时段 200 客，需要滴滤机和豆子。",
          "Two hundred guests at breakfast, needs brewers and beans.",
          (("EQ-105", 2), ("CB-108", 240))),
)  # fmt: skip
FIRST_GOODS = (("CB-109", 120), ("MK-102", 48), ("CU-102", 24))
"""What who came out of a lead begins with."""
QUESTIONS = {
    "First contact": (
        ("text", "谁做决定？", "Who decides?", None, None, True),
        ("yes_no", "已寄样品？", "Samples sent?", None, None, False),
    ),
    "Needs confirmed": (
        ("choice", "预算", "Budget", "已批准\n待批准\n不清楚", "Approved\nTo be approved\nNot known", True),
        ("number", "月用量（公斤）", "Use a month (kg)", None, None, False),
    ),
    "Proposal": (("yes_no", "对方比较了竞品？", "Have they compared offers?", None, None, True),),
    "Negotiation": (
        ("choice", "账期", "Terms of payment", "预付\n月结 30 天\n月结 60 天", "In advance\n30 days\n60 days", True),
    ),
}
"""By stage: kind, question and choices in both languages, whether it must be answered."""
DECIDERS_ZH = ("老板", "采购经理", "店长和老板", "总部采购部")
DECIDERS_EN = ("The owner", "The purchasing manager", "Owner and head barista", "Head office")
TALKS_ZH = (
    "电话确认了需求和时间表，对方让先报个大概。", "上门看了现场，量了水电位，下周出方案。",
    "送样试用，反馈不错，等老板回来定。", "报价已发，对方说会和另外两家比较。",
    "谈了账期和安装时间，价格还差一点。", "微信沟通，合同在走对方流程。",
)  # fmt: skip
TALKS_EN = (
    "Talked through what they need and by when; they want a rough figure first.",
    "Visited the site and measured the counter, the proposal follows next week.",
    "Samples went down well, now waiting for the owner.", "Sent the quote, they compare it with two others.",
    "Talked about terms and the date of fitting; still a little apart on the price.",
    "The contract is with their accountant.",
)  # fmt: skip
STEPS_ZH = ("寄样品并跟进反馈", "发送正式报价", "约老板面谈", "确认安装日期", "催合同用印")
STEPS_EN = ("Send samples and call back", "Send the written quote", "Meet the owner", "Agree on the date of fitting",
            "Remind them of the signature")  # fmt: skip
RIVALS_ZH = ("本地烘焙商，价格低 5%", "同城设备代理商", None, None)
RIVALS_EN = ("A local roaster, five percent below us", "The dealer of the other machines", None, None)
LOST_ZH = ("对方选择了本地供应商", "预算推迟到明年", "新店计划取消")
LOST_EN = ("They took the local supplier", "The budget moved to next year", "The new shop will not open")
