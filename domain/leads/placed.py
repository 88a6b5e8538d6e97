"""How leads lie on the map."""

from __future__ import annotations

from domain.leads import policy
from domain.leads.events import LeadPlaced
from domain.leads.listing import LIST
from domain.leads.models import Lead, LeadStatus
from domain.leads.scope import SCOPE
from domain.places.kinds import Placed

LEADS = Placed(
    spec=LIST, scope=SCOPE, state=Lead.status, states=LeadStatus, corrected=LeadPlaced,
    closed=lambda lead: policy.closed(lead.status),
)  # fmt: skip
