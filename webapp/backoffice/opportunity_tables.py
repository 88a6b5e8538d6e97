"""Piccolo's view of opportunities: pipelines, stages and their questions are kept here, the rest is only looked at."""

from __future__ import annotations

from piccolo.columns.readable import Readable
from piccolo.table import Table

from domain.core.questions import QuestionKind
from domain.leads.models import LeadSource
from domain.opportunities.models import StageKind
from webapp.backoffice.columns import day, key, line, moment, money, structure, to, whole, words, yes_no
from webapp.backoffice.engine import DB

HERE, PEOPLE, RECORDS = "opportunity_tables", "people_tables", "record_tables"
ANY = 10_000
"""Texts are shown at any length."""


class Pipeline(Table, tablename="pipelines", db=DB):
    """Ways of selling."""

    id = key()
    name_zh = line()
    name_en = line()
    position = whole(null=False, default=0)
    active = yes_no(True)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s · %s", [cls.name_zh, cls.name_en])


class Stage(Table, tablename="stages", db=DB):
    """The steps of a pipeline, and its three endings."""

    id = key()
    pipeline_id = to("Pipeline", HERE, null=False)
    position = whole(null=False, default=0)
    name_zh = line()
    name_en = line()
    kind = line(choices=StageKind)
    probability = whole(null=False, default=0)
    stale_days = whole()
    active = yes_no(True)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s · %s", [cls.name_zh, cls.name_en])


class StageQuestion(Table, tablename="stage_questions", db=DB):
    """What is asked before a stage is left; the choices stand one a line, in both languages in the same order."""

    id = key()
    stage_id = to("Stage", HERE, null=False)
    position = whole(null=False, default=0)
    kind = line(choices=QuestionKind)
    text_zh = line()
    text_en = line()
    choices_zh = words()
    choices_en = words()
    required = yes_no(False)
    active = yes_no(True)


class Opportunity(Table, tablename="opportunities", db=DB):
    """Opportunities."""

    id = key()
    name = line(length=ANY)
    customer_id = to("Customer", RECORDS, null=False)
    owner_id = to("User", PEOPLE)
    pipeline_id = to("Pipeline", HERE, null=False)
    stage_id = to("Stage", HERE, null=False)
    status = line(choices=StageKind)
    amount = money(null=True)
    probability = whole(null=False)
    expected_on = day()
    next_step = words()
    next_step_on = day()
    competitors = words()
    need = words()
    source = line(null=True, choices=LeadSource)
    lead_id = to("Lead", RECORDS)
    stage_since = moment(null=False)
    last_follow_up_at = moment()
    ended_at = moment()
    end_reason_id = to("Reason", PEOPLE)
    end_note = words()
    created_at = moment(null=False)
    deleted_at = moment()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class OpportunityLine(Table, tablename="opportunity_lines", db=DB):
    """Products that customers may buy."""

    id = key()
    opportunity_id = to("Opportunity", HERE, null=False)
    position = whole(null=False)
    product_id = to("Product", PEOPLE, null=False)
    quantity = money(digits=(12, 3))
    price = money()


class StageMove(Table, tablename="stage_moves", db=DB):
    """Every change of stage."""

    id = key()
    opportunity_id = to("Opportunity", HERE, null=False)
    from_stage_id = to("Stage", HERE)
    to_stage_id = to("Stage", HERE, null=False)
    at = moment(null=False)
    by_id = to("User", PEOPLE)
    seconds = whole()
    amount = money(null=True)
    answers = structure(null=False)
    note = words()
