"""How place names are compared: accents, case and marks folded; Chinese names with and without their kind."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|蒙古|土家族|苗族|藏族|羌族|彝族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|朝鲜族|布依族|侗族|"
    "黎族|瑶族|满族|畲族|仫佬族|毛南族|水族|仡佬族|撒拉族|土族|东乡族|保安族|裕固族|锡伯|塔吉克|达斡尔族|鄂温克族|"
    "拉祜族|佤族|布朗族|纳西族|普米族|怒族|独龙族|各族|哈尼|蒙古族|门巴|珞巴|鄂伦春|维吾尔族"
)
_KIND = re.compile(rf"(?<=..)(?:(?:{_PEOPLES})*自治[区州县旗]|特别行政区|地区|林区|特区|新区|[省市区县盟旗])$")


def fold(name: str) -> str:
    """Lower-case Latin letters without accents, marks and doubled blanks: "Frankfurt a.M." → "frankfurt a m"."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def stem(name: str) -> str:
    """A Chinese division without its kind: 浙江省 → 浙江, 大理白族自治州 → 大理. Two characters stay: 忠县."""
    return _KIND.sub("", name)
