"""`roster-imports/`: a file is sent, looked at, applied and undone over HTTP; what comes back is compared whole."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from academy.models import (
    Assignment,
    AuditEvent,
    IdempotencyRecord,
    Job,
    Role,
    RoleGrant,
    RosterImport,
    Staff,
    StaffStatus,
)
from academy.reports.roster import HEADINGS
from tests.cast import ALWAYS, Cast, account, repost
from tests.rosters import Line, exported, work, written

ClientOf = Callable[[Any], APIClient]
DAY = dt.date(2022, 7, 1)
HERE = "/api/v1/roster-imports/"


@pytest.fixture
def rows(cast: Cast) -> list[Line]:
    found = exported(cast.tmg, DAY, cast.hr)
    next(row for row in found if row["職員番号"] == cast.ict.staff_number)["所属コード"] = "trade"
    return found


def form(cast: Cast, content: bytes, **fields: Any) -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("名簿.csv", content, "text/csv"), "organization": str(cast.tmg.public_id),
        "mode": "snapshot", "effective_on": "2022-07-01", **fields,
    }  # fmt: skip


def send(client: APIClient, cast: Cast, content: bytes, **fields: Any) -> Any:
    return client.post(HERE, form(cast, content, **fields), format="multipart")


def test_from_the_upload_to_the_undoing(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    sent = send(client, cast, written(rows))
    assert sent.status_code == 201
    made = RosterImport.objects.get()
    assert (sent.data["id"], sent.data["status"]) == (made.public_id, "uploaded")
    work()
    address = f"{HERE}{made.public_id}/"
    body = client.get(address).json()
    assert body == {
        "id": str(made.public_id),
        "organization": str(cast.tmg.public_id),
        "organization_name_ja": "東京都",
        "issuer": str(cast.tmg.public_id),
        "mode": "snapshot",
        "mode_label": "Everybody of the organisation",
        "effective_on": "2022-07-01",
        "status": "ready",
        "status_label": "Ready to apply",
        "file_name": "名簿.csv",
        "file_format": "csv",
        "encoding": "utf-8-sig",
        "columns": made.columns,
        "unmapped": [],
        "lines": 6,
        "faults": 0,
        "serving_before": 6,
        "ending": 0,
        "summary": {
            "kinds": {"move": 1},
            "bureaus": [{"code": "industry", "name_ja": "産業労働局", "kinds": {"move": 1}}],
            "effects": {},
            "unreadable": 0,
        },
        "uploaded_by": "hr",
        "uploaded_at": body["uploaded_at"],
        "approved_by": None,
        "applied_by": None,
        "applied_at": None,
        "compensates": None,
        "steps": [
            {"old": "", "new": "uploaded", "by": "hr", "at": body["steps"][0]["at"]},
            {"old": "uploaded", "new": "ready", "by": "hr", "at": body["steps"][1]["at"]},
        ],
    }
    changes = client.get(f"{address}changes/?kind=move&bureau_after={cast.industry.public_id}").json()["results"]
    assert changes == [
        {
            "id": changes[0]["id"],
            "line": changes[0]["line"],
            "staff": str(cast.ict.public_id),
            "staff_number": "00000002",
            "name": "髙橋 花子",
            "kinds": ["move"],
            "kinds_label": "Move",
            "bureau_before": str(cast.digital.public_id),
            "bureau_before_name_ja": "デジタルサービス局",
            "bureau_after": str(cast.industry.public_id),
            "bureau_after_name_ja": "産業労働局",
            "before": {"organization": "skills", "organization_name_ja": "人材課"},
            "after": {"organization": "trade", "organization_name_ja": "商工課"},
        }
    ]
    applied = client.post(f"{address}apply/", {})
    assert (applied.status_code, applied.data["kind"], applied.data["status"]) == (
        202,
        "academy.apply_roster",
        "waiting",
    )
    work()
    job = client.get(f"/api/v1/jobs/{applied.data['id']}/").json()
    assert (job["status"], job["result"]["kinds"]) == ("done", {"move": 1})
    assert Assignment.objects.on(DAY).get(staff=cast.ict).organization == cast.trade
    assert client.post(f"{address}undo/", {}).status_code == 202
    work()
    assert Assignment.objects.on(DAY).get(staff=cast.ict).organization == cast.skills
    statuses = [(row["mode"], row["status"]) for row in client.get(HERE).json()["results"]]
    assert statuses == [("undo", "applied"), ("snapshot", "undone")]


def test_what_is_wrong_is_told_by_file_line_column_and_code(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    rows[0]["所属コード"], rows[2]["採用年月日"] = "nowhere", "R4.2.30"
    made = send(client_of(cast.hr), cast, written(rows)).data["id"]
    work()
    answer = client_of(cast.hr).get(f"{HERE}{made}/faults/").json()
    assert [(each["file"], each["line"], each["column"], each["code"]) for each in answer["results"]] == [
        ("名簿.csv", 2, "所属コード", "unknown_organization"),
        ("名簿.csv", 4, "採用年月日", "no_such_day"),
    ]
    assert all(each["detail"] for each in answer["results"])
    refused = client_of(cast.hr).post(f"{HERE}{made}/apply/", {})
    assert (refused.status_code, refused.data["code"]) == (409, "roster_not_ready")


def test_a_file_that_is_none_is_a_faulty_roster_and_no_fault_of_ours(cast: Cast, client_of: ClientOf) -> None:
    sent = send(client_of(cast.hr), cast, b"")
    assert (sent.status_code, sent.data["status"]) == (201, "faulty")
    codes = client_of(cast.hr).get(f"{HERE}{sent.data['id']}/faults/").json()["results"]
    assert [each["code"] for each in codes] == ["empty_file"]


def test_an_xlsx_file_is_read_too(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([dict(zip(HEADINGS, HEADINGS, strict=True)), *rows]):
            for place, heading in enumerate(HEADINGS):
                sheet.write_string(number, place, line[heading])
    made = send(client_of(cast.hr), cast, content.getvalue()).data["id"]
    work()
    body = client_of(cast.hr).get(f"{HERE}{made}/").json()
    assert (body["file_format"], body["status"], body["summary"]["kinds"]) == ("xlsx", "ready", {"move": 1})


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"mode": "undo"}, "/mode", "invalid"),
        ({"mode": "all"}, "/mode", "invalid_choice"),
        ({"effective_on": "2022-02-30"}, "/effective_on", "invalid"),
        ({"organization": "00000000-0000-7000-8000-000000000000"}, "/organization", "not_found"),
        ({"password": "x"}, "/password", "unknown_field"),
        ({"file": "text"}, "/file", "invalid"),
        ({"ladder": "nothing"}, "/ladder", "not_found"),
        ({"ladder": "\x00"}, "/ladder", "not_found"),
        ({"effective_on": "2020-01-01"}, "/organization", "organization_ended"),
    ],
)
def test_a_form_that_is_wrong_says_where(
    cast: Cast, rows: list[Line], client_of: ClientOf, fields: dict[str, Any], pointer: str, code: str
) -> None:
    refused = send(client_of(cast.hr), cast, written(rows), **fields)
    assert refused.status_code == 400
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]
    assert not RosterImport.objects.exists()


def test_a_broken_form_is_refused(cast: Cast, client_of: ClientOf) -> None:
    refused = client_of(cast.hr).generic("POST", HERE, "--x\r\nnothing", "multipart/form-data")
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(cast: Cast, client_of: ClientOf) -> None:
    refused = client_of(cast.hr).generic(
        "POST", HERE, "--x", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(10 << 30)
    )
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too_large")


def test_hr_brings_in_the_roster_of_its_own_scope_alone(cast: Cast, client_of: ClientOf) -> None:
    own = [row for row in exported(cast.tmg, DAY, cast.hr) if row["所属コード"] == "skills"]
    bureau_hr = client_of(cast.bureau_hr)
    assert send(bureau_hr, cast, written(own)).status_code == 403
    sent = send(bureau_hr, cast, written(own), organization=str(cast.digital.public_id))
    assert sent.status_code == 201
    industry = account("industry-hr")
    RoleGrant.objects.create(user=industry, role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS)
    assert client_of(industry).get(f"{HERE}{sent.data['id']}/").status_code == 404
    assert client_of(industry).get(HERE).json()["results"] == []
    assert client_of(cast.ict).get(HERE).status_code == 403


def test_a_hidden_person_is_no_row_for_who_does_not_see_them(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    """Central HR brings in the roster of the bureau; its HR reads the same list without the hidden."""
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    own = [row for row in exported(cast.tmg, DAY, cast.hr) if row["所属コード"] == "skills"]
    for row in own:
        row["職名"] = "主事"
    made = send(client_of(cast.hr), cast, written(own), organization=str(cast.digital.public_id)).data["id"]
    work()
    for client, people in ((client_of(cast.hr), 4), (client_of(cast.bureau_hr), 3)):
        listed = client.get(f"{HERE}{made}/changes/?count=true").json()
        assert (listed["count"], len(listed["results"])) == (people, people)


def test_what_only_hr_of_today_is_told_is_gone_from_the_list_of_who_is_not(cast: Cast, client_of: ClientOf) -> None:
    """The bureau's roster ended a leave; since then the person has moved to another bureau."""
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", reason="病気休職", during=ALWAYS)
    own = [row for row in exported(cast.tmg, DAY, cast.hr) if row["所属コード"] == "skills"]
    for row in own:
        row["職名"], row["状況"] = "主事", "なし"
    made = send(client_of(cast.bureau_hr), cast, written(own), organization=str(cast.digital.public_id)).data["id"]
    work()
    shown = f"{HERE}{made}/changes/?kind=status"
    assert "statuses" in client_of(cast.bureau_hr).get(shown).json()["results"][0]["before"]
    repost(cast.ict, organization=cast.trade)
    assert client_of(cast.bureau_hr).get(shown).json()["results"][0]["before"] == {"post": ""}
    assert "statuses" in client_of(cast.hr).get(shown).json()["results"][0]["before"]


def test_a_right_that_is_gone_when_the_job_runs_applies_nothing(
    cast: Cast, rows: list[Line], client_of: ClientOf
) -> None:
    made = send(client_of(cast.hr), cast, written(rows)).data["id"]
    work()
    job = client_of(cast.hr).post(f"{HERE}{made}/apply/", {}).data["id"]
    RoleGrant.objects.filter(user=cast.hr).delete()
    work()
    assert (Job.objects.get(public_id=job).status, RosterImport.objects.get().status) == ("failed", "ready")


def test_the_same_key_takes_the_same_file_in_once(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    client, content = client_of(cast.hr), written(rows)
    headers = {"Idempotency-Key": "april"}
    first = client.post(HERE, form(cast, content), format="multipart", headers=headers)
    again = client.post(HERE, form(cast, content), format="multipart", headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert RosterImport.objects.count() == IdempotencyRecord.objects.count() == 1
    other = client.post(HERE, form(cast, written(rows[1:])), format="multipart", headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_that_goes_out_comes_in_without_a_change(cast: Cast, client_of: ClientOf, kind: str) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(former_name="=cmd|' /C calc'!A0", email="hanako@example.jp")
    address = f"{HERE}file/?organization={cast.tmg.public_id}&type={kind}&as_of=2022-07-01"
    file = client_of(cast.hr).get(address)
    assert file.status_code == 200
    event = AuditEvent.objects.get(action="academy.record_export")
    assert (event.by, event.target, event.detail) == (
        cast.hr, cast.tmg.public_id, {"as_of": "2022-07-01", "type": kind},
    )  # fmt: skip
    assert f"roster_TMG_2022-07-01.{kind}" in file["Content-Disposition"]
    assert kind == "xlsx" or "'=cmd|" in file.content.decode("utf-8-sig"), "no cell begins as a formula"
    Staff.objects.filter(pk=cast.ict.pk).update(former_name="旧姓")
    file = client_of(cast.hr).get(address)
    made = send(client_of(cast.hr), cast, file.content).data["id"]
    work()
    body = client_of(cast.hr).get(f"{HERE}{made}/").json()
    assert (body["status"], body["summary"]["kinds"], body["lines"]) == ("ready", {}, 6)


def test_the_file_is_of_the_scope_alone(cast: Cast, client_of: ClientOf) -> None:
    address = f"{HERE}file/?organization={cast.tmg.public_id}&type=csv"
    assert client_of(cast.bureau_hr).get(address).status_code == 403
    assert client_of(cast.hr).get(f"{address}&colour=red").status_code == 400
    own = client_of(cast.bureau_hr).get(f"{HERE}file/?organization={cast.digital.public_id}&type=csv")
    assert own.content.decode("utf-8-sig").count("\r\n") == 5


def test_a_rehearsal_takes_nothing_in(cast: Cast, rows: list[Line], client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    rehearsed = client.post(f"{HERE}?dry_run=true", form(cast, written(rows)), format="multipart")
    assert (rehearsed.status_code, rehearsed.data["dry_run"]) == (200, True)
    assert not RosterImport.objects.exists()
    assert not Job.objects.exists()
