"""`reports/{name}/file/`: CSV that Excel opens as it is, with the figures of the JSON."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from rest_framework.test import APIClient

from courses.models import Program, Session
from tests import stage
from tests.cast import Cast
from tests.enrollments.reports.roster import entry
from tests.stage import tokyo

ClientOf = Callable[[object], APIClient]
BOM = b"\xef\xbb\xbf"
HEADER = (
    "計,ID,名称,名称(英語),区分,申込(延べ),申込(実人数),決定(延べ),決定(実人数),受講(延べ),受講(実人数),修了(延べ),修了(実人数),"
    "参加(延べ),未修了(延べ),欠席(延べ),受講中・判定前(延べ),決定後の辞退・取消(延べ),免除(延べ),受講率,修了率,調整後修了率(免除を除く)"
)


@pytest.fixture
def seminar(cast: Cast) -> Session:
    """A title that needs quoting; one of three completed; and a programme that nobody got a seat in."""
    made = stage.session(stage.course(stage.program('研修A, "初級"')))
    entry(cast, made, cast.ict, "completed", steps=[("completed", tokyo("2022-06-11 09:00"))])
    entry(cast, made, cast.ict2, "in_progress")
    entry(cast, made, cast.head, "absent")
    entry(cast, stage.session(stage.course(stage.program("研修B"))), cast.ict, "applied", decided=None)
    return made


def download(client: APIClient, address: str, **headers: str) -> Any:
    response = client.get(f"/api/v1/reports/{address}", headers={"accept-language": "ja", **headers})
    assert response.status_code == 200, response.content
    return response


def table(content: bytes) -> list[list[str]]:
    """RFC 4180, read strictly: every line ends in CR LF, every row has as many cells as the header."""
    assert content.startswith(BOM)
    text = content.removeprefix(BOM).decode("utf-8")
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in found} == {len(found[0])}
    return found


def test_the_whole_file(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    response = download(client_of(cast.hr), "completion/file/?type=csv")
    a, b = seminar.course.program.public_id, Program.objects.get(title_ja="研修B").public_id
    lines = [
        HEADER,
        f'false,{a},"研修A, ""初級""",,研修,3,3,3,3,0,0,1,1,0,0,1,1,0,0,0.0000,0.3333,0.3333',
        f"false,{b},研修B,,研修,1,1,0,0,0,0,0,0,0,0,0,0,0,0,,,",
        "true,,計,Total,研修,4,3,3,3,0,0,1,1,0,0,1,1,0,0,0.0000,0.3333,0.3333",
    ]
    assert response.content == BOM + "".join(f"{line}\r\n" for line in lines).encode()
    json = client_of(cast.hr).get("/api/v1/reports/completion/").json()
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "X-Report-Digest")} == {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "X-Content-Type-Options": "nosniff",
        "X-Report-Digest": json["digest"],
    }
    assert response["X-Report-Watermark"] == json["watermark"]
    plain, full = response["Content-Disposition"].split("; ")[1:]
    assert response["Content-Disposition"].startswith("attachment; ")
    assert plain == 'filename="completion_2022-06-28.csv"'
    assert unquote(full.removeprefix("filename*=UTF-8''")) == "申込・受講・修了の状況_2022-06-28.csv"
    assert full.isascii()


@pytest.mark.parametrize(
    "address",
    ["completion/?by=grade", "completion/?by=session", "cohort-completion/?weeks=6", "completion/?fiscal_year=2030"],
)
def test_the_figures_are_those_of_the_json(cast: Cast, client_of: ClientOf, seminar: Session, address: str) -> None:
    client = client_of(cast.hr)
    body = client.get(f"/api/v1/reports/{address}", headers={"accept-language": "ja"}).json()
    header, *rows = table(download(client, address.replace("/?", "/file/?type=csv&")).content)
    assert header == [column["label"] for column in body["columns"]]
    assert [
        {column["name"]: _value(column, cell) for column, cell in zip(body["columns"], row, strict=True)}
        for row in rows
    ] == body["rows"]
    assert len(rows) == body["row_count"]


def _value(column: dict[str, Any], cell: str) -> Any:
    """What a cell says, by the type of its column."""
    if "values" in column:
        return {label: code for code, label in column["values"].items()}[cell]
    if column["type"] == "string":
        return cell
    if cell == "":
        return None
    if column["type"] == "boolean":
        return {"true": True, "false": False}[cell]
    return {"integer": int, "number": float, "uuid": str}[column["type"]](cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_title_is_never_a_formula(cast: Cast, client_of: ClientOf, start: str) -> None:
    title = f'{start}HYPERLINK("https://example.org","研修")'
    entry(cast, stage.session(stage.course(stage.program(title))), cast.ict, "enrolled")
    client = client_of(cast.hr)
    content = download(client, "completion/file/?type=csv").content
    (row, _) = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))[1:]
    assert row[2] == f"'{title}"
    assert client.get("/api/v1/reports/completion/").json()["rows"][0]["name_ja"] == title


def test_an_ordinary_title_is_left_as_it_is(cast: Cast, client_of: ClientOf) -> None:
    entry(cast, stage.session(stage.course(stage.program("A=B+C-D@E"))), cast.ict, "enrolled")
    assert table(download(client_of(cast.hr), "completion/file/?type=csv").content)[1][2] == "A=B+C-D@E"


def test_an_empty_report_is_a_header(cast: Cast, client_of: ClientOf) -> None:
    assert table(download(client_of(cast.hr), "completion/file/?type=csv").content) == [HEADER.split(",")]


def test_old_excel_gets_shift_jis_and_is_told_what_it_lacks(cast: Cast, client_of: ClientOf) -> None:
    entry(cast, stage.session(stage.course(stage.program("髙﨑〜𠮷野研修🎓"))), cast.ict, "enrolled")
    response = download(client_of(cast.hr), "completion/file/?type=csv&encoding=cp932")
    assert response.content.decode("cp932").splitlines()[1].split(",")[2] == "髙﨑～〓野研修〓"
    assert response["Content-Type"] == "text/csv; charset=shift_jis; header=present"
    assert unquote(response["X-Unmappable"]) == "🎓𠮷"
    assert "X-Unmappable" not in download(client_of(cast.hr), "completion/file/?type=csv")


def test_a_client_may_ask_for_csv_by_its_media_type(cast: Cast, client_of: ClientOf) -> None:
    response = download(client_of(cast.hr), "completion/file/?type=csv", accept="text/csv")
    assert response["Content-Type"].startswith("text/csv")
    refused = client_of(cast.hr).get("/api/v1/reports/completion/file/?type=pdf", headers={"accept": "text/csv"})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "type", "invalid"),
        ("?type=xlsx", "type", "invalid"),
        ("?type=csv&type=csv", "type", "repeated_parameter"),
        ("?type=csv&encoding=latin-1", "encoding", "invalid"),
        ("?type=csv&weeks=3", "weeks", "unknown_parameter"),
        ("?type=csv&by=x", "by", "invalid"),
    ],
)
def test_a_wrong_parameter_is_named(cast: Cast, client_of: ClientOf, query: str, pointer: str, code: str) -> None:
    response = client_of(cast.hr).get(f"/api/v1/reports/completion/file/{query}")
    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.json()["errors"]] == [(pointer, code)]
