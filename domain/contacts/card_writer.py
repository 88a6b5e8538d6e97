"""Writes contacts as electronic business cards: vCard 4.0 (RFC 6350), as phones read it. Pure."""

from __future__ import annotations

import re
from typing import Any

from domain.contacts import birthdays

LINE_BYTES = 75


def write(contact: Any, customer: str) -> str:
    """A contact as a card of its own. Phones read it: names in parts, types in small letters, lines folded."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(contact.name)}", f"N:{';'.join(_name_parts(contact.name))}"]
    if customer:
        lines.append(f"ORG:{_escaped(customer)}")
    if contact.post:
        lines.append(f"TITLE:{_escaped(contact.post)}")
    if contact.role:
        lines.append(f"X-OFFING-ROLE:{contact.role}")
    for kind, number in (("cell", contact.mobile), ("work", contact.phone)):
        if number:
            lines.append(f"TEL;TYPE={kind}:{_escaped(number)}")
    if contact.email:
        lines.append(f"EMAIL;TYPE=work:{_escaped(contact.email)}")
    if contact.address:
        lines.append(f"ADR;TYPE=work:;;{_escaped(contact.address)};;;;")
    if contact.birthday:
        lines.append(f"BDAY:{_basic(contact.birthday)}")
    if contact.wechat:
        lines.append(f"X-WECHAT:{_escaped(contact.wechat)}")
    if contact.notes:
        lines.append(f"NOTE:{_escaped(contact.notes)}")
    lines += [f"UID;VALUE=text:offing-contact-{contact.id}", "END:VCARD"]
    return "".join(_folded(line) for line in lines)


def _name_parts(name: str) -> list[str]:
    """Family and given name of a whole one: the last word is the family name; Chinese names stay whole."""
    given, _blank, family = name.rpartition(" ") if name.isascii() else ("", "", name)
    return [_escaped(family), _escaped(given), "", "", ""]


def _basic(kept: str) -> str:
    """19850312 or --0312: without dashes between the parts, as version 4.0 wants it."""
    year, month, day = birthdays.parts(kept)
    return f"{year:04d}{month:02d}{day:02d}" if year else f"--{month:02d}{day:02d}"


def _escaped(text: str) -> str:
    escaped = re.sub(r"([\\;,])", r"\\\1", text.replace("\r\n", "\n").replace("\r", "\n"))
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Cut so that no line is longer than 75 bytes, and no letter is cut."""
    out, size = [], 0
    for letter in line:
        width = len(letter.encode("utf-8"))
        if size + width > LINE_BYTES:
            out.append("\r\n ")
            size = 1
        out.append(letter)
        size += width
    return "".join(out) + "\r\n"
