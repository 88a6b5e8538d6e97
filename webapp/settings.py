"""What an installation may set, read once from the environment; nothing else in Offing reads it."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from webapp.deliver.vapid import BadContact, check_contact
from webapp.keys import Keys, read_keys
from webapp.problems import StartError

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
GEOCODERS = ("gazetteer", "nominatim", "photon", "baidu", "google", "amap")
TILE_DATUMS = ("wgs84", "gcj02")
LOG_LEVELS = ("debug", "info", "warning", "error")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(StartError):
    """An environment variable holds something that Offing cannot use."""

    exit_code = 2


def _plain(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    word = value.lower()
    if word in {"1", "yes", "true", "on"}:
        return True
    if word in {"0", "no", "false", "off"}:
        return False
    raise ValueError("is neither yes nor no")


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
            raise ValueError(f"is not a whole number from {lowest} to {highest}")
        return int(value)

    return parse


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return value.lower()

    return parse


def _folder(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.path not in {"", "/"}:
        raise ValueError("is not a web address such as https://crm.example.com")
    return value.rstrip("/")


def _tile_address(value: str) -> str:
    if not re.match(r"https?://", value) or not all(mark in value for mark in ("{x}", "{y}", "{z}")):
        raise ValueError("is not an address such as https://tiles.example.com/{z}/{x}/{y}.png")
    return value


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise ValueError("is not an address such as smtp+starttls://user:password@mail.example.com:587")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise ValueError("is not an e-mail address")
    return value


def _push_contact(value: str) -> str:
    try:
        return check_contact(value.removeprefix("mailto:"))
    except BadContact as error:
        raise ValueError("must be a public e-mail address: Apple refuses every push signed with a local one") from error


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("is not a list of addresses or networks such as 127.0.0.1,10.0.0.0/8") from error


def _push_services(value: str) -> tuple[str, ...]:
    entries = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    for entry in entries:
        host = re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?", entry)
        loopback = re.fullmatch(r"http://127\.0\.0\.1:\d{1,5}", entry)
        if not host and not loopback:
            raise ValueError(
                f"holds {entry!r}; an entry is host, *.host, host:port or, for tests, http://127.0.0.1:PORT"
            )
    return entries


def database_address(value: str) -> str:
    """The address as SQLAlchemy's asyncpg dialect wants it, from any usual spelling of a PostgreSQL address."""
    scheme, mark, rest = value.partition("://")
    if not mark or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not rest:
        raise ValueError("is not an address such as postgresql://user:password@host:5432/offing")
    return "postgresql+asyncpg://" + re.sub(r"([?&])sslmode=", r"\1ssl=", rest)


def _setting(variable: str, about: str, parse: Callable[[str], Any] = _plain, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"variable": variable, "about": about, "parse": parse})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings. Each field names its environment variable and says what it does."""

    port: int = _setting("PORT", "port of the web server", _number(1, 65535), 8000)
    home: Path = _setting("OFFING_HOME", "folder for the database, keys and files; as root /var/lib/offing", _folder)
    database_url: str | None = _setting(
        "DATABASE_URL", "an own PostgreSQL (15 or later) instead of the built-in one", database_address, None
    )
    host: str = _setting("OFFING_HOST", "address to listen on; 0.0.0.0 is every network", _plain, "127.0.0.1")
    demo: bool = _setting("OFFING_DEMO", "fill in a demo company with known sign-ins", _flag, False)
    workers: int = _setting("OFFING_WORKERS", "web server processes", _number(1, 64), 2)
    base_url: str = _setting("OFFING_BASE_URL", "address that people open, https://… behind a TLS proxy", _web_address)
    trusted_proxies: tuple[Network, ...] = _setting(
        "OFFING_TRUSTED_PROXIES", "proxies whose X-Forwarded-For and -Proto count", _networks, ()
    )
    smtp_url: str | None = _setting(
        "OFFING_SMTP_URL", "mail server, smtp+starttls://user:password@host:587", _mail_server, None
    )
    mail_from: str = _setting("OFFING_MAIL_FROM", "sender of mails", _mail_address, "offing@localhost")
    push_services: tuple[str, ...] = _setting(
        "OFFING_PUSH_SERVICES", "push services that may be written to", _push_services, PUSH_SERVICES
    )
    push_contact: str | None = _setting(
        "OFFING_PUSH_CONTACT", "e-mail address where a push service can reach you", _push_contact, None
    )
    sw_off: bool = _setting("OFFING_SW_OFF", "take the service worker and its caches off all devices", _flag, False)
    geocoder: str = _setting(
        "OFFING_GEOCODER", f"finds places: {', '.join(GEOCODERS)}", _one_of(GEOCODERS), "gazetteer"
    )
    geocoder_key: str | None = _setting("OFFING_GEOCODER_KEY", "key or address for that geocoder", _plain, None)
    geocoder_per_second: int | None = _setting(
        "OFFING_GEOCODER_PER_SECOND", "requests a second that geocoder allows, if not the usual", _number(1, 100), None
    )
    geocoder_per_day: int = _setting(
        "OFFING_GEOCODER_PER_DAY", "requests a day (UTC) it may be asked; 0 is no limit", _number(0, 10_000_000), 0
    )
    tile_url: str | None = _setting(
        "OFFING_TILE_URL", "map tiles, …/{z}/{x}/{y}.png; without it an outline", _tile_address, None
    )
    tile_datum: str = _setting(
        "OFFING_TILE_DATUM", "how those tiles are drawn: wgs84 or, Chinese ones, gcj02", _one_of(TILE_DATUMS), "wgs84"
    )
    tile_attribution: str = _setting("OFFING_TILE_ATTRIBUTION", "whose tiles they are, shown on the map", _plain, "")
    metrics_port: int | None = _setting(
        "OFFING_METRICS_PORT", "port for Prometheus, on 127.0.0.1", _number(1, 65535), None
    )
    log_level: str = _setting("OFFING_LOG_LEVEL", f"one of {', '.join(LOG_LEVELS)}", _one_of(LOG_LEVELS), "info")

    @property
    def https(self) -> bool:
        """People come over TLS, so cookies are `__Host-` and secure."""
        return self.base_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where this machine itself reaches the web server."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"

    @cached_property
    def keys(self) -> Keys:
        """The keys made at install."""
        return read_keys(self.home)

    @property
    def secret(self) -> str:
        """Signs what goes to browsers and comes back."""
        return self.keys.secret

    @property
    def files(self) -> Path:
        """Uploaded files."""
        return self.home / "files"


def _default_home(environ: Mapping[str, str], root: bool) -> Path:
    if root:
        return Path("/var/lib/offing")
    data = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".local" / "share")
    return Path(data).absolute() / "offing"


def load(environ: Mapping[str, str], *, root: bool | None = None) -> Settings:
    """Settings from environment variables, an empty one counting as not set. Raises SettingsError with a sentence."""
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        variable = setting.metadata["variable"]
        raw = environ.get(variable, "").strip()
        if raw:
            try:
                values[setting.name] = setting.metadata["parse"](raw)
            except ValueError as error:
                shown = re.sub(r"//.*@", "//…@", raw)  # passwords stay out of logs
                raise SettingsError(f"{variable}={shown!r} cannot be used: it {error}.") from error
    values.setdefault("home", _default_home(environ, os.geteuid() == 0 if root is None else root))
    values.setdefault("base_url", f"http://127.0.0.1:{values.get('port', Settings.port)}")
    return Settings(**values)


def describe() -> str:
    """The environment variables as text for `--help`."""
    lines = []
    for setting in fields(Settings):
        default = setting.default
        shown = "" if default in (MISSING, None, (), False) or setting.name == "push_services" else f" [{default}]"
        lines.append(f"  {setting.metadata['variable']:<24}{setting.metadata['about']}{shown}")
    return "\n".join(lines)
