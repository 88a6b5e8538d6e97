"""When two company names are the same company (S-069): width, case, accents, brackets and legal form do not count."""

from __future__ import annotations

import re
import unicodedata

from domain.search.fold import fold, is_plain

_FORMS = """
ltd limited inc incorporated corp corporation company llc llp plc gmbh mbh ggmbh kgaa kg ohg ug eg ek sarl sasu snc srl
srls sapa bv nv aps asa oyj sro doo kft zrt nyrt sp zoo spzoo lda ltda slu eood ood ead sdnbhd bhd pty pte pvt
ооо оао зао пао тов
"""
_FORMS_AND_WORDS = "co lp ag hb kb se sa sas spa ab as oy sl ao ао ip sia uab sdn"
_WORDS = frozenset(_FORMS.split())
"""Legal forms that are nothing else, so that they count in any spelling."""
_SHORT = frozenset(_FORMS_AND_WORDS.split())
"""Legal forms that are words too: they count only in capitals or with dots: "AB", "S.p.A.", but not "Day Spa"."""
_CHINESE = re.compile(
    "(?:股份有限公司|有限责任公司|有限責任公司|股份公司|有限公司|有限合伙|普通合伙|特殊普通合伙|株式会社|有限会社|合同会社|주식회사|유한회사"
    "|(?<!分)(?<!子)(?<!总)公司)$"
)
_IN_FRONT = re.compile("^(?:株式会社|有限会社|合同会社|주식회사)")
_DOTTED = re.compile(r"\b\w(?:\.\s?\w)+\b\.?|\b\w(?:/\w)+\b")


def _plain_words(name: str) -> list[str]:
    """Words in the order written, with dotted and slashed forms pulled together in capitals: "S. p. A." → "SPA"."""
    wide = unicodedata.normalize("NFKC", name).replace("'", "").replace("’", "")
    joined = _DOTTED.sub(lambda found: " " + re.sub(r"[\s./]", "", found.group()).upper() + " ", wide)
    joined = joined.replace("SpA", "SPA").replace("&", " and ").replace("Co.", "CO ").replace("co.", "CO ")
    return [word for word in re.split(r"[\W_]+", joined) if word]


def _is_form(word: str) -> bool:
    folded = fold(word)
    return folded in _WORDS or (folded in _SHORT and word == word.upper()) or (folded == "co" and word == "Co")


def company_key(name: str) -> str:
    """The key under which a company is unique; never empty for a name that is not.

    "上海润达（中国）有限公司" and "上海润达(中国)" give one key, as do "Acme Trading Co., Ltd." and "ACME TRADING".
    """
    words = [name] if is_plain(name) else _plain_words(name)
    while len(words) > 1 and (_is_form(words[-1]) or fold(words[-1]) == "and"):
        words.pop()
    while len(words) > 1 and fold(words[0]) in ("ооо", "оао", "зао", "пао", "тов"):
        words.pop(0)
    key = fold("".join(words)).replace(" ", "")
    if not key.isascii():
        bare = _IN_FRONT.sub("", key)
        bare = _CHINESE.sub("", bare) or bare
        key = _CHINESE.sub("", bare) or bare
    return key or unicodedata.normalize("NFKC", name).casefold().replace(" ", "")


def person_key(name: str) -> str:
    """The key by which people of the same name are noticed; they are never refused for it."""
    return fold(name).replace(" ", "") or unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
