"""`reports/`: definitions, JSON, schema, and who may ask."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant
from courses.models import Session, SessionInstructor
from courses.operations import plans
from enrollments.reports import REPORTS
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.conftest import THE_DAY
from tests.enrollments.reports.roster import entry
from tests.stage import tokyo

ClientOf = Callable[[object], APIClient]

NO_FILTERS = {"fiscal_year": None, "program": None, "session": None, "from": None, "to": None}
PILLARS = {"training": "Training", "self_development": "Self-development"}


@pytest.fixture
def seminar(cast: Cast) -> Session:
    """ict completed after ten days, ict2 is still in progress; staff of another bureau was absent."""
    made = stage.session(stage.course(stage.program("研修A", title_en="Training A")))
    entry(cast, made, cast.ict, "completed", steps=[("completed", tokyo("2022-06-11 09:00"))])
    entry(cast, made, cast.ict2, "in_progress")
    entry(cast, made, cast.staff, "absent", bureau=cast.industry)
    return made


def asked(client: APIClient, address: str) -> Any:
    response = client.get(f"/api/v1/reports/{address}")
    assert response.status_code == 200, response.content
    return response.json()


def without_receipt(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what differs from run to run, once that was checked."""
    assert abs(dt.datetime.fromisoformat(body["watermark"]) - THE_DAY) < dt.timedelta(minutes=10)
    assert body["watermark"].endswith("+09:00")
    canonical = json.dumps(body["rows"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert body["digest"] == hashlib.sha256(canonical).hexdigest()
    return {name: value for name, value in body.items() if name not in {"watermark", "digest"}}


def test_completion(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    body = asked(client_of(cast.hr), "completion/?by=program&fiscal_year=2022")
    counts = {
        "applied": 3, "applied_people": 3, "decided": 3, "decided_people": 3, "attended": 0, "attended_people": 0,
        "completed": 1, "completed_people": 1, "participated": 0, "not_completed": 0, "absent": 1, "in_progress": 1,
        "given_up": 0, "exempt": 0, "attendance_rate": 0.0, "completion_rate": 0.3333,
        "adjusted_completion_rate": 0.3333,
    }  # fmt: skip
    program = seminar.course.program
    labels = {
        "total": ("Total", "boolean"),
        "id": ("ID", "uuid"),
        "name_ja": ("Name (Japanese)", "string"),
        "name_en": ("Name (English)", "string"),
        "pillar": ("Pillar", "string"),
        "applied": ("Applied (enrolments)", "integer"),
        "applied_people": ("Applied (people)", "integer"),
        "decided": ("Decided (enrolments)", "integer"),
        "decided_people": ("Decided (people)", "integer"),
        "attended": ("Attended (enrolments)", "integer"),
        "attended_people": ("Attended (people)", "integer"),
        "completed": ("Completed (enrolments)", "integer"),
        "completed_people": ("Completed (people)", "integer"),
        "participated": ("Participated, no certificate (enrolments)", "integer"),
        "not_completed": ("Not completed (enrolments)", "integer"),
        "absent": ("Absent (enrolments)", "integer"),
        "in_progress": ("In progress, not judged yet (enrolments)", "integer"),
        "given_up": ("Given up after the decision (enrolments)", "integer"),
        "exempt": ("Exempt (enrolments)", "integer"),
        "attendance_rate": ("Attendance rate", "number"),
        "completion_rate": ("Completion rate", "number"),
        "adjusted_completion_rate": ("Adjusted completion rate (without the exempt)", "number"),
    }
    assert without_receipt(body) == {
        "name": "completion",
        "title": "Applications, attendance and completion",
        "definition": REPORTS["completion"].DEFINITION.en,
        "parameters": {**NO_FILTERS, "fiscal_year": 2022, "by": "program"},
        "columns": [
            {"name": name, "label": label, "type": kind, **({"values": PILLARS} if name == "pillar" else {})}
            for name, (label, kind) in labels.items()
        ],
        "rows": [
            {"total": False, "id": str(program.public_id), "name_ja": "研修A", "name_en": "Training A",
             "pillar": "training", **counts},
            {"total": True, "id": None, "name_ja": "計", "name_en": "Total", "pillar": "training", **counts},
        ],
        "row_count": 2,
    }  # fmt: skip
    assert list(body["rows"][0]) == list(labels)


def test_cohort_completion(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    body = asked(client_of(cast.hr), "cohort-completion/?weeks=4")
    cohort = {
        "cohort": "2021", "name_ja": "令和3年度採用", "name_en": "Hired in fiscal year 2021", "pillar": "training", "size": 3,
    }  # fmt: skip
    labels = {
        "cohort": ("Cohort", "string"),
        "name_ja": ("Name (Japanese)", "string"),
        "name_en": ("Name (English)", "string"),
        "pillar": ("Pillar", "string"),
        "size": ("Size (enrolments)", "integer"),
        "week": ("Week", "integer"),
        "observed": ("Observed (enrolments)", "integer"),
        "reached": ("Reached (enrolments)", "integer"),
        "share": ("Share", "number"),
    }
    assert without_receipt(body) == {
        "name": "cohort-completion",
        "title": "Completion over the weeks, by hiring year or grade",
        "definition": REPORTS["cohort-completion"].DEFINITION.en,
        "parameters": {**NO_FILTERS, "cohort": "hiring_year", "weeks": 4, "result": "completed"},
        "columns": [
            {"name": name, "label": label, "type": kind, **({"values": PILLARS} if name == "pillar" else {})}
            for name, (label, kind) in labels.items()
        ],
        # Seats since 1 June, read on the 28th: 27 days, so week 4 is not over for anybody.
        "rows": [
            {**cohort, "week": 0, "observed": 3, "reached": 0, "share": 0.0},
            {**cohort, "week": 1, "observed": 3, "reached": 0, "share": 0.0},
            {**cohort, "week": 2, "observed": 3, "reached": 1, "share": 0.3333},
            {**cohort, "week": 3, "observed": 3, "reached": 1, "share": 0.3333},
            {**cohort, "week": 4, "observed": 0, "reached": None, "share": None},
        ],
        "row_count": 5,
    }


def test_an_empty_report_is_a_report(cast: Cast, client_of: ClientOf) -> None:
    body = asked(client_of(cast.hr), "completion/")
    assert (body["rows"], body["row_count"]) == ([], 0)
    assert without_receipt(body)["parameters"] == {**NO_FILTERS, "by": "program"}


def test_the_reader_chooses_the_language_and_the_rows_stay_the_same(
    cast: Cast, client_of: ClientOf, seminar: Session
) -> None:
    client = client_of(cast.hr)
    english = asked(client, "completion/")
    response = client.get("/api/v1/reports/completion/", headers={"accept-language": "ja"})
    japanese = response.json()
    assert japanese["title"] == "申込・受講・修了の状況"
    assert japanese["definition"].startswith("研修・回・所属局・職層ごとの")
    assert japanese["columns"][5]["label"] == "申込(延べ)"
    assert (japanese["rows"], japanese["digest"]) == (english["rows"], english["digest"])


def test_the_definitions(cast: Cast, client_of: ClientOf) -> None:
    body = asked(client_of(cast.hr), "")
    assert (body["next"], body["previous"]) == (None, None)
    first, second, *_ = body["results"]
    assert [(each["name"], each["title"]) for each in body["results"]] == [
        ("completion", "Applications, attendance and completion"),
        ("cohort-completion", "Completion over the weeks, by hiring year or grade"),
        ("audience-coverage", "Coverage of the audience"),
        ("plan-against-actual", "Plan against actual"),
    ]
    assert first["definition"].startswith("Applications, seats, attendance and completion, by programme")
    assert [parameter["name"] for parameter in first["parameters"]] == [*NO_FILTERS, "by"]
    assert second["parameters"][-2:] == [
        {"name": "weeks", "label": "Weeks to show", "type": "integer", "default": 12, "minimum": 0, "maximum": 52},
        {
            "name": "result",
            "label": "Result",
            "type": "string",
            "values": {"completed": "Completed", "attended": "Attended, no certificate", "either": "Either"},
            "default": "completed",
        },
    ]


def test_the_schema_of_a_report(cast: Cast, client_of: ClientOf) -> None:
    body = asked(client_of(cast.hr), "cohort-completion/schema/")
    assert list(body) == ["name", "title", "columns", "parameters_schema", "row_schema"]
    parameters, row = body["parameters_schema"], body["row_schema"]
    assert (parameters["required"], parameters["additionalProperties"]) == ([], False)
    assert parameters["properties"]["weeks"] == {
        "title": "Weeks to show", "type": "integer", "minimum": 0, "maximum": 52, "default": 12,
    }  # fmt: skip
    assert parameters["properties"]["from"] == {
        "title": "Reference date on or after", "type": "string", "format": "date",
    }  # fmt: skip
    assert row["required"] == [column["name"] for column in body["columns"]]
    assert row["properties"]["share"] == {"title": "Share", "type": ["number", "null"]}
    assert row["properties"]["pillar"] == {
        "title": "Pillar", "type": "string", "enum": ["training", "self_development"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "pointer", "code"),
    [
        ("completion/?weeks=3", "weeks", "unknown_parameter"),
        ("completion/?known_at=2022-06-01", "known_at", "unknown_parameter"),
        ("completion/?by=month", "by", "invalid"),
        ("completion/?by=", "by", "invalid"),
        ("completion/?by=grade&by=program", "by", "repeated_parameter"),
        ("completion/?fiscal_year=%EF%BC%92022", "fiscal_year", "invalid"),
        ("completion/?fiscal_year=2022.0", "fiscal_year", "invalid"),
        ("completion/?fiscal_year=1868", "fiscal_year", "out_of_range"),
        ("completion/?program=1", "program", "invalid"),
        ("completion/?from=2022-02-30", "from", "invalid"),
        ("completion/?to=20220401", "to", "invalid"),
        ("completion/?from=2022-04-02&to=2022-04-01", "to", "before_from"),
        ("cohort-completion/?weeks=53", "weeks", "out_of_range"),
        ("cohort-completion/?weeks=-1", "weeks", "invalid"),
        ("cohort-completion/?result=passed", "result", "invalid"),
        ("cohort-completion/?by=grade", "by", "unknown_parameter"),
        ("completion/schema/?by=grade", "by", "unknown_parameter"),
        ("?name=completion", "name", "unknown_parameter"),
        ("completion/?type=csv", "type", "unknown_parameter"),
    ],
)
def test_a_wrong_parameter_is_named(cast: Cast, client_of: ClientOf, address: str, pointer: str, code: str) -> None:
    response = client_of(cast.hr).get(f"/api/v1/reports/{address}")
    assert response.status_code == 400
    body = response.json()
    assert (body["code"], [(each["pointer"], each["code"]) for each in body["errors"]]) == (
        "invalid_input",
        [(pointer, code)],
    )


def test_all_wrong_parameters_are_named_at_once(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).get("/api/v1/reports/completion/?by=x&from=y&nothing=1")
    assert sorted(each["pointer"] for each in response.json()["errors"]) == ["by", "from", "nothing"]


@pytest.mark.parametrize("address", ["nothing/", "nothing/schema/", "nothing/file/?type=csv", "__init__/"])
def test_a_report_that_does_not_exist_is_not_found(cast: Cast, client_of: ClientOf, address: str) -> None:
    response = client_of(cast.hr).get(f"/api/v1/reports/{address}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


ADDRESSES = ["", "completion/", "completion/schema/", "completion/file/?type=csv", "cohort-completion/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_answers_for_nobody_reads_no_report(
    cast: Cast, client_of: ClientOf, anonymous: APIClient, seminar: Session, address: str
) -> None:
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.STATISTICS, during=ALWAYS)
    for somebody in (cast.staff, cast.ict, cast.trainer, cast.auditor):
        response = client_of(somebody).get(f"/api/v1/reports/{address}")
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert anonymous.get(f"/api/v1/reports/{address}").status_code == 401


def test_each_reader_counts_the_people_of_their_scope(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    other = stage.session(stage.course(stage.program("研修B")))
    entry(cast, other, cast.industry_head, "enrolled", bureau=cast.industry)
    manager = cast.user("ict")
    program = other.course.program.public_id
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    teacher = stage.instructor("佐藤", staff=cast.trainer)
    SessionInstructor.objects.create(session=other, instructor=teacher)

    def applied(somebody: object) -> list[tuple[str, int]]:
        rows = asked(client_of(somebody), "completion/")["rows"]
        return [(row["name_ja"], row["applied"]) for row in rows if not row["total"]]

    assert applied(cast.hr) == [("研修A", 3), ("研修B", 1)]
    assert applied(cast.bureau_hr) == [("研修A", 2)]
    assert applied(cast.head) == [("研修A", 2)]
    assert applied(cast.industry_head) == [("研修A", 1), ("研修B", 1)]
    assert applied(cast.trainer) == [("研修B", 1)]
    assert applied(cast.ict) == [("研修A", 1), ("研修B", 1)]  # the programme, and the own enrolment


HIRING_YEARS = ("cohort-completion/", "cohort-completion/?cohort=hiring_year", "cohort-completion/file/?type=csv")


def test_who_only_instructs_learns_no_hiring_year(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    SessionInstructor.objects.create(session=seminar, instructor=stage.instructor("佐藤", staff=cast.trainer))
    for address in HIRING_YEARS:
        refused = client_of(cast.trainer).get(f"/api/v1/reports/{address}")
        assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (
            403, "forbidden", "Instructors do not see figures by hiring year. Use cohort=grade.",
        )  # fmt: skip
    assert asked(client_of(cast.trainer), "cohort-completion/?cohort=grade&weeks=0")["rows"][0]["size"] == 3


def test_hiring_years_are_for_who_answers_for_the_people_or_runs_the_programme(
    cast: Cast, client_of: ClientOf, seminar: Session
) -> None:
    manager = cast.user("trainer")
    program = seminar.course.program.public_id
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    for somebody, size in ((cast.hr, 3), (cast.bureau_hr, 2), (cast.head, 2), (manager, 3)):
        (row,) = asked(client_of(somebody), "cohort-completion/?weeks=0")["rows"]
        assert (row["cohort"], row["size"]) == ("2021", size)


def test_an_instructor_of_an_outside_company_opens_no_door(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    SessionInstructor.objects.create(session=seminar, instructor=stage.instructor("外部講師"))
    assert client_of(cast.auditor).get("/api/v1/reports/").status_code == 403


def test_more_rows_take_no_more_statements(cast: Cast, client_of: ClientOf, seminar: Session) -> None:
    client = client_of(cast.hr)

    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(client, address)
        return len(captured)

    # Savepoint, watermark, grants, the report's statements, release.
    addresses = ("completion/", "cohort-completion/", "plan-against-actual/")
    before = [statements(address) for address in addresses]
    for _ in range(5):
        entry(cast, stage.session(stage.course()), cast.ict2, "completed", grade=cast.grades["bucho"])
    assert [statements(address) for address in addresses] == before == [6, 5, 6]


def test_plan_against_actual(cast: Cast, client_of: ClientOf) -> None:
    course = stage.course(stage.program("研修A"), title_ja="基礎")
    plan = plans.draft_plan(
        fiscal_year=2022,
        title_ja="計画",
        lines=[plans.PlanLineInput(course.program, course, 1, sessions=2, seats=60, yen=1_000_000)],
        by=None,
    )
    plans.approve_plan(plan_id=plan.pk, by=None)
    plans.publish_plan(plan_id=plan.pk, by=None)
    held = stage.session(course, status="published", capacity=25, starts_on=dt.date(2022, 6, 1))
    entry(cast, held, cast.ict, "enrolled")
    body = asked(client_of(cast.hr), "plan-against-actual/?plan=first")
    assert body["parameters"] == {"fiscal_year": 2022, "organization": None, "plan": "first"}
    assert body["definition"].startswith("A fiscal year as it was planned first")
    figures = {
        "first_sessions": 2, "first_seats": 60, "first_yen": 1_000_000, "current_sessions": 2, "current_seats": 60,
        "current_yen": 1_000_000, "sessions": 1, "held": 0, "cancelled": 0, "seats_offered": 25, "unlimited": 0,
        "decided": 1, "decided_people": 1, "sessions_difference": -1, "seats_difference": -35,
    }  # fmt: skip
    line = {
        "total": False, "standing": "kept", "pillar": "training", "program": str(course.program.public_id),
        "program_ja": "研修A", "program_en": "", "course": str(course.public_id), "course_ja": "基礎", "course_en": "",
        "quarter": 1, "provisional": False,
    }  # fmt: skip
    total = {
        **dict.fromkeys(("standing", "program", "course", "quarter")), "total": True, "pillar": "training",
        "program_ja": "計", "program_en": "Total", "course_ja": "", "course_en": "", "provisional": False,
    }  # fmt: skip
    assert body["rows"] == [line | figures, total | figures]
    assert list(body["rows"][0]) == [column["name"] for column in body["columns"]]
    file = client_of(cast.hr).get("/api/v1/reports/plan-against-actual/file/?type=csv&fiscal_year=2022")
    head, first, last = file.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Total,Standing in the plan,Pillar,Programme ID,Programme (Japanese),")
    assert first.endswith(
        ",研修A,,{},基礎,,1,false,2,60,1000000,2,60,1000000,1,0,0,25,0,1,1,-1,-35".format(line["course"])
    )
    assert last.startswith("true,,Training,,計,Total,")
    for somebody in (cast.staff, cast.auditor):
        assert client_of(somebody).get("/api/v1/reports/plan-against-actual/").status_code == 403
    refused = client_of(cast.hr).get("/api/v1/reports/plan-against-actual/?plan=second&quarter=1").json()
    assert {each["pointer"]: each["code"] for each in refused["errors"]} == {
        "plan": "invalid",
        "quarter": "unknown_parameter",
    }
