"""Who sees which leads, and who may change them."""

from __future__ import annotations

from domain.leads.models import Lead
from domain.pools.scope import PooledScope

SCOPE = PooledScope(Lead, "leads")
LIVE = SCOPE.live
visible = SCOPE.visible
branches = SCOPE.branches
writable = SCOPE.writable
manageable = SCOPE.manageable
