"""Tables of people and what they may do."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, false, func, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.access import Scope
from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _


class Language(Choice):
    """Languages of the screens."""

    zh = "zh", _("Chinese")
    en = "en", _("English")


class Department(Record):
    """A node of the department tree (S-006)."""

    __tablename__ = "departments"

    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", use_alter=True), index=True)


class Role(Record):
    """A named set of permissions with a data scope per feature. `code` marks the built-in ones."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(unique=True)
    everything: Mapped[bool] = mapped_column(server_default=false())
    holding_limit: Mapped[int | None]


class RolePermission(Base):
    """One right of a role, as `feature.action`."""

    __tablename__ = "role_permissions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    permission: Mapped[str]

    __table_args__ = (Index(None, "role_id", "permission", unique=True),)


class RoleScope(Base):
    """How much of a feature's data a role sees."""

    __tablename__ = "role_scopes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    feature: Mapped[str]
    scope: Mapped[str]

    __table_args__ = (choice_check("scope", Scope), Index(None, "role_id", "feature", unique=True))


class User(Record):
    """A person who signs in. `password_hash` is argon2id; empty means that no password sign-in is possible."""

    __tablename__ = "users"

    user_name: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    mobile: Mapped[str | None]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None]
    totp_last_step: Mapped[int | None]
    language: Mapped[str] = mapped_column(server_default="zh", default="zh")
    time_zone: Mapped[str] = mapped_column(server_default="Asia/Shanghai", default="Asia/Shanghai")
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    on_leave_until: Mapped[date | None]
    holding_limit: Mapped[int | None]

    __table_args__ = (
        choice_check("language", Language),
        Index("uq_users_user_name", func.lower(text("user_name")), unique=True),
    )


class UserRole(Base):
    """A role held by a user."""

    __tablename__ = "user_roles"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)

    __table_args__ = (Index(None, "user_id", "role_id", unique=True),)


class UserDepartment(Base):
    """A further department of a user, besides the main one."""

    __tablename__ = "user_departments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"), index=True)

    __table_args__ = (Index(None, "user_id", "department_id", unique=True),)


class UserSession(Base):
    """A signed-in device. Only the SHA-256 of its token is kept; a new token is made at every sign-in."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    device: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wipe: Mapped[bool] = mapped_column(server_default=false())
    """The device is to forget everything: its session opens nothing any more, it is only told so."""


class PasswordReset(Base):
    """A one-use link for a forgotten password; only the SHA-256 of its token is kept."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A token that a user made for a program: acts as the user, within `scopes` (`feature.action`; empty means all)."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed try at a password or code, by account and by address: what rate limits count."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    user_name: Mapped[str]
    address: Mapped[str]

    __table_args__ = (Index(None, "user_name", "at"), Index(None, "address", "at"))
