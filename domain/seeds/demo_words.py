"""What the demo company's reps write after a call or a visit, in their own language."""

from __future__ import annotations

FIRST_ZH = (
    "初次电话沟通，对方目前用本地供应商的豆子，对我们的云南豆感兴趣，约了下周送样。",
    "展会上加了微信，寄了产品册和报价单。老板负责采购，下午三点以后方便接电话。",
    "上门拜访，门店约 40 个座位，日出杯 180 杯左右，主要痛点是供货不稳定。",
    "电话联系采购，明年计划再开两家分店，设备需要一起报价。",
)
NEXT_ZH = (
    "送样试喝，店长觉得意式拼配中烘更合适，酸度可以接受。等老板拍板。",
    "跟进样品反馈：燕麦奶打发效果不错，希望价格再谈谈，回去申请折扣。",
    "微信确认了下月用量：豆子 30 袋、纸杯 8 箱，要求周三前到货。",
    "拜访现场，发现磨豆机刀盘磨损，建议更换，对方让先出报价。",
    "电话回访，上批货已收到，包装有一箱压坏，已安排补发。",
    "和财务对了账期，可以接受月结 30 天，合同走流程中。",
    "老板出差，下周二回来再约时间面谈。",
    "介绍了秋冬新品：桂花糖浆、海盐焦糖酱，拿了两瓶试用。",
    "竞争对手报价低 5%，强调我们次日达和售后培训，对方愿意再比较。",
    "门店装修延期，首批订单推迟到月底。",
    "培训了两名新员工拉花和机器保养，反馈很好。",
    "确认续单，老价格，另外加 2 箱厚椰乳。",
)
LEAVING_ZH = (
    "聊过一次，暂时没有需求，让过一阵再联系。",
    "对方在和现有供应商谈续约，等结果。",
    "电话无人接听，发了短信和微信。",
)
FIRST_EN = (
    "First call. They buy from a local roaster but are unhappy with delivery times. Sending samples of the Huila.",
    "Met at the fair. Two shops, about 200 cups a day, interested in the oat milk and the blends.",
    "Visited the shop: 30 seats, busy at lunch. The owner decides everything herself, best after 3 pm.",
)
NEXT_EN = (
    "Samples tasted: they prefer the medium blend. Price is fine, waiting for the partner's word.",
    "Sent the quote for cups and lids with the logo. They need them before the opening.",
    "Call about the last delivery: one carton was damaged, replacement is on its way.",
    "Showed the batch brewer. They will free the budget next month.",
    "Agreed on 30 days' payment. The contract is with their accountant.",
    "Reorder confirmed: beans as last time plus two cartons of coconut milk.",
    "Owner travels until next week; will call again on Tuesday.",
    "Trained two new baristas on the grinder. Good mood, they want a tasting for their guests.",
)
LEAVING_EN = (
    "No need at the moment, asked to be called again later.",
    "Left a message with the shop manager, no answer yet.",
)
REJECTED = ("折扣过高", "价格有误", "资料不全")
RELEASED = ("联系不上", "没有需求", "已选择竞争对手")
VOIDED = ("客户取消了开店计划", "重复下单")
CARRIERS = ("顺丰速运", "德邦快递", "京东物流", "中通快运")
PURPOSES_ZH = ("查看陈列和库存", "确认下月用量", "介绍秋冬新品", "收集样品反馈", "对账并确认发票")
PURPOSES_EN = (
    "Check the shelf and the stock",
    "Agree on next month's order",
    "Show the winter specials",
    "Hear about the samples",
)
REMARKS_ZH = ("磨豆机异响，已调整刀盘", "本地烘焙商，月结", "蒸汽压力不足，已更换密封圈")
REMARKS_EN = ("Grinder was noisy, burrs adjusted", "A local roaster, paid monthly", "Low steam, gasket replaced")
NEEDS_ZH = (
    "想了解意式拼配豆的批发价，每月大约 20 公斤。",
    "准备开店，需要咖啡机、磨豆机和培训的整套方案。",
    "公司茶水间想换供应商，约 80 人，希望包机器保养。",
    "需要定制 logo 纸杯，首批 2 万只。",
    "酒店早餐用豆，想先试样。",
    "想代理云南豆，询问区域政策。",
)
NEEDS_EN = (
    "Asked for wholesale prices of the espresso blend, some 20 kg a month.",
    "Opening a shop in spring; needs a machine, two grinders and training.",
    "Coffee corner for an office of 80, with service included.",
    "Cups with their logo, 20,000 to start with.",
)
"""What somebody wants who asks for the first time."""
LEAD_ZH = (
    "电话联系，确认了用量和预算，约好下周送样。",
    "加了微信，发了产品册和价目表，对方在比较三家。",
    "对方周末试了样豆，觉得不错，想来上海的展示厅看看。",
    "确认了决策人是采购经理，合同模板已发。",
)
LEAD_EN = (
    "Called: they decide next month, sending samples and the price list.",
    "Sent the catalogue; they compare us with two others.",
    "They liked the samples and want to see the machine in the showroom.",
)
"""What is noted after the first calls."""
