"""The position of one moment: found, rough, refused, too late or not there at all; the form is saved in all cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from domain.core.places import Accuracy, Position
from domain.people.models import User
from domain.visits.models import Fix
from domain.visits.verdict import Stamp, judge, slack_of
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
AT_THE_CUSTOMER = {"latitude": 31.2310, "longitude": 121.4737, "accuracy": 12}
"""66 metres from where the design page has its customer."""
COUNT = """
window.asked = [];
const real = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
navigator.geolocation.getCurrentPosition = (good, bad, options) => {
  asked.push(options);
  real(good, bad, options);
};
navigator.geolocation.watchPosition = () => asked.push("watched");
"""
ANSWER = """
navigator.geolocation.getCurrentPosition = (good, bad, options) => {
  window.asked = options;
  %s
};
"""


@pytest.fixture(scope="module")
async def rep(site: Site) -> User:
    site.restart(OFFING_DEMO="1")
    async with site.building() as make:
        return await make.user("rep", "sales_rep")


async def at_form(phone: OpenContext, user: User, script: str = "", **options: Any) -> Tab:
    """Open the page with a check-in at a customer whose place is known."""
    tab = await phone(user, reduced_motion="reduce", **options)
    if script:
        await tab.page.add_init_script(script)
    await tab.open("/design")
    await tab.until("customElements.get('position-stamp') && true")
    return tab


def stamp(tab: Tab, prefix: str = "a-arrived") -> Locator:
    """One of the two stamps of the page."""
    return tab.page.locator(f"position-stamp[prefix={prefix}]")


async def sees(tab: Tab, words: str, times: int = 1, prefix: str = "a-arrived") -> None:
    """Wait until these words can be seen in a stamp; those of other cases stand there too, hidden."""
    await expect(stamp(tab, prefix).get_by_text(words).filter(visible=True)).to_have_count(times)


async def check_in(tab: Tab, prefix: str = "a-arrived") -> dict[str, str]:
    """Tap, wait for whatever comes of it, and return what the form would send when it is saved."""
    await stamp(tab, prefix).get_by_role("button", name="Check").tap()
    await expect(stamp(tab, prefix)).not_to_have_attribute("data-state", "searching", timeout=30_000)
    return await saved(tab, prefix)


async def saved(tab: Tab, prefix: str = "a-arrived") -> dict[str, str]:
    """Send the form and return what it sent of a stamp."""
    sent: dict[str, str] = await tab.page.evaluate(
        """(prefix) => {
          const { form } = document.querySelector(`[name=${prefix}_at]`);
          let sent = null;
          form.addEventListener("submit", (event) => {
            event.preventDefault();
            sent = Object.fromEntries([...new FormData(form)].filter(([name]) => name.startsWith(`${prefix}_`)));
          }, { once: true });
          form.requestSubmit();
          const short = (name) => name.slice(prefix.length + 1);
          return Object.fromEntries(Object.entries(sent).map(([name, value]) => [short(name), value]));
        }""",
        prefix,
    )
    at = datetime.fromisoformat(sent["at"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    return sent


async def test_a_fix_is_taken_once_and_only_after_the_tap(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep, COUNT, permissions=["geolocation"], geolocation=AT_THE_CUSTOMER)
    assert await tab.page.evaluate("asked") == []
    sent = await check_in(tab)
    assert await tab.page.evaluate("asked") == [{"enableHighAccuracy": True, "timeout": 15000, "maximumAge": 0}]
    assert (sent["fix"], sent["lat"], sent["lng"], sent["accuracy_m"]) == ("fixed", "31.231000", "121.473700", "12.0")
    assert 0 <= int(sent["age_s"]) < 60
    await sees(tab, "At the place")
    await sees(tab, "67 m from the customer")
    await sees(tab, "accurate to 12 m")
    await expect(stamp(tab).get_by_role("button")).to_have_count(0)  # a stray tap would cost the time of arrival


@pytest.mark.parametrize(
    ("where", "shown", "rough"),
    [
        ({"latitude": 31.2604, "longitude": 121.4737, "accuracy": 20}, "Doubtful", False),
        ({"latitude": 31.2604, "longitude": 121.4737, "accuracy": 5000}, "Position taken", True),
    ],
)
async def test_a_position_far_away_is_doubtful_and_a_rough_one_cannot_tell(
    phone: OpenContext, rep: User, where: dict[str, float], shown: str, rough: bool
) -> None:
    tab = await at_form(phone, rep, permissions=["geolocation"], geolocation=where)
    sent = await check_in(tab)
    assert (sent["fix"], sent["accuracy_m"]) == ("fixed", f"{where['accuracy']:.1f}")
    await sees(tab, shown)
    await sees(tab, "3.3 km from the customer")
    await sees(tab, "This is rough.", times=int(rough))
    # One tries again in the open: the same arrival, a better position.
    await tab.context.set_geolocation({"latitude": 31.2304, "longitude": 121.4737, "accuracy": 8})
    await stamp(tab).get_by_role("button", name="Take the position again").tap()
    await sees(tab, "accurate to 8 m")
    again = await saved(tab)
    assert (again["at"], again["lat"]) == (sent["at"], "31.230400")
    await sees(tab, "At the place")


async def test_a_customer_without_a_place_gives_no_verdict(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep, permissions=["geolocation"], geolocation=AT_THE_CUSTOMER)
    assert (await check_in(tab, "a-left"))["fix"] == "fixed"
    await sees(tab, "Position taken", prefix="a-left")
    await sees(tab, "from the customer", times=0, prefix="a-left")


async def test_refused_is_said_with_the_way_to_allow_it_and_works_once_it_is_allowed(
    phone: OpenContext, rep: User
) -> None:
    tab = await at_form(phone, rep, permissions=["notifications"], geolocation=AT_THE_CUSTOMER)
    sent = await check_in(tab)
    assert (sent["fix"], sent["lat"], sent["accuracy_m"], sent["age_s"]) == ("denied", "", "", "")
    await sees(tab, "Position not allowed")
    await sees(tab, "The visit can be saved without it.")
    await stamp(tab).get_by_text("How to allow it").tap()
    await expect(stamp(tab).get_by_text("iPhone: Settings")).to_be_visible()
    await tab.context.grant_permissions(["geolocation"])
    await stamp(tab).get_by_role("button", name="Take the position again").tap()
    await sees(tab, "At the place")
    assert (await saved(tab))["at"] == sent["at"]


@pytest.mark.parametrize(
    ("code", "fix", "shown"),
    [(3, "timeout", "Position not found in time"), (2, "unavailable", "No position on this device")],
)
async def test_what_the_device_cannot_find_is_said(
    phone: OpenContext, rep: User, code: int, fix: str, shown: str
) -> None:
    tab = await at_form(phone, rep, ANSWER % f"setTimeout(() => bad({{ code: {code} }}), 0);")
    sent = await check_in(tab)
    assert (sent["fix"], sent["lat"]) == (fix, "")
    assert await tab.page.evaluate("asked.timeout") == 15_000
    await sees(tab, shown)


async def test_a_device_that_never_answers_holds_nothing_up(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep, reduced_motion="reduce")
    await tab.page.clock.install()
    await tab.page.add_init_script(ANSWER % "window.late = good;")
    await tab.open("/design")
    await tab.until("customElements.get('position-stamp') && true")
    await stamp(tab).get_by_role("button", name="Check in").tap()
    await sees(tab, "Looking for your position")
    sent = await saved(tab)  # in the midst of it
    assert (sent["fix"], sent["lat"]) == ("timeout", "")
    await tab.page.clock.fast_forward(31_000)
    await sees(tab, "Position not found in time")
    assert (await saved(tab))["at"] == sent["at"]


async def test_an_old_position_is_doubtful_and_says_its_age(phone: OpenContext, rep: User) -> None:
    old = "good({ coords: { latitude: 31.2304, longitude: 121.4737, accuracy: 9 }, timestamp: Date.now() - 600000 });"
    tab = await at_form(phone, rep, ANSWER % old)
    assert (await check_in(tab))["age_s"] == "600"
    await sees(tab, "Doubtful")
    await sees(tab, "position 10 minutes old")


async def test_a_try_long_after_the_first_is_a_new_moment(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep, permissions=["notifications"], geolocation=AT_THE_CUSTOMER)
    sent = await check_in(tab)
    before = (datetime.now(UTC) - timedelta(minutes=45)).isoformat()
    await tab.page.evaluate("(at) => { document.querySelector('[name=a-arrived_at]').value = at; }", before)
    await tab.context.grant_permissions(["geolocation"])
    await stamp(tab).get_by_role("button", name="Take the position again").tap()
    await sees(tab, "At the place")
    again = await saved(tab)  # else 09:00 would be proved by where somebody was at 09:45
    assert datetime.fromisoformat(again["at"]) >= datetime.fromisoformat(sent["at"])


HINT = """(cases) => {
  const stamp = document.querySelector("position-stamp[prefix=a-arrived]");
  return cases.map(([lat, accuracy_m, age_s, slack]) => {
    const kept = { at: new Date().toISOString(), fix: "fixed", lat, lng: "121.4737", accuracy_m, age_s };
    for (const [name, value] of Object.entries(kept)) stamp.querySelector(`[name=a-arrived_${name}]`).value = value;
    stamp.dataset.slack = slack;
    stamp.restore([]);
    return stamp.querySelector("[data-verdict]:not([hidden])").dataset.verdict;
  });
}"""


async def test_the_hint_is_what_the_server_will_say(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    customer = Position(31.2304, 121.4737)
    cases, said = [], []
    for metres, accuracy, age in product((0, 250, 310, 590, 620, 5000), (5, 100, 299, 301, 2000), (0, 120, 121)):
        for known in (Accuracy.exact, Accuracy.street):
            here = round(customer.lat + metres / 111_195, 6)
            slack = slack_of(known)
            assert slack is not None
            cases.append([str(here), str(accuracy), str(age), str(slack)])
            stamped = Stamp(Fix.fixed, here, customer.lng, float(accuracy), age)
            said.append(judge(stamped, customer, known, 300).verdict.value)
    assert set(said) == {"verified", "doubtful", "none"}
    assert await tab.page.evaluate(HINT, cases) == said


async def test_a_draft_brings_the_stamp_again(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep, COUNT, permissions=["geolocation"], geolocation=AT_THE_CUSTOMER)
    await tab.page.evaluate(
        """(at) => {
          const kept = { at, fix: "fixed", lat: "31.2304", lng: "121.4737", accuracy_m: "15.0", age_s: "1" };
          const field = (name) => document.querySelector(`[name=a-arrived_${name}]`);
          for (const [name, value] of Object.entries(kept)) field(name).value = value;
          document.querySelector("position-stamp[prefix=a-arrived]").restore([]);
        }""",
        datetime.now(UTC).isoformat(),
    )
    await sees(tab, "At the place")
    await sees(tab, "accurate to 15 m")
    assert await tab.page.evaluate("asked") == []


async def test_the_form_around_hears_of_it(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep, permissions=["geolocation"], geolocation=AT_THE_CUSTOMER)
    await tab.page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener("change", ({ target }) => heard.push(target.name));
          document.addEventListener("offing:stamp", ({ detail }) => heard.push(detail));
        }"""
    )
    sent = await check_in(tab)
    heard = await tab.page.evaluate("heard")
    assert heard == ["a-arrived_at", "a-arrived_at", {"prefix": "a-arrived", **sent}]


async def test_without_scripts_it_says_what_counts(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep, java_script_enabled=False)
    await tab.open("/design")
    assert "the time of saving counts" in await stamp(tab).locator("noscript p").inner_text()
    assert not await stamp(tab).get_by_role("button").first.is_visible()
