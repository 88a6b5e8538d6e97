"""The words of tables and columns: Piccolo has only their English names, so its answers are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from piccolo.table import Table

from domain.core.model import Choice
from domain.core.text import Text, _
from domain.people.permissions import CATALOGUE, permission_label
from webapp.i18n import Catalogue

TABLES: Mapping[str, Text] = {
    "departments": _("Departments"), "users": _("Users"), "roles": _("Roles"), "role_permissions": _("Rights of roles"),
    "role_scopes": _("Data scopes of roles"), "user_roles": _("Roles of users"),
    "user_departments": _("Further departments of users"), "pools": _("Public pools"),
    "pool_members": _("Members of pools"), "recycle_rules": _("Recycle rules"), "leads": _("Leads"),
    "pool_assignees": _("Default assignees of pools"),
    "approval_flows": _("Approval flows"), "approval_flow_steps": _("Steps of approval flows"),
    "discount_limits": _("Discount limits"), "products": _("Products"), "product_categories": _("Product categories"),
    "reasons": _("Reasons"), "settings": _("Settings"), "customers": _("Customers"), "contacts": _("Contacts"),
    "orders": _("Orders"), "order_lines": _("Order lines"), "payments": _("Payments"), "shipments": _("Shipments"),
    "followups": _("Follow-ups"), "approvals": _("Approvals"), "events": _("Events"), "audit_log": _("Change history"),
    "mails": _("Mail outbox"), "import_batches": _("Imports"), "visit_types": _("Types of visits"),
    "visit_questions": _("Questions of visits"), "visits": _("Visits"), "beats": _("Recurring visits"),
    "pipelines": _("Sales pipelines"), "stages": _("Stages"), "stage_questions": _("Questions of stages"),
    "opportunities": _("Opportunities"), "opportunity_lines": _("Lines of opportunities"),
    "stage_moves": _("Stage moves"),
}  # fmt: skip
COLUMNS: Mapping[str, Text] = {
    "active": _("Active"), "actor_id": _("Who"), "address": _("Address"), "administrator": _("Administers"),
    "amount": _("Amount"), "approved_at": _("Approved at"), "at": _("When"), "batch_limit": _("Most in one go"),
    "birthday": _("Birthday"), "body": _("Text"), "carrier": _("Carrier"), "category_id": _("Category"),
    "city": _("City"),
    "claiming": _("Claiming allowed"), "code": _("Code"), "confirmed_at": _("Confirmed at"), "content": _("Content"),
    "cooldown_days": _("Cool-down in days"), "created_at": _("Created at"), "created_by_id": _("Created by"),
    "customer_id": _("Customer"), "daily_limit": _("Most a day"), "data": _("Data"), "days": _("Days"),
    "deal_status": _("Deal status"), "deleted_at": _("Deleted at"), "department_id": _("Department"),
    "discount_percent": _("Discount in percent"), "done_count": _("Rows done"), "email": _("E-mail"),
    "ended_at": _("Ended at"), "error": _("Error"), "everything": _("May do everything"),
    "exempt_deal": _("Not for deal customers"),
    "exempt_opportunity": _("Not while an opportunity is open"), "feature": _("Feature"), "file_name": _("File name"),
    "flow_id": _("Approval flow"), "follow_stage": _("Follow stage"), "goods_total": _("Goods total"),
    "head_id": _("Head"), "hidden_fields": _("Fields hidden until claimed"),
    "history_visible": _("New owner sees old history"), "holding_limit": _("Holding limit"), "id": _("No."),
    "industry": _("Industry"), "kind": _("Kind"), "language": _("Language"), "last_follow_up_at": _("Last follow-up"),
    "least_amount": _("From which amount"), "level": _("Level"), "levels": _("Levels"),
    "line_percent": _("Most line discount in percent"), "list_price": _("List price"), "main": _("Main contact"),
    "manager_id": _("Manager"), "method": _("Method"), "mobile": _("Mobile"), "name": _("Name"), "net": _("Net"),
    "net_total": _("Net total"), "new": _("New values"), "next_contact_at": _("Next contact"), "number": _("Number"),
    "old": _("Old values"), "on_leave_until": _("On leave until"), "operation": _("Operation"), "order_id": _("Order"),
    "order_percent": _("Most order discount in percent"), "ordered_on": _("Ordered on"),
    "over_discount": _("Only above the discount limit"), "overpay_reason": _("Reason of over-payment"),
    "owner_id": _("Owner"), "parent_id": _("Department above"), "permission": _("Right"), "phone": _("Phone"),
    "pool_id": _("Public pool"), "position": _("Position"), "post": _("Job title"), "priority": _("Priority"),
    "product_id": _("Product"), "product_name": _("Product name"), "promised_on": _("Promised on"),
    "protect_days": _("Protected days when new"), "quantity": _("Quantity"), "received_on": _("Received on"),
    "record_id": _("Record no."), "recycle_due_at": _("Returns to the pool on"), "region": _("Region"),
    "role": _("Role"), "role_id": _("Role"), "round": _("Round"), "row_count": _("Rows"), "row_id": _("Row no."),
    "rule": _("Rule"),
    "scope": _("Data scope"), "sent_at": _("Sent at"), "shipped_at": _("Shipped at"), "shipped_by_id": _("Shipped by"),
    "shipping_status": _("Shipping"), "spec": _("Specification"), "status": _("State"), "subject": _("Subject"),
    "submitted_at": _("Submitted at"), "submitted_by_id": _("Submitted by"), "table_name": _("Table"),
    "target_pool_id": _("Goes to pool"), "text_en": _("English text"), "text_zh": _("Chinese text"),
    "time_zone": _("Time zone"), "title": _("Title"), "to_address": _("To"), "totals": _("Totals"),
    "tracking_number": _("Tracking number"), "unit": _("Unit"), "unit_price": _("Unit price"), "user_id": _("User"),
    "user_name": _("User name"), "value": _("Value"), "way": _("Way"), "password": _("Password"),
    "name_zh": _("Chinese name"), "name_en": _("English name"), "minutes": _("Minutes"),
    "least_photos": _("Photos asked for"), "signature": _("Signature asked for"), "type_id": _("Type of visit"),
    "choices_zh": _("Chinese choices, one a line"), "choices_en": _("English choices, one a line"),
    "required": _("Must be answered"), "planned_on": _("Planned for"), "arrived_at": _("Arrived"),
    "left_at": _("Left at"), "verdict": _("Check-in"), "result": _("Result"), "reason": _("Reason"),
    "recorded_at": _("Recorded at"), "received_at": _("Received at"), "starts_on": _("Starts on"),
    "ends_on": _("Ends on"), "planned_until": _("Planned until"), "lead_id": _("Lead"), "company": _("Company name"),
    "source": _("Source"), "need": _("What they want"), "converted_at": _("Converted at"),
    "converted_customer_id": _("Converted to customer"), "last_at": _("Last given something at"),
    "pipeline_id": _("Sales pipeline"), "stage_id": _("Sales stage"), "probability": _("Probability in percent"),
    "stale_days": _("Warn after days without activity"), "expected_on": _("Expected close"),
    "next_step": _("Next step"), "next_step_on": _("Next step on"), "competitors": _("Competitors"),
    "stage_since": _("In this stage since"), "end_reason_id": _("Reason of the ending"),
    "end_note": _("Note on the ending"), "opportunity_id": _("Opportunity"), "price": _("Price"),
    "from_stage_id": _("From stage"), "to_stage_id": _("To stage"), "by_id": _("Moved by"),
    "seconds": _("Seconds in the stage left"), "answers": _("Answers"), "note": _("Note"),
}  # fmt: skip
HIDDEN = {"products": ("name_sort", "txt")}
"""Columns that are filled in by the back office itself."""
PHRASES: Mapping[str, Text] = {
    "set password": _("Set password"), "send link": _("Send a sign-in link"),
    "remove second factor": _("Remove the second factor"),
}  # fmt: skip
"""Names of acts, shown in English otherwise because their addresses are made of them."""


def shown_names(words: Catalogue) -> dict[str, str]:
    """What the menu and headings call things: English name in small letters → the reader's word."""
    tables = {name.replace("_", " "): words.say(text) for name, text in TABLES.items()}
    return tables | {name: words.say(text) for name, text in PHRASES.items()}


def put_into_words(schema: dict[str, Any], table: type[Table], words: Catalogue) -> dict[str, Any]:
    """Piccolo's description of a table with titles and choices in the reader's language, without hidden columns."""
    properties: dict[str, Any] = schema.get("properties", {})
    for name in HIDDEN.get(table._meta.tablename, ()):
        properties.pop(name, None)
    for name, column in properties.items():
        if name in COLUMNS:
            column["title"] = words.say(COLUMNS[name])
        for choice in ((column.get("extra") or {}).get("choices") or {}).values():
            choice["display_name"] = words.say(_label(table, name, str(choice["value"])))
    return schema


def named(schema: dict[str, Any], words: Catalogue) -> dict[str, Any]:
    """The description of an act with its fields in the reader's language."""
    for name, column in schema.get("properties", {}).items():
        column["title"] = words.say(COLUMNS.get(name, Text(name)))
    return schema


def _label(table: type[Table], column: str, value: str) -> Text | str:
    """How a choice reads."""
    choices = table._meta.get_column_by_name(column)._meta.choices
    member = next((one for one in choices or () if str(one.value) == value), None)
    if isinstance(member, Choice):
        return member.label
    if column == "permission":
        return permission_label(value)
    return CATALOGUE[value].label if value in CATALOGUE else value
