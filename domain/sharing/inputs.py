"""Who shall take part in a record."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from domain.core.access import GrantLevel, GrantPost
from domain.core.inputs import Input, Key, Optional


class TeamInput(Input):
    """Who shall take part: a user, or (shared with) a department or role; exactly one of them."""

    user_id: Annotated[Key | None, Optional] = None
    to_department_id: Annotated[Key | None, Optional] = None
    to_role_id: Annotated[Key | None, Optional] = None
    level: GrantLevel = GrantLevel.read
    post: GrantPost = GrantPost.sales
    until_on: Annotated[date | None, Optional] = None

    @property
    def parties(self) -> int:
        """How many were named."""
        return sum(party is not None for party in (self.user_id, self.to_department_id, self.to_role_id))
