"""Every page, with records on it, judged by axe at the size of a phone: in both languages and both themes."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab, close
from tests.scenarios.company import Company, found_company
from tests.scenarios.test_rights import table
from webapp.assets import ROOT

pytestmark = pytest.mark.anyio
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
# Preloading would put a style element of axe's own into the page, which our policy refuses.
FINDINGS = """async (rules) => {
  for (let still = 0, frames = 0; still < 4 && frames < 200; frames++) { // colours on their way to the theme
    await new Promise(requestAnimationFrame);
    still = document.getAnimations().length ? 0 : still + 1;
  }
  const found = await axe.run(document, { preload: false, ...(rules && { runOnly: rules }) });
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(" | ")}`);
}"""
NO_PAGES = (
    "/feeds/",
    "/static", "/manifest.json", "/favicon.ico", "/apple-touch-icon.png", "/sw.js", "/healthz", "/readyz", "/api/v1/",
    "/admin",  # Piccolo's own pages: tests/browser/test_backoffice.py
    "/design",  # tests/browser/test_design.py
    "/sign-in/code", "/push/hello", "/inbox/bell", "/inbox/{item_id}", "/orders/products", "/exports/",
    "/imports/{batch_id}/failures.csv", "/customers/pick", "/customers/same-name", "/customers/filter", "/leads/filter",
    "/opportunities/filter", "/opportunities/board/filter", "/opportunities/products",
    "/customers/map/card", "/customers/map/points", "/leads/map/card", "/leads/map/points",
    "/contacts/{contact_id}/card.vcf", "/team/day/points", "/team/day/card", "/sync/", "/files/",
    "/field/",
)  # fmt: skip
"""Files, answers to scripts, parts of pages and addresses that only lead on."""
QUERIES = {
    f"/{kind}/map/{part}": asked
    for kind in ("customers", "leads")
    for part, asked in (("near", "?lat=31.2&lng=121.4"), ("tile", "?x=1&y=1"))
}
"""What an address cannot do without."""
OF = {
    "customers": ("pooled", "customer_id"), "leads": ("pooled_lead", "lead_id"),
    "opportunities": ("", "opportunity_id"),
}  # fmt: skip
"""Whose page an address with `record_id` is: one in a pool, and one of the rep."""
ASKS = {"/outbox": "401"}
"""Pages that ask the server who is there, and what a visitor's browser notes of its answer."""
MORE = {
    "rep": (
        "/customers?scene=pool", "/customers?q=nothing+of+the+sort", "/customers/{pooled}", "/orders/{waiting}",
        "/orders/{approved}", "/orders/new?customer={customer_id}", "/followups/new?customer={customer_id}",
        "/payments/new?order={approved}", "/payments/{draft_payment}", "/shipments?scene=all", "/no/such/page",
        "/visits/new?customer={customer_id}", "/visits/plan?customer={customer_id}", "/visits/{done_visit}",
        "/leads?scene=pool", "/leads?scene=mine&select=1", "/leads?q=nothing+of+the+sort", "/leads/{pooled_lead}",
        "/leads/{invalid_lead}", "/leads/{void_lead}", "/leads/rates?by=owner", "/followups/new?lead={lead_id}",
        "/followups/{lead_touch}", "/opportunities?select=1", "/opportunities?q=nothing+of+the+sort",
        "/opportunities/{lost_opportunity}", "/opportunities/new?customer={customer_id}",
        "/followups/new?opportunity={opportunity_id}", "/orders/new?opportunity={opportunity_id}",
    ),
    "approver": ("/approvals", "/approvals/{approval_id}", "/approvals?view=decided", "/today"),
    "finance": ("/payments?scene=waiting", "/today", "/inbox"),
    "warehouse": ("/today", "/inbox"),
    "manager": ("/today", "/approvals", "/opportunities/board", "/opportunities/forecast?by=owner&months=12"),
    "director": ("/pools/{pool_id}", "/customers/{pooled}/assign", "/customers/{pooled}/move",
                 "/pools/{lead_pool_id}", "/leads/{pooled_lead}/assign", "/leads/{pooled_lead}/move"),
}  # fmt: skip
"""States of pages that their plain address does not show, by who sees them."""
WALKERS = ("rep", "manager", "warehouse", "finance", "admin", "nobody")


def walks(company: Company) -> dict[str, list[str]]:
    """Person → pages to open; each page goes to the first person whom the table of rights lets in."""
    found: dict[str, list[str]] = {person: [] for person in WALKERS}
    for route, row in table().items():
        method, path = route.split(" ")
        if method != "GET" or (path != "/api/v1/docs" and path.startswith(NO_PAGES)):
            continue
        if "{token}" in path:
            found["nobody"].append(path.replace("{token}", "no-such-token"))
            continue
        path += QUERIES.get(path, "")
        if "/edit" in path and "payment" in path:
            path = path.replace("{payment_id}", "{draft_payment}")
        if path.endswith("/reopen"):
            path = path.replace("{opportunity_id}", "{lost_opportunity}")
        if "{record_id}" in path:
            lying, mine = OF[path.split("/")[1]]
            name = lying if path.endswith(("/assign", "/move")) else mine
            path = path.replace("{record_id}", f"{{{name}}}")
        person = next(person for person in ("nobody", *WALKERS) if row[person] == "ok")
        found[person].append(path)
    for person, paths in MORE.items():
        found.setdefault(person, []).extend(paths)
    return {person: [path.format(**company.ids) for path in paths] for person, paths in found.items()}


@pytest.fixture(scope="module")
async def company(site: Site) -> Company:
    async with site.building() as make:
        return await found_company(make)


async def judged(tab: Tab, path: str) -> list[str]:
    """What is wrong with one page."""
    answer = await tab.page.goto(tab.base + path)
    assert answer is not None
    expected = 404 if path.startswith(("/no/such", "/reset/")) else 200
    if answer.status != expected or "text/html" not in answer.headers["content-type"]:
        return [f"{path}: answers {answer.status} {answer.headers['content-type']}"]
    await tab.page.evaluate(AXE)
    wrong = []
    await tab.page.emulate_media(color_scheme="light")
    wrong += [f"{path}, light: {finding}" for finding in await tab.page.evaluate(FINDINGS)]
    await tab.page.emulate_media(color_scheme="dark")  # where nothing but the colours differs
    wrong += [f"{path}, dark: {finding}" for finding in await tab.page.evaluate(FINDINGS, ["color-contrast"])]
    width = await tab.page.evaluate("document.documentElement.scrollWidth")
    refused = "404" if expected == 404 else ASKS.get(path)
    said = [said for said in tab.faults() if refused is None or refused not in said]
    tab.said.clear()
    return [*wrong, *(f"{path}: {one}" for one in said), *([f"{path}: is {width} wide"] if width > 360 else [])]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_can_be_used_by_everybody(
    site: Site, company: Company, phone: OpenContext, language: str
) -> None:
    async with site.database.engine.begin() as connection:
        await connection.execute(text("UPDATE users SET language = :language"), {"language": language})
    wrong: list[str] = []
    for person, paths in walks(company).items():
        tab = await phone(company.users.get(person), language, reduced_motion="reduce")
        for path in paths:
            wrong += await judged(tab, path)
        await close(tab.context)
    assert not wrong, "\n".join(wrong)


FORMS = {
    "/customers/new": "/customers",
    "/products/new": "/products",
    "/contacts/new?customer={customer_id}": "/contacts",
    "/leads/new": "/leads",
    "/opportunities/new?customer={customer_id}": "/opportunities",
    "/calendar/new": "/calendar",
    "/followups/new?customer={customer_id}": "/followups",
    "/visits/plan": "/visits/plan",
    "/orders/new?customer={customer_id}": "/orders",
}


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_was_refused_can_be_used_too(
    site: Site, company: Company, phone: OpenContext, path: str
) -> None:
    """Sent empty, past the browser's own checks: the faults are named, summed up and tied to their fields."""
    tab = await phone(company.users["director" if "products" in path else "rep"], "en", reduced_motion="reduce")
    await tab.open(path.format(**company.ids))
    form = f"main form[action='{FORMS[path]}']"
    await tab.page.locator(form).evaluate("(form) => { form.noValidate = true; }")
    for name in ("name", "code", "content", "title"):
        for field in await tab.page.locator(f"{form} [name={name}]").all():
            await field.fill("")
    await tab.page.locator(f"{form} button.primary").last.tap()
    await expect(tab.page.locator("[aria-invalid=true], .error, .error-summary").first).to_be_visible(timeout=30_000)
    await tab.page.evaluate(AXE)
    assert await tab.page.evaluate(FINDINGS) == []
    assert [said for said in tab.faults() if not re.search("status of 422", said)] == []
