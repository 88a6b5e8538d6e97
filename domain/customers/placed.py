"""How customers lie on the map."""

from __future__ import annotations

from domain.customers import cells
from domain.customers.events import CustomerPlaced
from domain.customers.listing import LIST
from domain.customers.models import Customer, FollowStage
from domain.customers.scope import SCOPE
from domain.places.kinds import KeptCells, Placed

CUSTOMERS = Placed(
    spec=LIST, scope=SCOPE, state=Customer.follow_stage, states=FollowStage, corrected=CustomerPlaced,
    level=Customer.level, cells=KeptCells(cells.can_count, cells.counted),
)  # fmt: skip
