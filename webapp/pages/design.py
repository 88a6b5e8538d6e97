"""The design system on one page: every component in its states (demo mode only)."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from litestar import Controller, Request, Response, get

from domain.core.errors import NotFound
from domain.core.text import Text
from webapp.assets import bundle
from webapp.forms import Form
from webapp.htmx import AnyRequest
from webapp.render import page

LONG = "Antonio Moreno Taquería and Daughters International Trading Company of Northern México"
LONG_ZH = "北京中科远望科技发展股份有限公司华北区域营销服务分公司第二办事处"
PEOPLE = ((1, "王小雨"), (2, "Maya Lindqvist"), (3, "欧阳子墨"), (4, "Erik Holm"))
# Only shown here, never entered: these sentences are examples of a form's errors, so they are not translated.
FORM: Form[Any] = Form(
    raw={"name": "", "phone": "138-00", "amount": "12.345", "way": "visit", "level": "b", "note": "", "agree": ""},
    errors={
        "": [Text("Somebody else has changed this record meanwhile.")],
        "name": [Text("请填写名称 · Please give a name.")],
        "phone": [Text("This number is not complete."), Text("国家区号缺失")],
        "amount": [Text("At most two places.")],
        "level": [Text("Level B is not in use any more.")],
        "way": [Text("Choose one.")],
        "agree": [Text("Please tick this.")],
    },
)


def _line(name: str, quantity: int, price: str, total: str, discount: int | None = None, over: bool = False) -> Any:
    return SimpleNamespace(
        name=name, note=None, quantity=quantity, unit="台", price=Decimal(price), discount=discount, over=over,
        total=Decimal(total),
    )  # fmt: skip


LINES = (
    _line("医用离心机 X200", 2, "45000", "82800", 8, True),
    _line(f"Reagent kit for {LONG}", 40, "1200", "45600", 5),
    _line("培训", 1, "0.50", "0.50"),
)
TOTALS = (
    ("小计 Subtotal", Decimal("139000")),
    ("折扣 Discount", Decimal("-10599.50")),
    ("合计 Total", Decimal("128400.50")),
)


def examples() -> dict[str, Any]:
    """What the page shows; tests render it without a request."""
    names = re.findall(r'<symbol id="([^"]+)"', bundle().sources["icons.svg"].decode())
    return {
        "long": LONG, "long_zh": LONG_ZH, "people": PEOPLE, "bad_form": FORM, "lines": LINES, "totals": TOTALS,
        "icon_names": names,
    }  # fmt: skip


def _only_demo(request: AnyRequest) -> None:
    if not request.app.state.settings.demo:
        raise NotFound()


class Design(Controller):
    """For those who build and judge the screens."""

    @get("/design")
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Every component in its states."""
        _only_demo(request)
        return page(request, "design/show.html", title="Design", **examples())

    @get("/design/people")
    async def people(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The answers of the example picker."""
        _only_demo(request)
        wanted = request.query_params.get("q", "").strip().lower()
        found = [(number, name, f"#{number}") for number, name in PEOPLE if wanted in name.lower()]
        return page(request, "design/people.html", found=found)
