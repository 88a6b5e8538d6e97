"""Verbs of people and accounts, one file a family."""

from domain.people.actions.passwords import change_password, fits, set_password
from domain.people.actions.resets import create_reset, find_for_reset, open_reset, post_mail, reset_texts, use_reset
from domain.people.actions.sign_in import (
    TooMany,
    Try,
    begin_sign_in,
    count_try,
    forget_old_traces,
    sign_in,
    sign_out,
    sign_out_others,
    take_back_try,
    wipe_device,
)
from domain.people.actions.tokens import create_token, revoke_token
from domain.people.actions.two_factor import check_code, clear_two_factor, switch_off, switch_on
from domain.people.actions.users import create_department, create_user, edit_profile, edit_user

__all__ = [
    "TooMany", "Try", "begin_sign_in", "change_password", "check_code", "clear_two_factor", "count_try",
    "create_department", "create_reset", "create_token", "create_user", "edit_profile", "edit_user", "find_for_reset",
    "fits", "forget_old_traces", "open_reset", "post_mail", "reset_texts", "revoke_token", "set_password", "sign_in",
    "sign_out", "sign_out_others", "switch_off", "switch_on", "take_back_try", "use_reset", "wipe_device",
]  # fmt: skip
