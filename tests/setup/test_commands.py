"""The command line on a database of its own: seeding, tokens, backup and restore into another PostgreSQL."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from webapp.__main__ import main
from webapp.postgres import Cluster
from webapp.postgres_tools import libpq

Offing = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster.throwaway() as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def offing(cluster: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Offing:
    monkeypatch.setenv("DATABASE_URL", libpq(cluster.url))
    monkeypatch.setenv("OFFING_HOME", str(home))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    assert call("migrate")[0] == 0
    return call


def ask(url: str, question: str, *values: object) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(libpq(url))
        try:
            return await connection.fetchval(question, *values)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_seeding_twice_makes_one_administrator_and_tells_the_password_once(offing: Offing, cluster: Cluster) -> None:
    code, first, _ = offing("seed")
    assert code == 0
    assert "First sign-in: admin" in first
    code, second, _ = offing("seed")
    assert (code, second) == (0, "")
    assert ask(cluster.url, "select count(*) from users where user_name = 'admin'") == 1


def test_a_token_is_printed_alone_and_kept_only_hashed(offing: Offing, cluster: Cluster) -> None:
    offing("seed")
    code, token, _ = offing("token", "create", "--user", "admin", "--days", "30", "--scope", "customers.view")
    assert code == 0
    assert token.startswith("offing_")
    assert token.count("\n") == 1
    assert ask(cluster.url, "select scopes from api_tokens order by id desc limit 1") == ["customers.view"]
    days = ask(cluster.url, "select expires_on - created_at::date from api_tokens order by id desc limit 1")
    assert days in (29, 30, 31), "the user's day may differ from the server's"
    stored = ask(cluster.url, "select token_hash from api_tokens order by id desc limit 1")
    assert token.strip().encode() not in stored  # type: ignore[operator]


def test_a_token_can_be_ended(offing: Offing, cluster: Cluster) -> None:
    offing("seed")
    offing("token", "create", "--user", "admin")
    number = ask(cluster.url, "select max(id) from api_tokens")
    assert offing("token", "revoke", "--user", "admin", str(number))[0] == 0
    assert ask(cluster.url, "select revoked_at is not null from api_tokens where id = $1", number) is True


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--user", "nobody"), "There is no user nobody"),
        (("--user", "admin", "--scope", "customers.fly"), "scopes: You can only give rights that you have."),
        (("--user", "admin", "--days", "-3"), "expires_on: This day is over."),
    ],
)
def test_a_refused_token_is_told_in_a_sentence_and_makes_nothing(
    offing: Offing, cluster: Cluster, arguments: tuple[str, ...], sentence: str
) -> None:
    offing("seed")
    before = ask(cluster.url, "select count(*) from api_tokens")
    code, said, complaint = offing("token", "create", *arguments)
    assert (code, said) == (1, "")
    assert sentence in complaint
    assert ask(cluster.url, "select count(*) from api_tokens") == before


def test_a_backup_goes_into_another_server_but_never_over_data(
    offing: Offing, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offing("seed")
    (home / "files").mkdir(exist_ok=True)
    (home / "files" / "photo").write_bytes(b"bow")
    copy = tmp_path / "copy.tar"
    assert offing("backup", str(copy))[0] == 0
    assert offing("backup", str(copy))[0] == 4, "an existing file is not written over"
    monkeypatch.setenv("OFFING_HOME", str(tmp_path / "new"))
    code, _, complaint = offing("restore", str(copy))
    assert code == 5
    assert "The database is not empty" in complaint
    with Cluster.throwaway() as second:
        monkeypatch.setenv("DATABASE_URL", second.url)
        assert offing("restore", str(copy))[0] == 0
        assert ask(second.url, "select count(*) from users where user_name = 'admin'") == 1
    assert (tmp_path / "new" / "files" / "photo").read_bytes() == b"bow"
    assert (tmp_path / "new" / "keys" / "secret").read_text() == (home / "keys" / "secret").read_text()


def test_anything_else_is_no_backup(offing: Offing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFING_HOME", str(tmp_path / "new"))
    (tmp_path / "letter").write_text("dear all")
    code, _, complaint = offing("restore", str(tmp_path / "letter"))
    assert code == 4
    assert "cannot be read as a backup" in complaint


def test_the_doctor_names_what_is_wrong(offing: Offing, cluster: Cluster, home: Path) -> None:
    code, said, _ = offing("doctor")
    assert code == 0, said
    newest = ask(cluster.url, "select version_num from alembic_version")
    ask(cluster.url, "update alembic_version set version_num = '0001'")
    (home / "keys" / "secret").chmod(0o644)
    code, said, _ = offing("doctor")
    ask(cluster.url, "update alembic_version set version_num = $1", newest)
    (home / "keys" / "secret").chmod(0o600)
    assert code == 1
    assert "The tables are of another version: run `offing migrate`." in said
    assert "Other users can read secret" in said
