"""Files as people have them: encodings, separators, headings further down, spreadsheets."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from webapp.reading_files import Unreadable, decode, delimiter, headings, neutral, plain, read

TABLES = Path(__file__).parents[1] / "data" / "tables"


def records(path: Path) -> list[dict[str, str]]:
    table = read(path.read_bytes(), path.name)
    return [dict(zip(table.columns, cells, strict=True)) for _line, cells in table.rows]


@pytest.mark.parametrize("name", ["comma_in_quotes", "json", "newlines_crlf", "quotes_and_newlines", "utf8"])
def test_a_csv_file_reads_as_its_author_meant_it(name: str) -> None:
    expected = json.loads((TABLES / "csv-spectrum" / f"{name}.json").read_text("utf-8").replace("\\r\\n", "\\n"))
    assert records(TABLES / "csv-spectrum" / f"{name}.csv") == expected


@pytest.mark.parametrize(
    ("name", "sign"),
    [("test_utf8_bom", "ʤ"), ("test_utf16_big", "ʤ"), ("test_utf16_little", "ʤ"), ("test_latin1", "©")],
)
def test_the_encoding_is_found(name: str, sign: str) -> None:
    table = read((TABLES / "csvkit" / f"{name}.csv").read_bytes(), "x.csv")
    assert [len(table.columns), table.rows[0][1]] == [3, ["1", "2", "3"]]
    assert table.rows[1][1][2] == sign


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_in_every_encoding_that_spreadsheets_save(encoding: str) -> None:
    text = "客户名称,城市,地址\n上海润达贸易有限公司,上海市,南京西路100号（二楼）\n杭州听雨轩,杭州市,文三路“8”号"
    assert decode(text.encode(encoding)).lstrip("\ufeff") == text


def test_western_letters_in_latin_1_are_not_taken_for_chinese() -> None:
    text = "name;city\nMüller Bäckerei GmbH;Köln\nCafé José;Málaga\nSmørrebrød;København"
    assert decode(text.encode("latin-1")) == text


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found(sign: str) -> None:
    rows = [["name", "address", "note"], ["Acme", "Main St 5", "a, b; c"], ["Beta", "Road 7", "d|e"]]
    text = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    assert delimiter(text) == sign


def test_a_separator_named_in_the_first_line_holds() -> None:
    assert read(b"sep=;\nname;city\nAcme;Berlin\n", "x.csv").rows == [(3, ["Acme", "Berlin"])]


def test_headings_further_down_are_found_and_lines_keep_their_numbers() -> None:
    table = read((TABLES / "csvkit" / "test_skip_lines.csv").read_bytes(), "x.csv")
    assert (table.columns, table.rows) == (["a", "b", "c"], [(5, ["1", "2", "3"])])
    text = 'Customers of 2026,,\nmade by Li,,\n\nname,city,note\nAcme,Berlin,"two\nlines"\n\nBeta,Bonn,\n'
    assert [number for number, _cells in read(text.encode(), "x.csv").rows] == [5, 8]


def test_every_heading_is_there_once_and_empty_ones_get_a_letter() -> None:
    assert headings(["name", "", "name", "Name", "name"], 6) == ["name", "(B)", "name (2)", "Name", "name (3)", "(F)"]


def test_old_mac_lines_are_read() -> None:
    assert len(read((TABLES / "csvkit" / "mac_newlines.csv").read_bytes(), "x.csv").rows) == 2


def sheet(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def test_a_spreadsheet_gives_whole_numbers_without_a_point() -> None:
    table = read(sheet([["code", "price", "tel"], ["007", 18.0, 13800138000], ["A", 9.75, ""]]), "x.xlsx")
    assert table.rows == [(2, ["007", "18", "13800138000"]), (3, ["A", "9.75", ""])]


def test_days_in_spreadsheets_are_days_in_both_calendars() -> None:
    for name in ("date.xlsx", "date_1904.xlsx"):
        assert read((TABLES / "calamine" / name).read_bytes(), name).rows[0] == (2, ["2021-01-02", "16"])


def test_headings_of_a_spreadsheet_are_found_under_a_title() -> None:
    table = read((TABLES / "calamine" / "header-row.xlsx").read_bytes(), "x.xlsx")
    assert table.columns == ["Columns", "Column A", "Column B", "Column C"]
    assert table.rows[0][0] == 10


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for number in range(5):
            pack.writestr(f"xl/{number}.xml", b"0" * (100 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ((TABLES / "calamine" / "pass_protected.xlsx").read_bytes(), "password"),
        ((TABLES / "calamine" / "empty_sheet.xlsx").read_bytes(), "empty"),
        ((TABLES / "csvkit" / "empty.csv").read_bytes(), "empty"),
        ((TABLES / "csvkit" / "null_byte.csv").read_bytes(), "not a table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a table"),
        (b"PK\x03\x04 and then nothing", "not a table"),
        (b" \n \n", "empty"),
        (",".join(f"c{n}" for n in range(300)).encode() + b"\n1", "columns"),
        (b"name\n" + b"x" * 20_000, "characters"),
        (b"\xff\xfea", "damaged"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_plain_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(content, "x.csv")


def test_a_file_that_unpacks_to_far_too_much_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than"):
        read(bomb(), "x.xlsx")


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_looks_like_a_formula_leaves_as_text_and_comes_back_as_it_was(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"
    assert plain(neutral(cell)) == cell


def test_other_cells_stay_as_they_are() -> None:
    assert [neutral(cell) for cell in ("Acme", "'t Hooft", "1-2")] == ["Acme", "'t Hooft", "1-2"]
    assert plain("'t Hooft") == "'t Hooft"
