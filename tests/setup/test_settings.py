"""Settings come from the environment alone, and a bad one is answered with a sentence."""

from pathlib import Path

import pytest

from webapp.settings import PUSH_SERVICES, SettingsError, describe, load


def test_without_any_variable_there_is_a_usable_default() -> None:
    settings = load({"HOME": "/home/li"}, root=False)
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8000, False)
    assert settings.home == Path("/home/li/.local/share/offing")
    assert settings.database_url is None
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.https
    assert settings.push_services == PUSH_SERVICES


def test_root_keeps_its_data_where_the_system_keeps_such_data() -> None:
    assert load({}, root=True).home == Path("/var/lib/offing")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"PORT": "", "DATABASE_URL": " "}, root=True).port == 8000


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a:b@h/x", "postgresql+asyncpg://a:b@h/x"),
        ("postgresql://h/x?sslmode=require", "postgresql+asyncpg://h/x?ssl=require"),
        ("postgresql+asyncpg://h/x", "postgresql+asyncpg://h/x"),
    ],
)
def test_any_usual_spelling_of_a_database_address_will_do(given: str, used: str) -> None:
    assert load({"DATABASE_URL": given}, root=True).database_url == used


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "99999", "PORT='99999' cannot be used: it is not a whole number from 1 to 65535."),
        ("PORT", "-1", "is not a whole number"),
        ("PORT", "٨٠٠٠", "is not a whole number"),
        ("OFFING_DEMO", "maybe", "is neither yes nor no"),
        ("DATABASE_URL", "mysql://h/x", "is not an address such as postgresql://"),
        ("OFFING_BASE_URL", "crm.example.com", "is not a web address"),
        ("OFFING_TRUSTED_PROXIES", "10.0.0.0/33", "is not a list of addresses or networks"),
        ("OFFING_SMTP_URL", "mail.example.com", "is not an address such as smtp"),
        ("OFFING_MAIL_FROM", "nobody", "is not an e-mail address"),
        ("OFFING_PUSH_CONTACT", "me@localhost", "Apple refuses"),
        ("OFFING_PUSH_SERVICES", "http://10.0.0.1:80", "an entry is"),
        ("OFFING_GEOCODER", "crystal ball", "is none of"),
        ("OFFING_TILE_URL", "https://tiles.example.com/", "is not an address such as"),
        ("OFFING_LOG_LEVEL", "loud", "is none of debug"),
    ],
)
def test_a_bad_value_is_answered_with_a_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({variable: value}, root=True)
    assert variable in str(refused.value)
    assert sentence in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_password_does_not_appear_in_the_sentence() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"DATABASE_URL": "mysql://boss:geheim@db/x"}, root=True)
    assert "geheim" not in str(refused.value)


def test_a_loopback_push_service_counts_only_when_it_is_named() -> None:
    assert load({"OFFING_PUSH_SERVICES": "http://127.0.0.1:9000"}, root=True).push_services == (
        "http://127.0.0.1:9000",
    )
    assert not any("127.0.0.1" in entry for entry in load({}, root=True).push_services)


def test_the_help_names_every_variable() -> None:
    text = describe()
    for variable in ("PORT", "OFFING_HOME", "DATABASE_URL", "OFFING_PUSH_SERVICES", "OFFING_LOG_LEVEL"):
        assert variable in text
