"""Tables of places: what geocoders answered, how often they may be asked, where days start, cells counted before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Identity, Index, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Record, choice_check
from domain.core.places import Accuracy


class PlaceAnswer(Base):
    """What a geocoder said of an address, kept so that it is asked once; without a position it knew nothing.

    `tries` counts requests that came to nothing because of a fault; `answered_at` is empty until one did not.
    """

    __tablename__ = "place_answers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider: Mapped[str]
    address_key: Mapped[str]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    accuracy: Mapped[str | None]
    label: Mapped[str] = mapped_column(server_default="")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        choice_check("accuracy", Accuracy, optional=True),
        CheckConstraint("num_nonnulls(latitude, longitude, accuracy) IN (0, 3)", name="position_whole"),
        Index("uq_place_answers_key", "provider", "address_key", unique=True),
    )


class GeocoderTurn(Base):
    """Whose turn it is to ask a service: one row a provider, which all processes update before they ask."""

    __tablename__ = "geocoder_turns"

    provider: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    """Before this moment nobody asks."""
    day: Mapped[date]
    asked: Mapped[int] = mapped_column(Integer, server_default="0")
    """Requests of that day (UTC)."""
    faults: Mapped[int] = mapped_column(Integer, server_default="0")
    """Faults in a row; each makes the next pause longer."""
    paused_until: Mapped[datetime | None]
    why: Mapped[str | None]
    """What the service said when it was paused."""


class StartPlace(Record):
    """Where the day of a person, or of the people of a department, starts. WGS-84."""

    __tablename__ = "start_places"

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), unique=True)
    name: Mapped[str]
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)

    __table_args__ = (CheckConstraint("num_nonnulls(user_id, department_id) = 1", name="of_one"),)


class MapCell(Base):
    """Customers of one department or one pool in one cell of the map, counted before (levels are zooms of tiles)."""

    __tablename__ = "map_cells"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    x: Mapped[int] = mapped_column(Integer, primary_key=True)
    y: Mapped[int] = mapped_column(Integer, primary_key=True)
    department_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """0 for those without one."""
    pool_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """0 for those with an owner."""
    number: Mapped[int] = mapped_column(BigInteger)
    sum_x: Mapped[int] = mapped_column(BigInteger)
    sum_y: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_map_cells_empty", "level", postgresql_where=sql("number = 0")),)


class MapChange(Base):
    """A customer that came to (1) or left (-1) a tile since the cells were counted; a trigger writes it.

    Cells and changes together are exact at every moment; a job adds the changes to the cells.
    """

    __tablename__ = "map_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    x: Mapped[int] = mapped_column(Integer)
    y: Mapped[int] = mapped_column(Integer)
    department_id: Mapped[int] = mapped_column(BigInteger)
    pool_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger, server_default=sql("1"))
