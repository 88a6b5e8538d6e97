"""What the demo company sells: everything a café needs, in Chinese and English."""

from __future__ import annotations

from decimal import Decimal

from domain.core.work import Work
from domain.products.actions import add_category, create
from domain.products.inputs import CategoryInput, ProductInput

CATALOGUE: dict[str, str] = {
    "CB 咖啡豆 · Coffee beans": """
        耶加雪菲水洗 Yirgacheffe Washed|1 kg|袋|168
        西达摩日晒 Sidamo Natural|1 kg|袋|158
        哥伦比亚慧兰 Colombia Huila|1 kg|袋|138
        巴西喜拉多 Brazil Cerrado|1 kg|袋|98
        云南保山小粒 Yunnan Baoshan|1 kg|袋|108
        曼特宁G1 Mandheling G1|1 kg|袋|128
        瑰夏日晒 Geisha Natural|500 g|袋|420
        意式拼配深烘 Espresso Blend Dark|1 kg|袋|88
        意式拼配中烘 Espresso Blend Medium|1 kg|袋|92
        低因拼配 Decaf Blend|1 kg|袋|148
        冷萃专用 Cold Brew Blend|1 kg|袋|96
        挂耳综合装 Drip Bag Assortment|10 g × 30|盒|75""",
    "TE 茶叶 · Tea": """
        明前龙井 Longjing Green Tea|250 g|罐|368
        碧螺春 Biluochun|250 g|罐|298
        安吉白茶 Anji White Tea|250 g|罐|328
        祁门红茶 Keemun Black Tea|500 g|罐|188
        正山小种 Lapsang Souchong|500 g|罐|168
        铁观音 Tieguanyin Oolong|500 g|罐|158
        冻顶乌龙 Dong Ding Oolong|500 g|罐|198
        茉莉花茶 Jasmine Green Tea|500 g|袋|86
        普洱熟茶饼 Ripe Pu'er Cake|357 g|饼|128
        白毫银针 Silver Needle|100 g|罐|268
        英式早餐茶 English Breakfast|2 g × 100|盒|58
        伯爵红茶 Earl Grey|2 g × 100|盒|62
        抹茶粉 Matcha Powder|500 g|袋|145""",
    "SY 糖浆与酱料 · Syrups and sauces": """
        香草糖浆 Vanilla Syrup|750 ml|瓶|48
        焦糖糖浆 Caramel Syrup|750 ml|瓶|48
        榛果糖浆 Hazelnut Syrup|750 ml|瓶|48
        桂花糖浆 Osmanthus Syrup|750 ml|瓶|52
        海盐焦糖酱 Salted Caramel Sauce|2 kg|瓶|96
        黑巧克力酱 Dark Chocolate Sauce|2 kg|瓶|98
        白桃果泥 White Peach Purée|1 kg|盒|56
        百香果果泥 Passion Fruit Purée|1 kg|盒|58
        冰糖糖浆 Rock Sugar Syrup|2.5 kg|桶|39""",
    "MK 奶与植物奶 · Milk and plant milk": """
        咖啡师全脂牛奶 Barista Whole Milk|1 L × 12|箱|126
        燕麦奶咖啡师版 Oat Milk Barista|1 L × 12|箱|198
        杏仁奶 Almond Milk|1 L × 12|箱|216
        厚椰乳 Coconut Milk|1 L × 12|箱|168
        淡奶油 Whipping Cream 35%|1 L × 12|箱|432
        炼乳 Condensed Milk|390 g × 24|箱|264
        奶油奶酪 Cream Cheese|2 kg × 6|箱|528""",
    "CU 杯具与耗材 · Cups and supplies": """
        双层纸杯8oz Double-wall Cup 8 oz|500 只|箱|235
        双层纸杯12oz Double-wall Cup 12 oz|500 只|箱|268
        冷饮杯16oz Cold Cup 16 oz PET|1000 只|箱|345
        可降解吸管 Compostable Straw|2000 支|箱|118
        纸杯盖 Cup Lid 90 mm|1000 只|箱|142
        四杯托 Four-cup Carrier|300 只|箱|165
        V60滤纸 V60 Filter 02|100 张|包|28
        拿铁杯 Latte Cup 280 ml|6 只|盒|186
        双层玻璃杯 Double-wall Glass 350 ml|6 只|盒|174
        拉花缸 Milk Pitcher 600 ml|1 只|只|118
        咖啡机清洁粉 Machine Cleaning Powder|900 g|罐|88""",
    "EQ 设备 · Equipment": """
        双头半自动咖啡机 Two-group Espresso Machine|220 V|台|26800
        单头半自动咖啡机 One-group Espresso Machine|220 V|台|12800
        全自动咖啡机 Fully Automatic Machine|220 V|台|18600
        定量磨豆机 On-demand Grinder|64 mm|台|4980
        批量滴滤机 Batch Brewer|2 × 2.2 L|台|6980
        制冰机 Ice Maker 60 kg|220 V|台|5680
        净水系统 Water Filter System|10 寸|套|1680
        冷藏展示柜 Display Fridge 1.2 m|220 V|台|4380
        温控手冲壶 Gooseneck Kettle|0.9 L|只|468
        电子秤 Barista Scale|2 kg / 0.1 g|只|328""",
}  # fmt: skip
"""By code and name of the category: name, specification, unit, list price."""


async def fill_products(work: Work) -> dict[str, tuple[int, Decimal]]:
    """All products; their ids and prices by code."""
    found: dict[str, tuple[int, Decimal]] = {}
    for heading, lines in CATALOGUE.items():
        prefix, _, name = heading.partition(" ")
        category = await add_category(work, CategoryInput(name=name))
        for number, line in enumerate(lines.strip().splitlines(), start=101):
            name, spec, unit, price = line.strip().split("|")
            product = await create(
                work,
                ProductInput(
                    code=f"{prefix}-{number}",
                    name=name,
                    spec=spec,
                    unit=unit,
                    list_price=Decimal(price),
                    category_id=category.id,
                    active=True,
                ),
            )
            found[product.code] = product.id, product.list_price
    return found
