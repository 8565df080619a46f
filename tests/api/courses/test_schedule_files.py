"""`sessions/file/` and `sessions/import/`: the schedule goes out as CSV and XLSX, and comes in over HTTP."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from academy.models import AuditEvent
from courses.models import Session
from courses.reports.schedule import CHOICES, HEADINGS
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.courses.schedules.files import csv_file, row, snapshot

ClientOf = Callable[[Any], APIClient]
FILE, IMPORT = "/api/v1/sessions/file/", "/api/v1/sessions/import/"


def send(client: APIClient, data: bytes, query: str = "", name: str = "日程.csv", **fields: Any) -> Any:
    form = {"file": SimpleUploadedFile(name, data), "fiscal_year": "2022", **fields}
    return client.post(IMPORT + query, form, format="multipart")


@pytest.mark.parametrize(
    ("query", "type_"),
    [
        ("type=csv", "text/csv; charset=utf-8; header=present"),
        ("type=csv&encoding=cp932", "text/csv; charset=shift_jis; header=present"),
        ("type=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_what_is_downloaded_is_sent_back_and_changes_nothing(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, query: str, type_: str
) -> None:
    catalogue.draft(title_ja="𠮷野の講座", capacity=20)
    catalogue.published(title_ja="公開")
    client = client_of(cast.hr)
    before = snapshot()
    found = client.get(f"{FILE}?{query}&fiscal_year=2022")
    kind = "xlsx" if "xlsx" in query else "csv"
    assert (found.status_code, found["Content-Type"], found["X-Content-Type-Options"]) == (200, type_, "nosniff")
    assert found["Content-Disposition"] == (
        f"attachment; filename=\"schedule_2022.{kind}\"; filename*=UTF-8''{quote(f'日程_2022年度.{kind}')}"
    )
    assert found.headers.get("X-Unmappable") == ("1" if "cp932" in query else None)
    sent = send(client, found.content)
    assert (sent.status_code, [sent.data[name] for name in ("created", "changed", "unchanged")]) == (200, [0, 0, 2])
    assert snapshot() == before


def test_the_whole_answer(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    draft = catalogue.draft(capacity=10)
    kept = catalogue.draft()
    data = csv_file(
        row(回="1", 定員="12", 担当者="内線1234"),
        row(回="2", 定員="", 開始="14:00", 終了="17:00"),
        row(日付="2022-09-01", 定員="5"),
    )
    data = data.replace("日付".encode(), "予定日".encode())
    found = send(client, data)
    assert found.status_code == 400
    assert [(each["pointer"], each["code"]) for each in found.json()["errors"]] == [("/rows/1/日付", "missing_column")]
    data = data.replace("予定日".encode(), "実施日".encode())
    found = send(client, data)
    made = Session.objects.get(ordinal=3)
    line: dict[str, Any] = {"course": "seminar", "fiscal_year": 2022, "title_ja": "セミナー"}
    assert (found.status_code, found.json()) == (
        200,
        {
            "created": 1,
            "changed": 2,
            "unchanged": 0,
            "ignored_columns": ["担当者"],
            "sessions": [
                {**line, "line": 2, "session": str(draft.public_id), "ordinal": 1, "outcome": "changed", "outcome_label": "Changed", "changed": ["定員", "コマ"]},
                {**line, "line": 3, "session": str(kept.public_id), "ordinal": 2, "outcome": "changed", "outcome_label": "Changed", "changed": ["コマ"]},
                {**line, "line": 4, "session": str(made.public_id), "ordinal": 3, "outcome": "created", "outcome_label": "Created", "changed": []},
            ],
        },
    )  # fmt: skip


def test_a_dry_run_says_what_would_be_and_changes_nothing(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.hr)
    draft = catalogue.draft(capacity=10)
    before, events = snapshot(), AuditEvent.objects.count()
    data = csv_file(row(回="1", 定員="12"), row(日付="2022-09-01", 定員="5"))
    tried = send(client, data, "?dry_run=true").json()
    assert (tried["dry_run"], tried["result"]["created"], tried["result"]["changed"]) == (True, 1, 1)
    assert [each["session"] for each in tried["result"]["sessions"]] == [str(draft.public_id), None]
    assert [each["action"] for each in tried["changes"]] == [
        "courses.change_session",
        "courses.create_session",
        "courses.import_schedule",
    ]
    assert (snapshot(), AuditEvent.objects.count()) == (before, events)
    done = send(client, data).json()
    assert (done["created"], done["changed"]) == (1, 1)
    refused = send(client, data.replace(b",12", b",x"), "?dry_run=true")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/rows/2/定員", "not_a_count")]


def test_bad_rows_are_named_in_the_readers_language(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    data = csv_file(row(定員="x"), row(定員="", 会場コード="attic"))
    body = send(client, data).json()
    assert body == {
        "type": "urn:digital-academy:problem:invalid_input",
        "title": "The input is not valid",
        "status": 400,
        "detail": "The file has 2 faults (2 of them in errors). Nothing was changed.",
        "code": "invalid_input",
        "errors": [
            {"pointer": "/rows/2/定員", "code": "not_a_count", "detail": "Write a whole number, not below 0."},
            {
                "pointer": "/rows/3/会場コード",
                "code": "unknown_venue",
                "detail": "There is no venue with this code. Check the list of venues.",
            },
        ],
    }
    client.credentials(HTTP_ACCEPT_LANGUAGE="ja")
    japanese = send(client, data).json()
    assert japanese["detail"] == "ファイルに2件の誤りがあります(errors に2件)。何も変更していません。"
    assert japanese["errors"][0]["detail"] == "0以上の整数で書いてください。"


def test_planners_reach_their_own_courses_alone(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    own = csv_file(row(講座コード="video"))
    other = csv_file(row())
    for somebody, data, refused in ((cast.bureau_hr, own, other), (catalogue.manager, other, own)):
        client = client_of(somebody)
        assert send(client, data).status_code == 200
        answer = send(client, refused).json()
        assert [(each["pointer"], each["code"]) for each in answer["errors"]] == [
            ("/rows/2/講座コード", "unknown_course")
        ]
        text = client.get(f"{FILE}?type=csv&fiscal_year=2022").content.decode("utf-8-sig")
        assert [line.split(",")[0] for line in text.splitlines()[1:]] == [data.decode().split("\r\n")[1].split(",")[0]]
    for nobody in (cast.staff, cast.auditor, cast.trainer, cast.head):
        client = client_of(nobody)
        assert client.get(f"{FILE}?type=csv").json()["code"] == "forbidden"
        assert send(client, own).json()["code"] == "forbidden"
    assert Session.objects.count() == 2


def test_a_file_is_of_one_programme_or_one_course(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    catalogue.draft(title_ja="甲")
    catalogue.draft(catalogue.video, title_ja="乙")

    def titles(query: str) -> list[str]:
        text = client.get(f"{FILE}?type=csv&{query}").content.decode("utf-8-sig")
        return sorted({line.split(",")[4] for line in text.splitlines()[1:]})

    assert titles("") == ["乙", "甲"]
    assert titles("fiscal_year=2023") == []
    assert titles(f"program={catalogue.own.public_id}") == ["乙"]
    assert titles(f"course={catalogue.seminar.public_id}") == ["甲"]
    assert titles(f"course={catalogue.seminar.public_id}&program={catalogue.own.public_id}") == []


@pytest.mark.parametrize(
    "query",
    ["", "type=pdf", "type=csv&encoding=utf-16", "type=csv&fiscal_year=x", "type=csv&fiscal_year=1999", "type=csv&year=2022", "type=csv&type=xlsx",
     "type=csv&program=00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_what_a_download_cannot_read_is_refused(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, query: str
) -> None:
    found = client_of(cast.hr).get(f"{FILE}?{query}")
    assert (found.status_code, found.json()["code"]) == (400, "invalid_input")


def test_a_form_without_its_parts_is_refused(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    for body in ({}, {"fiscal_year": "2022"}, {"fiscal_year": "22", "file": SimpleUploadedFile("x.csv", b"x")}):
        assert client.post(IMPORT, body, format="multipart").status_code == 400
    large = send(client, b"x" * ((16 << 20) + 1))
    assert [(each["pointer"], each["code"]) for each in large.json()["errors"]] == [("/file", "too_large")]
    unknown = send(client, csv_file(row()), colour="red")
    assert [(each["pointer"], each["code"]) for each in unknown.json()["errors"]] == [("/colour", "unknown_field")]
    assert send(client, csv_file(row()), "?colour=red").status_code == 400


def test_the_same_key_takes_a_file_in_once(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    client.credentials(HTTP_IDEMPOTENCY_KEY="once")
    first, second = send(client, csv_file(row())), send(client, csv_file(row()))
    assert (first.status_code, second.status_code, second["Idempotency-Replayed"]) == (200, 200, "true")
    assert first.json() == second.json()
    assert Session.objects.count() == 1
    assert send(client, csv_file(row(開始="9:00"))).status_code == 422


def test_every_cell_of_the_workbook_is_text_and_the_choices_stand_beside(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    catalogue.draft(title_ja='=HYPERLINK("x")', title_en="0012", capacity=3)
    content = client_of(cast.hr).get(f"{FILE}?type=xlsx&fiscal_year=2022").content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["日程", "選択肢"]
    rows = book.get_sheet_by_name("日程").to_python()
    assert rows[0] == list(HEADINGS)
    assert all(isinstance(cell, str) for each in rows for cell in each)
    assert rows[1][:9] == ["seminar", "2022", "1", "", '=HYPERLINK("x")', "0012", "準備中", "先着", "3"]
    choices = book.get_sheet_by_name("選択肢").to_python()
    assert choices[0] == list(CHOICES)
    assert choices[1][:7] == ["seminar", "セミナー", "online", "オンライン", "先着", "実施", "講座コード"]
    assert choices[2][:6] == ["video", "動画講座", "room", "会議室", "推薦", "アーカイブ"]


def test_a_text_that_begins_like_a_formula_is_none_in_csv(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    for title in ("=1", "＋1", "-1", "@x", "'x"):
        catalogue.draft(title_ja=title)
    text = client_of(cast.hr).get(f"{FILE}?type=csv&fiscal_year=2022").content.decode("utf-8-sig")
    cells = {line.split(",")[4] for line in text.splitlines()[1:]}
    assert cells == {"'=1", "'＋1", "'-1", "'@x", "''x"}
