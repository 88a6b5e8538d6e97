"""Whom and what the cells of a file name: users as owners, customers, products."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, any_, literal, select

from domain.core.access import Scope
from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.people.models import User
from domain.search.companies import company_key
from domain.search.fold import fold


@dataclass(frozen=True)
class Owners:
    """Who may be named as owner: by user name, e-mail, full name or number; `allowed` None means everybody."""

    by_word: Mapping[str, int]
    names: Mapping[int, str]
    allowed: frozenset[int] | None
    me: int | None

    def find(self, word: str | None) -> int | Sentence | None:
        """The owner that a cell names (the importer where it names nobody), or why there is none."""
        if not word:
            return self.me
        found = self.by_word.get(fold(word)) or self.by_word.get(word.strip().lower())
        if found is None:
            return _("There is no user %(word)s.", word=word)
        if self.allowed is not None and found not in self.allowed:
            return _("You may not enter anything for %(name)s.", name=self.names[found])
        return found


async def owners(work: Work, feature: str) -> Owners:
    """Active users; of these the actor may enter for the own ones, or for all with the widest scope."""
    everybody = select(User.id, User.user_name, User.name, User.email).where(User.active)
    users = (await work.session.execute(everybody)).all()
    words: dict[str, int] = {}
    for user in users:  # two of one name: neither is meant by it
        words[fold(user.name)] = 0 if fold(user.name) in words else user.id
    words |= {user.email.lower(): user.id for user in users if user.email}
    words |= {user.user_name.lower(): user.id for user in users} | {fold(user.user_name): user.id for user in users}
    wide = work.actor.scope(feature) is Scope.all
    mine = frozenset({*work.actor.subordinate_ids, *([work.actor.id] if work.actor.id else [])})
    return Owners(
        {word: number for word, number in words.items() if number},
        {user.id: user.name for user in users},
        None if wide else mine,
        work.actor.id,
    )


async def customers_named(work: Work, words: Collection[str]) -> Mapping[str, Customer]:
    """Visible, live customers by what names them: the key in the other system, else the folded name."""
    keys = {word: company_key(word) for word in words}
    seen = (customers.visible(work.actor), Customer.deleted_at.is_(None))
    by_ref = select(Customer).where(Customer.external_ref == any_(literal(list(keys), ARRAY(Text))), *seen)
    found = {one.external_ref or "": one for one in await work.session.scalars(by_ref)}
    wanted = list({key for word, key in keys.items() if word not in found})
    by_key = select(Customer).where(Customer.name_key == any_(literal(wanted, ARRAY(Text))), *seen)
    named = {one.name_key: one for one in await work.session.scalars(by_key.order_by(Customer.id.desc()))}
    return {word: one for word, key in keys.items() if (one := found.get(word) or named.get(key)) is not None}
