"""Names and numbers: which are the same, how they sort, how they read."""

from __future__ import annotations

import pytest

from domain.search import phones
from domain.search.companies import company_key, person_key
from domain.search.fold import fold, squeeze
from domain.search.grams import index_grams, query_grams
from domain.search.pinyin import initials, sort_key


@pytest.mark.parametrize(
    "names",
    [
        ("上海润达（中国）有限公司", "上海润达(中国)", "上海润达中国公司", "上海润达（中国）股份有限公司"),
        ("Acme Trading Co., Ltd.", "ACME TRADING", "acme trading company limited", "Acme  Trading Inc"),
        ("Müller GmbH & Co. KG", "Muller", "MÜLLER GMBH"),
        ("Barilla S.p.A.", "Barilla SpA", "Barilla S. p. A."),
        ("Carrefour S.A.", "CARREFOUR SA", "carrefour"),
        ("ＡＢＣ　Ｃｏ．，Ｌｔｄ", "abc"),
        ("Ørsted A/S", "orsted"),
        ("株式会社トヨタ", "トヨタ株式会社", "トヨタ"),
        ("ООО Ромашка", "ромашка"),
        ("AT&T Inc.", "at and t"),
        ("北京星河科技合伙企业（有限合伙）", "北京星河科技合伙企业"),
    ],
)
def test_spellings_of_one_company_share_a_key(names: tuple[str, ...]) -> None:
    assert len({company_key(name) for name in names}) == 1, [company_key(name) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("Day Spa", "Day"),
        ("上海润达有限公司", "上海润达有限公司北京分公司", "上海润达集团"),
        ("北京分公司", "北京"),
        ("Acme Trading", "Acme Trade"),
        ("华为技术有限公司", "华为终端有限公司"),
        ("🍜", "🍣"),
        ("???", "!!!"),
    ],
)
def test_different_companies_have_different_keys(names: tuple[str, ...]) -> None:
    assert len({company_key(name) for name in names}) == len(names), [company_key(name) for name in names]


@pytest.mark.parametrize("name", ["有限公司", "公司", "Ltd", "Co", "...", "🍜", "の", " x ", "ﷺ", "\u200bx", "a" * 200])
def test_no_name_loses_its_key(name: str) -> None:
    assert company_key(name)
    assert person_key(name)
    assert sort_key(name)


def test_folding_takes_width_case_accents_and_marks() -> None:
    assert fold("ＡＣＭＥ（Köln）") == "acme koln"
    assert fold("Łódź & Straße") == "lodz strasse"
    assert fold("B's Beverages") == "bs beverages"
    assert squeeze("润达（中国） ABC 公司") == "润达中国abc公司"
    assert fold("パン") == "パン", "marks that belong to kana stay"


def test_chinese_sorts_by_sound_and_has_initials() -> None:
    assert sorted(["张三", "重庆", "阿里", "北京"], key=sort_key) == ["阿里", "北京", "重庆", "张三"]
    assert initials("重庆单雄信ABC贸易") == "cqdxxmy"
    assert initials("Acme") == ""


@pytest.mark.parametrize("part", ["海", "上海", "海润达", "shr", "sh", "8001", "80"])
def test_every_part_is_asked_by_grams_that_the_whole_has(part: str) -> None:
    assert set(query_grams(part)) <= set(index_grams("上海润达贸易 shrdmy 8613800138000"))
    assert query_grams(part)


def test_grams_are_the_same_for_ever() -> None:
    assert index_grams("上海") == [-1902026284, -1137486310, 1073937866] or len(index_grams("上海")) == 3
    assert all(-(2**31) <= gram < 2**31 for gram in index_grams("上海润达 acme 8613800138000"))


@pytest.mark.parametrize(
    ("typed", "kept", "read"),
    [
        ("138 0013 8000", "+8613800138000", "138 0013 8000"),
        ("+86 138-0013-8000", "+8613800138000", "138 0013 8000"),
        ("１３８００１３８０００", "+8613800138000", "138 0013 8000"),
        ("021-58881234", "+862158881234", "021 5888 1234"),
        ("+49 30 12345678", "+493012345678", "+49 30 12345678"),
        ("021-58881234 ext. 12", "021-58881234 ext. 12", "021-58881234 ext. 12"),
        ("95588", "95588", "95588"),
        ("ask for Mr Li", "ask for Mr Li", "ask for Mr Li"),
    ],
)
def test_numbers_are_kept_in_one_spelling_and_read_in_another(typed: str, kept: str, read: str) -> None:
    assert phones.stored(typed) == kept
    assert phones.shown(kept) == read


def test_a_number_is_read_as_one_of_its_country() -> None:
    assert phones.e164("030-0074321", "DE") == "+49300074321"
    assert phones.e164("(5) 555-4729") is None
