"""Telephone numbers: one spelling for storing and comparing, another for reading."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

HOME = "CN"
"""Where a number without a country code is taken to be."""
_CN_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_CN_STORED = re.compile(r"\+861[3-9]\d{9}")
_CN_FIXED = re.compile(r"(?:\+?86|0)((?:10|2\d|[3-9]\d\d)[2-8]\d{6,7})")
_CN_FIXED_STORED = re.compile(r"\+86((?:10|2\d|[3-79]\d[1-9]|8[1-9]\d)\d{7,8})")
_NOT_DIGIT = re.compile(r"\D+")


@lru_cache(maxsize=100_000)
def _cn_fixed_valid(head: str) -> bool:
    """Whether numbers with these first digits are valid. The last four are free in every Chinese numbering block."""
    return _read(f"+86{head}5555", HOME) is not None


def _read(typed: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and not number.extension else None


def e164(typed: str | None, region: str = HOME) -> str | None:
    """ "138 0013 8000" → "+8613800138000"; None for what is no full number, or has an extension."""
    if not typed:
        return None
    typed = unicodedata.normalize("NFKC", typed)
    if region == HOME:
        plain = re.sub(r"[\s-]", "", typed)
        if found := _CN_MOBILE.fullmatch(plain):
            return f"+86{found[1]}"
        if (found := _CN_FIXED.fullmatch(plain)) and _cn_fixed_valid(found[1][:-4]):
            return f"+86{found[1]}"
    number = _read(typed, region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def stored(typed: str | None, region: str = HOME) -> str | None:
    """What is kept: E.164 where it can be read, else as typed, so that nothing is lost."""
    return e164(typed, region) or typed or None


def shown(kept: str | None) -> str:
    """What people read: national for our own country, international for others, as typed if unreadable."""
    if not kept or not kept.startswith("+"):
        return kept or ""
    if _CN_STORED.fullmatch(kept):
        return f"{kept[3:6]} {kept[6:10]} {kept[10:]}"
    number = _read(kept, HOME)
    if number is None:
        return kept
    home = phonenumbers.region_code_for_number(number) == HOME
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def searchable(kept: str | None) -> str:
    """The digits by which a number is found: with country code, and with the national prefix where that differs."""
    if not kept:
        return ""
    digits = _NOT_DIGIT.sub("", kept)
    if not kept.startswith("+") or _CN_STORED.fullmatch(kept):
        return digits
    if (found := _CN_FIXED_STORED.fullmatch(kept)) and _cn_fixed_valid(found[1][:-4]):
        return f"{digits} 0{found[1]}"
    number = _read(kept, HOME)
    national = _NOT_DIGIT.sub("", phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)) if number else digits
    return digits if national in digits else f"{digits} {national}"


def is_mobile(kept: str | None) -> bool:
    """Whether a number takes SMS, as far as a number tells."""
    number = _read(kept, HOME) if kept else None
    takes = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return number is not None and phonenumbers.number_type(number) in takes
