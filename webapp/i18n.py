"""Languages: catalogues read straight from the .po files at start, and formats of figures and times."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

from domain.core.text import Text

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")
FOLDERS = {"zh": "zh_CN"}


class Catalogue(NullTranslations):
    """All messages of one language. English is the language of the message ids, so it needs none."""

    def __init__(self, language: str, messages: dict[str, str]) -> None:
        super().__init__()
        self.language = language
        self.messages = messages

    def gettext(self, message: str) -> str:
        """The message in this language, else as it is."""
        return self.messages.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for `n`; Chinese has one form."""
        if msgid1 in self.messages:
            return self.messages[msgid1]
        return msgid1 if n == 1 else msgid2

    def say(self, text: Text | str) -> str:
        """A sentence of the domain in this language."""
        return text.render(self.gettext, self.ngettext) if isinstance(text, Text) else text


def read_messages(folder: Path) -> dict[str, str]:
    """Messages of all .po files of a folder, one file a feature."""
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    messages[key] = message.string if isinstance(message.string, str) else message.string[0]
    return messages


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language of the screens."""
    folder = FOLDERS.get(language)
    return Catalogue(language, read_messages(LOCALES / folder) if folder else {})


def negotiate(header: str, available: Iterable[str] = LANGUAGES) -> str:
    """The best language for a browser's Accept-Language header; Chinese for China's customers is the default."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, name.split("-")[0].lower()))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(wishes) if name in available), "zh" if not header else "en")
