"""Where the demo company's customers are: real cities, districts and streets, with invented house numbers.

Telephone numbers are of blocks that nobody has or that are set aside for stories.
"""

from __future__ import annotations

from dataclasses import dataclass

CHINA = {
    "east": """
        上海市|上海市|静安区南京西路 黄浦区淮海中路 徐汇区衡山路 长宁区愚园路 浦东新区世纪大道 杨浦区大学路
        上海市|上海市|闵行区七莘路 普陀区长寿路 宝山区牡丹江路 松江区人民北路 嘉定区墨玉南路 青浦区公园路
        上海市|上海市|静安区威海路 虹口区四川北路""",
    "hz": """
        浙江省|杭州市|西湖区文三路 上城区延安路 滨江区江南大道 拱墅区莫干山路 余杭区文一西路 萧山区市心中路
        浙江省|宁波市|海曙区中山西路 鄞州区天童北路 江北区人民路
        浙江省|嘉兴市|南湖区中山东路
        浙江省|绍兴市|越城区解放北路
        浙江省|温州市|鹿城区五马街""",
    "nj": """
        江苏省|南京市|玄武区中山东路 秦淮区中山南路 鼓楼区中央路 建邺区江东中路 江宁区双龙大道
        江苏省|苏州市|姑苏区平江路 吴中区东吴北路 虎丘区狮山路
        江苏省|无锡市|梁溪区中山路
        江苏省|常州市|天宁区延陵西路
        安徽省|合肥市|庐阳区淮河路 蜀山区长江西路""",
    "north": """
        北京市|北京市|朝阳区建国路 海淀区中关村大街 东城区东四北大街 西城区西单北大街 丰台区丰台北路 通州区新华大街
        天津市|天津市|和平区南京路 河西区友谊路 南开区卫津路
        河北省|石家庄市|长安区中山东路
        山东省|济南市|历下区泉城路
        山东省|青岛市|市南区香港中路
        辽宁省|大连市|中山区人民路
        陕西省|西安市|雁塔区小寨东路""",
    "south": """
        广东省|广州市|天河区天河路 越秀区环市东路 海珠区新港中路 番禺区市桥大北路 荔湾区中山七路
        广东省|深圳市|南山区深南大道 福田区福华三路 罗湖区人民南路 宝安区新湖路
        广东省|佛山市|禅城区汾江中路
        广东省|珠海市|香洲区九洲大道
        福建省|厦门市|思明区湖滨南路
        四川省|成都市|锦江区春熙路 武侯区人民南路
        湖南省|长沙市|芙蓉区五一大道""",
}
"""By team: province, city, and streets with their districts."""

AREA_CODES = {
    "上海市": "021", "杭州市": "0571", "宁波市": "0574", "嘉兴市": "0573", "绍兴市": "0575", "温州市": "0577",
    "南京市": "025", "苏州市": "0512", "无锡市": "0510", "常州市": "0519", "合肥市": "0551", "北京市": "010",
    "天津市": "022", "石家庄市": "0311", "济南市": "0531", "青岛市": "0532", "大连市": "0411", "西安市": "029",
    "广州市": "020", "深圳市": "0755", "佛山市": "0757", "珠海市": "0756", "厦门市": "0592", "成都市": "028",
    "长沙市": "0731",
}  # fmt: skip

WORLD = {
    "apac": """
        Singapore||Singapore|Keong Saik Road,Haji Lane,Joo Chiat Road|Pte Ltd|
        Japan||Tokyo|Omotesando,Kagurazaka,Kuramae|K.K.|
        Malaysia||Kuala Lumpur|Jalan Alor,Jalan Petaling|Sdn Bhd|
        Thailand||Bangkok|Sukhumvit Road,Charoen Krung Road|Co., Ltd.|
        Australia|New South Wales|Sydney|Crown Street,King Street|Pty Ltd|
        Australia|Victoria|Melbourne|Degraves Street,Smith Street|Pty Ltd|
        South Korea||Seoul|Seongsui-ro,Itaewon-ro|Co., Ltd.|""",
    "expats": """
        China|Shanghai|Shanghai|Anfu Road,Wukang Road,Yongkang Road,Jiaozhou Road,Wuyuan Road,Xinle Road|Ltd|
        China|Jiangsu|Suzhou|Pingjiang Road,Shantang Street|Ltd|""",
    "europe": """
        United Kingdom||London|Redchurch Street,Exmouth Market|Ltd|+44 20 7946 0
        United Kingdom||Manchester|Tib Street,Deansgate|Ltd|+44 161 496 0
        Germany||Berlin|Torstraße,Weserstraße|GmbH|+49 30 23125
        Germany||Hamburg|Lange Reihe,Schanzenstraße|GmbH|+49 40 66969
        France||Paris|Rue de Charonne,Rue Oberkampf|SARL|+33 1 99 00 1
        Netherlands||Amsterdam|Haarlemmerdijk,Czaar Peterstraat|B.V.|
        Italy||Milan|Via Tortona,Corso Garibaldi|S.r.l.|
        Spain||Barcelona|Carrer del Parlament,Carrer de Verdi|S.L.|
        Sweden||Stockholm|Götgatan,Odengatan|AB|""",
}
"""By team: country, region, city, streets, legal form, beginning of a number set aside for films."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a customer can be. `line` is the street, in China with its district in front."""

    country: str
    region: str
    city: str
    line: str
    form: str = ""
    phone: str = ""


def chinese(team: str) -> list[Place]:
    """All streets of a team in China."""
    found = []
    for row in CHINA[team].strip().splitlines():
        region, city, streets = row.strip().split("|")
        found += [Place("中国", region, city, street) for street in streets.split()]
    return found


def abroad(team: str) -> list[Place]:
    """All streets of a team elsewhere."""
    found = []
    for row in WORLD[team].strip().splitlines():
        country, region, city, streets, form, phone = row.strip().split("|")
        found += [Place(country, region, city, street, form, phone) for street in streets.split(",")]
    return found
