"""The letters that stand for a name in lists."""

import pytest

from webapp.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("上海长亭便利超市有限公司", "长"),
        ("浙江省杭州市西湖茶业", "西"),
        ("呼和浩特牛奶", "牛"),
        ("上海", "上"),
        ("林晓雨", "林"),
        ("Bright Orchard Foods Ltd", "BO"),
        ("Copper", "C"),
        ("3M 中国", "3"),
        ("  ", ""),
    ],
)
def test_the_letters_tell_a_name_from_its_neighbours(name: str, letters: str) -> None:
    assert initials(name) == letters
