"""Piccolo's view of visits: the types and their questions are kept here, visits and beats are only looked at."""

from __future__ import annotations

from piccolo.columns.readable import Readable
from piccolo.table import Table

from domain.core.questions import QuestionKind
from domain.visits.models import Verdict, VisitStatus
from webapp.backoffice.columns import day, key, line, moment, to, whole, words, yes_no
from webapp.backoffice.engine import DB

HERE, PEOPLE, RECORDS = "visit_tables", "people_tables", "record_tables"


class VisitType(Table, tablename="visit_types", db=DB):
    """Types of visits."""

    id = key()
    name_zh = line()
    name_en = line()
    position = whole(null=False, default=0)
    active = yes_no(True)
    minutes = whole(null=False, default=30)
    least_photos = whole(null=False, default=0)
    signature = yes_no(False)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s · %s", [cls.name_zh, cls.name_en])


class VisitQuestion(Table, tablename="visit_questions", db=DB):
    """Questions of the forms; the choices stand one a line, in both languages in the same order."""

    id = key()
    type_id = to("VisitType", HERE, null=False)
    position = whole(null=False, default=0)
    kind = line(choices=QuestionKind)
    text_zh = line()
    text_en = line()
    choices_zh = words()
    choices_en = words()
    required = yes_no(False)
    active = yes_no(True)


class VisitRecord(Table, tablename="visits", db=DB):
    """Visits."""

    id = key()
    customer_id = to("Customer", RECORDS, null=False)
    owner_id = to("User", PEOPLE)
    type_id = to("VisitType", HERE)
    status = line(choices=VisitStatus)
    planned_on = day(null=False)
    arrived_at = moment()
    left_at = moment()
    verdict = line(null=True, choices=Verdict)
    result = words()
    reason = words()
    recorded_at = moment()
    received_at = moment()


class Beat(Table, tablename="beats", db=DB):
    """Recurring visits."""

    id = key()
    customer_id = to("Customer", RECORDS, null=False)
    owner_id = to("User", PEOPLE)
    type_id = to("VisitType", HERE)
    starts_on = day(null=False)
    ends_on = day()
    planned_until = day()
