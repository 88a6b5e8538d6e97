"""Verbs of opportunities, one file a family."""

from domain.opportunities.actions.entering import create, edit
from domain.opportunities.actions.handing import transfer, transfer_many
from domain.opportunities.actions.moving import move, reopen
from domain.opportunities.actions.party import add_contact, remove_contact
from domain.opportunities.actions.removing import delete, require_bin, restore_deleted

__all__ = [
    "add_contact", "create", "delete", "edit", "move", "remove_contact", "reopen", "require_bin", "restore_deleted",
    "transfer", "transfer_many",
]  # fmt: skip
