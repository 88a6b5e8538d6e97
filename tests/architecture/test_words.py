"""Every sentence is there in Chinese, once, with the same places."""

import re
from collections import defaultdict
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "webapp" / "locale" / "zh_CN"
PLACE = re.compile(r"%\((\w+)\)s")


def translations() -> dict[str, list[tuple[str, str]]]:
    """By message: the file and its Chinese."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    found[key].append(
                        (path.name, message.string if isinstance(message.string, str) else message.string[0])
                    )
    return found


def sentences() -> dict[str, str]:
    """Every marked sentence with a place where it stands."""
    found: dict[str, str] = {}
    sources = [(path, "python") for part in ("domain", "webapp") for path in sorted((ROOT / part).rglob("*.py"))]
    sources += [(path, "jinja2.ext:babel_extract") for path in sorted((ROOT / "templates").rglob("*.html"))]
    options = {"extensions": "jinja2.ext.do", "trimmed": "true"}
    for path, method in sources:
        with path.open("rb") as file:
            for line, message, _comments, _context in extract(
                method, file, {"_": None, "gettext": None, "ngettext": (1, 2)}, (), options
            ):
                key = message if isinstance(message, str) else message[0]
                if key:
                    found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    return found


def test_every_sentence_has_its_chinese() -> None:
    known = translations()
    missing = [f"{place}: {sentence}" for sentence, place in sentences().items() if sentence not in known]
    assert missing == []


def test_a_sentence_is_translated_in_one_file_only() -> None:
    assert {message: places for message, places in translations().items() if len(places) > 1} == {}


def test_a_translation_has_the_places_of_its_sentence() -> None:
    wrong = [
        f"{file}: {message}"
        for message, places in translations().items()
        for file, chinese in places
        if not chinese or set(PLACE.findall(chinese)) != set(PLACE.findall(message))
    ]
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    used = sentences()
    assert [f"{places[0][0]}: {message}" for message, places in translations().items() if message not in used] == []
