"""`me/opportunities/`: the sessions that are meant for the person, and why."""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from courses.models import AudiencePerson
from tests import stage
from tests.cast import Cast, post, repost
from tests.enrollments.scene import FOR_ICT, open_session

ClientOf = Callable[[object], APIClient]


def seen_by(client: APIClient, query: str = "") -> list[str]:
    response = client.get(f"/api/v1/me/opportunities/?{query}")
    assert response.status_code == 200, response.content
    return [row["title_ja"] for row in response.json()["results"]]


def test_a_session_is_shown_with_the_reason_why(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, title_ja="勉強会", selection="screening")
    [row] = client_of(cast.ict).get("/api/v1/me/opportunities/").json()["results"]
    assert (row["id"], row["title_ja"], row["phase"], row["open"]) == (str(session.public_id), "勉強会", "open", True)
    assert row["why"] == [
        {
            "condition": "job_family",
            "code": "met",
            "passed": True,
            "blocks": False,
            "required": "ICT",
            "actual": "ICT",
            "text": "Job family: for ICT (now: ICT).",
            "fix": None,
        },
        {
            "condition": "deciding",
            "code": "met",
            "passed": True,
            "blocks": False,
            "required": "Screening",
            "actual": "HR that runs the programme",
            "text": "How seats are given: Screening. HR that runs the programme decides by priority class, then the rank in the "
            "list of the bureau, then the order of applications (after 2022-07-10 17:00 and before it begins on 2022-07-14).",
            "fix": None,
        },
    ]
    plain = client_of(cast.ict).get("/api/v1/sessions/").json()["results"][0]
    assert row == plain | {"why": row["why"]}
    assert seen_by(client_of(cast.staff)) == []


def test_only_what_takes_or_will_take_applications_is_shown(cast: Cast, client_of: ClientOf) -> None:
    open_session(title_ja="受付中")
    open_session(title_ja="受付前", apply_from=stage.tokyo("2022-07-01 09:00"))
    open_session(title_ja="受付終了", apply_until=stage.tokyo("2022-06-27 17:00"))
    open_session(title_ja="未定", apply_from=None, apply_until=None)
    open_session(title_ja="準備中", status="draft")
    for selection in ("assigned", "nomination", "screening", "lottery"):
        open_session(title_ja=selection, selection=selection)
    open_session(title_ja="自由参加", selection="open")
    open_session(title_ja="中止", status="cancelled")
    open_session(title_ja="昨日まで", times=(), starts_on=dt.date(2022, 4, 1), ends_on=dt.date(2022, 6, 27))
    assert sorted(seen_by(client_of(cast.ict))) == [
        *("lottery", "nomination", "screening"),
        *("受付中", "受付前", "自由参加"),
    ]


def test_who_is_added_or_left_out_by_name(cast: Cast, client_of: ClientOf) -> None:
    audience = open_session(rule=FOR_ICT, title_ja="勉強会").course.audience
    AudiencePerson.objects.create(audience=audience, staff=cast.staff, kind="include", reason="庶務担当")
    AudiencePerson.objects.create(audience=audience, staff=cast.ict, kind="exclude", reason="受講済み")
    assert seen_by(client_of(cast.staff)) == ["勉強会"]
    assert seen_by(client_of(cast.ict)) == []


def test_each_session_counts_for_its_own_reference_date(cast: Cast, client_of: ClientOf) -> None:
    """Who leaves the ICT family in August is meant for July and not for September."""
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 8, 1)))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.office_family, during=DateRange(dt.date(2022, 8, 1), None))
    open_session(rule=FOR_ICT, title_ja="7月")
    open_session(rule=FOR_ICT, title_ja="9月", times=(("2022-09-14 14:00", "2022-09-14 16:00"),))
    open_session(
        rule={"organization": ["industry"]}, title_ja="10月", times=(("2022-10-01 14:00", "2022-10-01 16:00"),)
    )
    assert seen_by(client_of(cast.ict)) == ["7月", "10月"]


def test_the_list_pages_and_takes_as_many_statements_for_many_as_for_one(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ict)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            seen_by(client)
        return len(captured)

    def offer(month: int) -> None:
        times = ((f"2022-{month:02}-14 14:00", f"2022-{month:02}-14 16:00"),)
        open_session(rule={"any": [FOR_ICT, {"organization": ["digital"]}]}, title_ja=f"{month}月", times=times)

    offer(7)
    few = statements()
    for month in (8, 9, 10, 11):
        offer(month)
    assert statements() == few
    assert seen_by(client, "page_size=2&order=-starts_on") == ["11月", "10月"]
    first = client.get("/api/v1/me/opportunities/?page_size=3&count=true").json()
    second = client.get(first["next"]).json()
    assert [row["title_ja"] for row in first["results"] + second["results"]] == ["7月", "8月", "9月", "10月", "11月"]
    assert (first["count"], [len(row["why"]) for row in second["results"]]) == (5, [3, 3])
