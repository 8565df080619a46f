"""Fiscal year 2022 of the source text, planned and scheduled through the API: all of it, and what changes in a year.

What the source text gives (titles, tiers, target groups, 5/26, 5/27, 6/2, 6/27, 14 days, ten seminars) comes from
`courses/data/programs_fy2022.yaml`, line by line; times of day, rooms and windows are samples there. Moved, cancelled
and double-booked sessions are invented: the source tells of none.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from academy.business_days import is_business_day
from academy.models import RoleGrant, User
from academy.operations.reference_data import data_file
from courses.models import Course, Meeting, Program, Session, Venue
from enrollments.models import Enrollment
from tests.cast import ALWAYS, Cast

YEAR = 2022
DATA = data_file("courses", "programs_fy2022.yaml")
POLICIES = data_file("courses", "completion_policies.yaml")["completion_policies"]


class Office:
    """HR at work: calls the API, and takes no refusal that it did not expect."""

    def __init__(self, user: User) -> None:
        self.client = APIClient(headers={"accept-language": "en"})
        self.client.force_authenticate(user)

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, expect: int | None = None) -> Any:
        return self._checked(self.client.post(f"/api/v1/{path}", body or {}, format="json"), expect)

    def get(self, path: str) -> Any:
        return self._checked(self.client.get(f"/api/v1/{path}"), 200)

    def everything(self, path: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        url: str | None = f"/api/v1/{path}"
        while url:
            page = self._checked(self.client.get(url), 200)
            found += page["results"]
            url = page["next"]
        return found

    @staticmethod
    def _checked(response: Any, expect: int | None) -> Any:
        good = response.status_code == expect if expect else response.status_code < 300
        assert good, (response.request["PATH_INFO"], response.status_code, response.content.decode())
        return response.json() if response.content else None


def at(day: dt.date | str, time: str) -> str:
    return f"{day}T{time}:00+09:00"


def working_days(first: dt.date) -> Iterator[dt.date]:
    day = first
    while True:
        if is_business_day(day):
            yield day
        day += dt.timedelta(days=1)


@pytest.fixture
def hr(cast: Cast) -> Office:
    return Office(cast.hr)


@pytest.fixture
def second(cast: Cast) -> Office:
    """Approves what `hr` drafted."""
    user = User.objects.create(username="hr2")
    RoleGrant.objects.create(user=user, role="academy_hr", during=ALWAYS)
    return Office(user)


class Year:
    """The catalogue and the schedule, made call by call; ids by code."""

    def __init__(self, hr: Office) -> None:
        self.hr = hr
        self.venues: dict[str, str] = {}
        self.courses: dict[str, str] = {}
        self.programs: dict[str, str] = {}
        self.sessions: dict[tuple[str, int], str] = {}
        self.instructors: dict[str, str] = {}
        exam = self._examination()
        self.policies = {entry["code"]: self._policy(entry, exam) for entry in POLICIES}
        for entry in DATA["venues"]:
            body = {"code": entry["code"], "name_ja": entry["ja"], "name_en": entry["en"]}
            more = {name: entry[name] for name in ("seats", "online") if name in entry}
            self.venues[entry["code"]] = hr.post("venues/", {**body, **more})["id"]
        for entry in DATA["programs"]:
            self._offer(entry)
        for entry in DATA["programs"]:
            for plan in entry.get("sessions", ()):
                self._schedule(entry["code"], plan)

    def _examination(self) -> str:
        (entry,) = data_file("courses", "exam_schemes.yaml")["exam_schemes"]
        body = {"code": entry["code"], "name_ja": entry["ja"], "name_en": entry["en"]}
        marks = {"total_max": entry["total_max"], "total_min": entry["total_min"]}
        fields = [
            {
                "code": each["code"],
                "name_ja": each["ja"],
                "score_max": each["score_max"],
                "score_min": each["score_min"],
            }
            for each in entry["fields"]
        ]
        return str(self.hr.post("exam-schemes/", {**body, **marks, "exam_fields": fields})["id"])

    def _policy(self, entry: Mapping[str, Any], exam: str) -> str:
        numerator, denominator = entry.get("attendance", (0, 1))
        body = {
            "code": entry["code"],
            "name_ja": entry["ja"],
            "name_en": entry["en"],
            "certifies": entry.get("certifies", True),
            "attendance_numerator": numerator,
            "attendance_denominator": denominator,
            "all_lessons": entry.get("all_lessons", False),
            "exam": exam if "exam" in entry else None,
            "proposal": entry.get("proposal", False),
        }
        return str(self.hr.post("completion-policies/", body)["id"])

    def _offer(self, entry: Mapping[str, Any]) -> None:
        """A programme with its one course, for whom it is, and its content."""
        titles = {"code": entry["code"], "title_ja": entry["ja"], "title_en": entry["en"]}
        kinds = {name: entry[name] for name in ("tier", "mode", "pillar") if name in entry}
        program = self.programs[entry["code"]] = self.hr.post("programs/", {**titles, **kinds})["id"]
        body = {
            **titles,
            "program": program,
            "policy": self.policies[entry["policy"]],
            "repeatable": entry.get("repeatable", False),
            "rule": entry["audience"]["rule"],
            "note_ja": entry["audience"]["note_ja"],
        }
        course = self.courses[entry["code"]] = self.hr.post("courses/", body)["id"]
        for part in entry.get("modules", ()):
            module = self.hr.post("modules/", {"course": course, "title_ja": part["ja"], "title_en": part["en"]})
            for lesson in part["lessons"]:
                body = {"module": module["id"], "title_ja": lesson["ja"], "seconds": lesson["seconds"]}
                self.hr.post("lessons/", body)

    def _schedule(self, code: str, plan: Mapping[str, Any]) -> None:
        opens, closes = plan.get("window", (None, None))
        meetings = list(self._meetings(plan))
        body = {
            "course": self.courses[code],
            "title_ja": plan["ja"],
            "title_en": plan["en"],
            "ordinal": plan["ordinal"],
            "selection": plan.get("selection", "first_come"),
            "capacity": plan.get("capacity"),
            "apply_from": at(opens, "09:00") if opens else None,
            "apply_until": at(closes, "17:00") if closes else None,
            "instructors": [self.instructor(each) for each in plan.get("instructors", ())],
        }
        days = {} if meetings else {"starts_on": str(plan["starts_on"]), "ends_on": str(plan["ends_on"])}
        session = self.hr.post("sessions/", {**body, **days, "meetings": meetings})["id"]
        self.sessions[code, plan["ordinal"]] = session
        if plan["status"] != "draft":
            self.hr.post(f"sessions/{session}/publish/")
        if plan["status"] == "finished":
            self.hr.post(f"sessions/{session}/finish/")

    def _meetings(self, plan: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        series = plan.get("series")
        if series:
            for day, title in zip(working_days(series["from"]), series["titles"], strict=False):
                yield self._meeting({**series, "day": day, "ja": title})
        for entry in plan.get("meetings", ()):
            yield self._meeting(entry)

    def _meeting(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        titles = {"title_ja": entry.get("ja", ""), "title_en": entry.get("en", "")}
        if "month" in entry:
            return {"month": str(entry["month"]), **titles}
        times = {"starts_at": at(entry["day"], entry["start"]), "ends_at": at(entry["day"], entry["end"])}
        return {**times, **titles, "venue": self.venues[entry["venue"]]}

    def instructor(self, entry: Mapping[str, str]) -> str:
        """From outside, with an affiliation and no account."""
        name = entry.get("name") or "佐藤 四郎"
        if name not in self.instructors:
            body = {"name": name, "affiliation": entry.get("affiliation", "")}
            self.instructors[name] = self.hr.post("instructors/", body)["id"]
        return self.instructors[name]

    def session(self, code: str, ordinal: int) -> Any:
        return self.hr.get(f"sessions/{self.sessions[code, ordinal]}/")

    def add(self, code: str, **body: Any) -> Any:
        """One more session, published."""
        made = self.hr.post("sessions/", {"course": self.courses[code], **body})
        return self.hr.post(f"sessions/{made['id']}/publish/")


@pytest.fixture
def year(cast: Cast, hr: Office) -> Year:
    return Year(hr)


def test_the_year_stands_as_the_source_text_tells_it(year: Year, hr: Office) -> None:
    assert (len(hr.everything("programs/")), Course.objects.count()) == (21, 21)
    listed = hr.everything(f"sessions/?fiscal_year={YEAR}&page_size=5")
    assert len(listed) == len(year.sessions) == Session.objects.count()
    held = {(code, number): year.session(code, number)["starts_on"] for code, number in year.sessions}
    # Lines 28, 33 and 43 of the source text; line 41: fourteen days, all of them working days.
    assert held["exec-seminar", 1] == "2022-05-26"
    assert (held["innov-seminar", 1], held["innov-seminar", 2]) == ("2022-05-27", "2022-06-27")
    assert held["ict-study", 1] == "2022-06-02"
    days = Meeting.objects.filter(session__public_id=year.sessions["ict-new", 1])
    assert days.count() == 14
    assert all(is_business_day(each.during.lower.date()) for each in days if each.during)
    lecturers = year.session("exec-seminar", 1)["instructors"]
    assert [(each["name"], each["affiliation"]) for each in lecturers] == [
        ("伊藤かつら", "人事院人事官"),
        ("宮坂学", "東京都副知事"),
    ]
    # What lies ahead is known by its month, and stays a draft.
    ahead = year.session("kacho-dx", 1)
    assert (ahead["status"], ahead["meetings"][0]["precision"], ahead["meetings"][0]["month"]) == (
        "draft",
        "month",
        "2022-08-01",
    )


def test_a_lecturer_is_not_booked_twice(year: Year, hr: Office) -> None:
    lecturer = [year.instructor({"name": "講師A(サンプル)"})]
    afternoon = [{"starts_at": at("2022-07-20", "14:00"), "ends_at": at("2022-07-20", "15:30")}]
    taken = year.add("innov-seminar", title_ja="第3回", meetings=afternoon, instructors=lecturer)
    overlapping = [{"starts_at": at("2022-07-20", "15:00"), "ends_at": at("2022-07-20", "17:00")}]
    draft = hr.post(
        "sessions/", {"course": year.courses["tool-study"], "meetings": overlapping, "instructors": lecturer}
    )
    told = hr.get(f"sessions/{draft['id']}/conflicts/")["conflicts"]
    assert [(each["code"], each["severity"]) for each in told if each["severity"] == "refused"] == [
        ("instructor_teaches", "refused")
    ]
    assert hr.post(f"sessions/{draft['id']}/publish/", expect=409)["code"] == "instructor_not_free"
    assert hr.get(f"sessions/{draft['id']}/")["status"] == "draft"
    assert hr.get(f"sessions/{taken['id']}/")["status"] == "published"


def plan_lines(year: Year) -> list[dict[str, Any]]:
    """Ten seminars, as line 52 promises; study sessions one in each of the first two quarters."""
    seminar = {"program": year.programs["innov-seminar"], "sessions": 10, "seats": 3000}
    study = {"program": year.programs["ict-study"], "sessions": 1, "seats": 60, "yen": 100_000}
    return [seminar, {**study, "quarter": 1}, {**study, "quarter": 2}]


def planned(year: Year, hr: Office, second: Office) -> str:
    plan = hr.post("program-plans/", {"fiscal_year": YEAR, "title_ja": "令和4年度研修計画", "lines": plan_lines(year)})[
        "id"
    ]
    assert hr.post(f"program-plans/{plan}/approve/", expect=409)["code"] == "plan_needs_second_person"
    second.post(f"program-plans/{plan}/approve/")
    return str(hr.post(f"program-plans/{plan}/publish/")["id"])


def seminars_and_studies(hr: Office) -> dict[tuple[str, int | None], tuple[int, ...]]:
    """By programme and quarter: planned first, planned now, on the timetable, held, cancelled."""
    rows = hr.get(f"reports/plan-against-actual/?fiscal_year={YEAR}")["rows"]
    names = ("first_sessions", "current_sessions", "sessions", "held", "cancelled")
    wanted = {"都庁デジタル・イノベーションセミナー": "seminar", "スキルアップ勉強会": "study"}
    return {
        (wanted[row["program_ja"]], row["quarter"]): tuple(row[name] for name in names)
        for row in rows
        if row["program_ja"] in wanted
    }


def test_a_session_moves_across_the_quarters_end_and_one_is_cancelled(
    cast: Cast, year: Year, hr: Office, second: Office
) -> None:
    plan = planned(year, hr, second)
    evening = [{"starts_at": at("2022-06-30", "17:45"), "ends_at": at("2022-06-30", "18:45")}]
    study = year.add("ict-study", title_ja="第2回", capacity=60, selection="first_come", meetings=evening)
    hr.post(f"sessions/{study['id']}/open/")
    ict = Office(cast.user("ict"))
    seat = ict.post("enrollments/", {"session": study["id"]})["id"]
    assert seminars_and_studies(hr) == {
        ("seminar", None): (10, 10, 2, 2, 0),
        ("study", 1): (1, 1, 2, 1, 0),
        ("study", 2): (1, 1, 0, 0, 0),
    }

    body = {
        "reason": "会場の都合",
        "meetings": [
            {
                "id": study["meetings"][0]["id"],
                "starts_at": at("2022-07-07", "17:45"),
                "ends_at": at("2022-07-07", "18:45"),
            }
        ],
    }
    preview = hr.post(f"sessions/{study['id']}/reschedule/?dry_run=true", body)["result"]
    assert (preview["told"], preview["clashes"]["count"]) == (1, 0)
    assert hr.get(f"sessions/{study['id']}/")["starts_on"] == "2022-06-30"
    assert hr.post(f"sessions/{study['id']}/reschedule/", body, expect=409)["code"] == "needs_confirmation"
    moved = hr.post(f"sessions/{study['id']}/reschedule/", {**body, "confirm": preview["digest"]})
    assert (moved["starts_on"], moved["ordinal"], moved["fiscal_year"]) == ("2022-07-07", 2, YEAR)
    assert Enrollment.objects.get(public_id=seat).reference_date == dt.date(2022, 7, 7)
    assert seminars_and_studies(hr) == {
        ("seminar", None): (10, 10, 2, 2, 0),
        ("study", 1): (1, 1, 1, 1, 0),
        ("study", 2): (1, 1, 1, 0, 0),
    }

    tools = year.add(
        "tool-study",
        title_ja="第1回",
        selection="open",
        meetings=[{"starts_at": at("2022-07-21", "14:00"), "ends_at": at("2022-07-21", "16:00")}],
    )
    hr.post(f"sessions/{tools['id']}/open/")
    ict.post("enrollments/", {"session": tools["id"]})
    reason = {"reason": "講師の都合"}
    preview = hr.post(f"sessions/{tools['id']}/cancel/?dry_run=true", reason)["result"]
    assert preview["told"] == 1
    gone = hr.post(f"sessions/{tools['id']}/cancel/", {**reason, "confirm": preview["digest"]})
    assert gone["status"] == "cancelled"
    assert [(each["kind"], each["title"]) for each in ict.get("notices/")["results"]] == [
        ("session_cancelled", "Cancelled: 第1回"),
        ("session_rescheduled", "Rescheduled: 第2回"),
    ]

    # The plan is revised in mid-year; what was first promised stays beside it.
    revised = hr.post(f"program-plans/{plan}/revise/", {"note": "年度途中の見直し"})["id"]
    lines = [{**line, "sessions": 8} if line["sessions"] == 10 else line for line in plan_lines(year)]
    hr.post(f"program-plans/{revised}/lines/", {"lines": lines})
    second.post(f"program-plans/{revised}/approve/")
    hr.post(f"program-plans/{revised}/publish/")
    assert seminars_and_studies(hr)["seminar", None] == (10, 8, 2, 2, 0)


def test_the_schedule_goes_through_excel_unchanged(year: Year, hr: Office) -> None:
    """What HR gets as a file can be sent back: nothing changes."""
    for kind in ("csv", "xlsx"):
        response = hr.client.get(f"/api/v1/sessions/file/?fiscal_year={YEAR}&type={kind}")
        assert response.status_code == 200
        file = SimpleUploadedFile(f"schedule.{kind}", response.content)
        answer = hr.client.post(
            "/api/v1/sessions/import/?dry_run=true", {"file": file, "fiscal_year": YEAR}, format="multipart"
        )
        assert answer.status_code == 200, answer.content.decode()
        result = answer.json()["result"]
        assert (result["created"], result["changed"], result["unchanged"]) == (0, 0, len(year.sessions))


def test_every_room_is_a_row_and_no_programme_is_a_special_case(year: Year) -> None:
    assert Venue.objects.count() == len(DATA["venues"])
    assert {each.code for each in Program.objects.all()} == {entry["code"] for entry in DATA["programs"]}
