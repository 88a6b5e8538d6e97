"""The API against its own document: whatever comes, no fault of ours, and every answer is one that was announced.

The cases are made from the document, the same at each run. Most ids are replaced by those of real records, so that
more is tried than "not found".
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    ensure_resource_availability,
    max_response_time,
    missing_required_header,
    positive_data_acceptance,
    unsupported_method,
    use_after_free,
)

from domain.core.work import clock
from domain.people.models import ApiToken
from tests.browser.site import running_site
from tests.conftest import copied
from tests.scenarios.company import found_company
from tests.scenarios.rights import API_RECORDS
from webapp.api.openapi import document
from webapp.auth import token_hash
from webapp.database import Database

pytestmark = pytest.mark.slow
EXAMPLES = 12
LEFT_OUT = [
    # Rules that no schema can say refuse good-looking data: unknown ids, wrong states, double names.
    positive_data_acceptance,
    # Nothing can be deleted here, and whether a created record can be read is a matter of rights (tests/scenarios).
    use_after_free,
    ensure_resource_availability,
    # No header is required but the token, which `ignored_auth` tries.
    missing_required_header,
    # What methods an address knows does not depend on the data; tried once below.
    unsupported_method,
    # A busy test machine is no measure; see `make bench`.
    max_response_time,
]
schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(max_examples=EXAMPLES, deterministic=True, database="none", no_shrink=True)
schema.config.generation.with_security_parameters = False  # the token is the test's own
schema.config.phases.coverage.enabled = False
"""Coverage tries every border of every field, some ten thousand calls."""


@dataclass
class Target:
    """A running Offing, the tokens of two people, and the ids of records that are there."""

    base: str
    tokens: dict[str, str]
    ids: dict[str, int]


@pytest.fixture(scope="module")
async def target(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path_factory.mktemp("home")) as site:
            tokens = {name: secrets.token_urlsafe(16) for name in ("rep", "admin")}
            async with site.building() as make:
                company = await found_company(make)
                make.session.add_all(
                    ApiToken(
                        token_hash=token_hash(token), user_id=company.users[name].id, name="fuzz", scopes=[],
                        created_at=clock(),
                    )
                    for name, token in tokens.items()
                )  # fmt: skip
                people = {f"{name}_id": user.id for name, user in company.users.items()}
                ids = {**company.ids, **people, "department_id": company.users["rep"].department_id or 0}
            yield Target(site.base, tokens, ids)
        await database.close()


def is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def ground(value: Any, ids: dict[str, int]) -> None:
    """Put the ids of real records where a body names any; every fifth stays what it was."""
    known = {"user_id": ids["rep2_id"], "owner_id": ids["rep_id"], "step_id": ids["open_step"], **ids}
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            for name, inner in part.items():
                if name in known and is_id(inner) and inner % 5:
                    part[name] = known[name]
                elif isinstance(inner, list):
                    ground(inner, ids)


def try_one(case: schemathesis.Case, target: Target, person: str) -> None:
    """Send one case as somebody and hold the answer to the document."""
    record_id = case.path_parameters.get("id")
    if is_id(record_id) and record_id % 5:
        case.path_parameters["id"] = target.ids[API_RECORDS[case.path.split("/")[3]]]
    ground(case.body, target.ids)
    token = {"Authorization": f"Bearer {target.tokens[person]}"}
    case.call_and_validate(base_url=target.base, headers=token, excluded_checks=LEFT_OUT)


@pytest.mark.parametrize("person", ["rep", "admin"])
@schema.parametrize()
@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_the_api_answers_as_its_document_says(case: schemathesis.Case, target: Target, person: str) -> None:
    try_one(case, target, person)


def test_an_unknown_method_is_refused_and_told_what_there_is(target: Target) -> None:
    for path in document()["paths"]:
        address = target.base + path.replace("{id}", "1")
        answer = requests.request("TRACE", address, timeout=30)
        assert answer.status_code in (401, 405), (path, answer.status_code)
        answer = requests.put(address, headers={"Authorization": f"Bearer {target.tokens['admin']}"}, timeout=30)
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json"), path
