"""Every error at once, in our own words, next to its field."""

from decimal import Decimal
from typing import Annotated

import pytest

from domain.core.errors import Invalid
from domain.core.inputs import Amount, Input, Line, Name, Optional, Paragraph, Percent, Quantity, parse


class Sample(Input):
    """One field of each kind."""

    name: Name
    amount: Amount = Decimal(0)
    percent: Percent = Decimal(0)
    quantity: Quantity = Decimal(1)
    note: Annotated[Paragraph | None, Optional] = None
    line: Annotated[Line | None, Optional] = None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "This is needed."),
        ("name", "a\nb", "This must be one line."),
        ("name", "nul\x00", "Control characters are not allowed."),
        ("name", "x" * 201, "At most 200 characters."),
        ("amount", "1.005", "At most 2 decimal places."),
        ("amount", "-1", "At least 0."),
        ("amount", "NaN", "This must be a number."),
        ("amount", "Infinity", "This must be a number."),
        ("amount", "9" * 30, "This number is too large."),
        ("amount", "ten", "This must be a number."),
        ("amount", "", "This is needed."),
        ("percent", "100.01", "At most 100."),
        ("quantity", "0", "More than 0."),
        ("note", "x" * 10_001, "At most 10000 characters."),
    ],
)
def test_a_fault_is_told_in_our_words(field: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(Sample, {"name": "Li", field: value})
    assert [str(text) for text in refused.value.errors[field]] == [sentence]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        parse(Sample, {"amount": "x", "percent": "101"})
    assert set(refused.value.errors) == {"name", "amount", "percent"}


@pytest.mark.parametrize(
    ("typed", "meant"), [("1,234.50", "1234.50"), ("１２．５", "12.5"), (" 7 ", "7"), (12.3, "12.3")]
)
def test_numbers_as_people_type_them(typed: object, meant: str) -> None:
    assert parse(Sample, {"name": "Li", "amount": typed}).amount == Decimal(meant)


def test_an_empty_field_means_none_and_unknown_fields_are_left_out() -> None:
    found = parse(Sample, {"name": " Li ", "note": "  ", "_csrf": "x"})
    assert (found.name, found.note) == ("Li", None)
