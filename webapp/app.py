"""The application: settings in, ASGI application out. All controllers are listed here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from domain.core.errors import Problem
from webapp import errors, health, logs
from webapp.api import openapi
from webapp.auth import Front, check_csrf
from webapp.backoffice.gate import backoffice
from webapp.backoffice.gate import close as close_backoffice
from webapp.database import Database
from webapp.pages.account import Account, choose_theme
from webapp.pages.account_security import Tokens, TwoFactor
from webapp.pages.approvals import Approvals
from webapp.pages.beats import Beats
from webapp.pages.calendar import Calendar
from webapp.pages.calendar_feed import Feed, FeedAddress
from webapp.pages.calendar_import import CalendarImport
from webapp.pages.contacts import Contacts
from webapp.pages.customer_record import CustomerRecord
from webapp.pages.customers import Customers
from webapp.pages.design import Design
from webapp.pages.disagreements import Disagreements
from webapp.pages.exports import export
from webapp.pages.field import Field
from webapp.pages.files import Files, Uploads
from webapp.pages.followups import FollowUps
from webapp.pages.forgotten import Forgotten
from webapp.pages.frame import Frame
from webapp.pages.imports import Imports
from webapp.pages.inbox import Inbox
from webapp.pages.lead_convert import LeadConvert
from webapp.pages.lead_record import LeadRecord
from webapp.pages.lead_status import LeadStatusForms
from webapp.pages.leads import Leads
from webapp.pages.map_area import CustomerArea, LeadArea, PlanVisits
from webapp.pages.map_list import CustomerMap, LeadMap
from webapp.pages.map_place import CustomerPlace, LeadPlace
from webapp.pages.map_progress import CustomerPositions, LeadPositions
from webapp.pages.opportunities import Opportunities
from webapp.pages.opportunity_board import OpportunityBoard
from webapp.pages.opportunity_figures import OpportunityFigures
from webapp.pages.opportunity_lines import OpportunityLines
from webapp.pages.opportunity_record import OpportunityRecord
from webapp.pages.opportunity_stage import OpportunityStage
from webapp.pages.opportunity_transfer import OpportunityTransfer
from webapp.pages.order_form import OrderForms
from webapp.pages.orders import Orders
from webapp.pages.outbox import Outbox
from webapp.pages.payments import Payments
from webapp.pages.pool_verbs import CustomerVerbs, LeadVerbs
from webapp.pages.pools import Pools
from webapp.pages.products import Products
from webapp.pages.push import Push
from webapp.pages.pwa import Pwa
from webapp.pages.route import Route, RouteStart
from webapp.pages.sharing import TEAMS
from webapp.pages.shipments import Shipments
from webapp.pages.sign_in import SignIn
from webapp.pages.sync import Sync
from webapp.pages.tasks import Tasks
from webapp.pages.team import Team
from webapp.pages.team_day import TeamDay
from webapp.pages.today import Today
from webapp.pages.visit_forms import VisitForms
from webapp.pages.visit_plans import VisitPlans
from webapp.pages.visits import Visits
from webapp.render import environment
from webapp.settings import Settings, load
from webapp.static_files import static_routes

MAX_BODY = 25 * 1024 * 1024
CONTROLLERS: Sequence[ControllerRouterHandler] = (
    Calendar,
    CalendarImport,
    Feed,
    FeedAddress,
    Tasks,
    FollowUps,
    CustomerVerbs,
    *TEAMS,
    LeadVerbs,
    Pools,
    Team,
    TeamDay,
    Today,
    Shipments,
    Payments,
    health.healthz,
    health.readyz,
    Account,
    Approvals,
    Beats,
    Contacts,
    CustomerMap,
    CustomerArea,
    CustomerPlace,
    CustomerPositions,
    LeadMap,
    LeadArea,
    LeadPlace,
    LeadPositions,
    PlanVisits,
    CustomerRecord,
    Customers,
    Design,
    Disagreements,
    export,
    Field,
    Forgotten,
    Frame,
    Leads,
    LeadRecord,
    LeadStatusForms,
    LeadConvert,
    Opportunities,
    OpportunityBoard,
    OpportunityFigures,
    OpportunityLines,
    OpportunityRecord,
    OpportunityStage,
    OpportunityTransfer,
    OrderForms,
    Orders,
    Outbox,
    Products,
    Route,
    RouteStart,
    Pwa,
    Push,
    Imports,
    Inbox,
    SignIn,
    Sync,
    Files,
    Uploads,
    Tokens,
    TwoFactor,
    VisitForms,
    VisitPlans,
    Visits,
    backoffice,
    choose_theme,
)
"""Everything that is listed one by one."""


def handlers() -> Sequence[ControllerRouterHandler]:
    """Everything that answers to an address."""
    return [*static_routes(), *openapi.handlers(), *CONTROLLERS]


def build(settings: Settings, database: Database) -> Front:
    """The application on an open database (tests bring their own)."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        for language in ("zh", "en"):
            environment(language)  # compile before the first visitor waits for it
        yield
        await close_backoffice()
        await database.close()

    app = Litestar(
        route_handlers=list(handlers()),
        before_request=check_csrf,
        exception_handlers={
            Problem: errors.on_problem,
            HTTPException: errors.on_http_error,
            Exception: errors.on_error,
        },
        compression_config=CompressionConfig(
            backend="brotli",
            brotli_quality=4,
            gzip_compress_level=1,
            brotli_gzip_fallback=True,
            minimum_size=800,
            # Compressed at the start, or by their own nature.
            exclude=["^/(static|files)/", r"^/(manifest\.json|favicon\.ico|apple-touch-icon\.png)$"],
        ),
        lifespan=[lifespan],
        openapi_config=None,
        request_max_body_size=MAX_BODY,
        debug=False,
        logging_config=None,
    )
    app.state.settings = settings
    app.state.database = database
    return Front(app, database, settings)


def create_app() -> Any:
    """What the web server process runs."""
    settings = load(os.environ)
    if settings.database_url is None:
        raise RuntimeError("DATABASE_URL is not set; start Offing by `offing serve`.")
    logs.configure(settings)
    return build(settings, Database(settings.database_url))
