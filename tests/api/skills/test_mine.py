"""`me/skill-map/` and `me/tasks/`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from courses.models import CourseSkill
from skills.models import AssessmentCycle, JobType, JobTypeAssignment, SkillFramework
from skills.operations import assessments
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.conftest import Clock
from tests.skills import small_map
from tests.skills.small_map import CLOSES, items, rate, started, submitted

ClientOf = Callable[[object], APIClient]


def test_the_map_shows_levels_radar_and_fit(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    assessment = submitted(cast, cycle, 3, 1, 2)
    first, second, third = items(framework)
    assessments.confirm(
        assessment_id=assessment.pk,
        ratings=[{"item": first.public_id, "confirmed_level": 2}],
        by=cast.user("head"),
    )
    planner, analyst = JobType.objects.order_by("number")
    JobTypeAssignment.objects.create(staff=cast.ict, job_type=planner, kind="wanted", during=ALWAYS)
    business, data = framework.categories.order_by("position")
    course = stage.course(title_ja="企画の実践", title_en="Planning")
    for item, level in ((first, 3), (second, 1), (third, 3)):  # the second is not raised as high as is required
        CourseSkill.objects.create(course=course, item=item, level=level)
    CourseSkill.objects.create(course=stage.course(), item=first, level=2)
    leading = {"course": str(course.public_id), "title_ja": "企画の実践", "title_en": "Planning", "level": 3}
    body = client_of(cast.ict).get("/api/v1/me/skill-map/").json()
    named = {
        1: {"item": str(first.public_id), "number": 1, "name_ja": "企画", "name_en": "Planning"},
        2: {"item": str(second.public_id), "number": 2, "name_ja": "要件定義", "name_en": "Requirements"},
        3: {"item": str(third.public_id), "number": 3, "name_ja": "分析", "name_en": "Analytics"},
    }
    assert body == {
        "results": [
            {
                "assessment": str(assessment.public_id),
                "status": "confirmed",
                "status_label": "Confirmed",
                "cycle": str(cycle.public_id),
                "cycle_name_ja": "2022年度",
                "cycle_name_en": "FY2022",
                "fiscal_year": 2022,
                "framework": str(framework.public_id),
                "framework_name_ja": "小さなマップ",
                "framework_name_en": "Small map",
                "framework_version": "1",
                "sample": True,
                "sample_label": "Sample",
                "items": [
                    {**named[1], "self_level": 3, "confirmed_level": 2},
                    {**named[2], "self_level": 1, "confirmed_level": 1},
                    {**named[3], "self_level": 2, "confirmed_level": 2},
                ],
                "radar": [
                    {
                        "category": str(business.public_id),
                        "name_ja": "ビジネス",
                        "name_en": "Business",
                        "items": 2,
                        "self_mean": 2.0,
                        "self_present": 2,
                        "confirmed_mean": 1.5,
                        "confirmed_present": 2,
                    },
                    {
                        "category": str(data.public_id),
                        "name_ja": "データ",
                        "name_en": "Data",
                        "items": 1,
                        "self_mean": 2.0,
                        "self_present": 1,
                        "confirmed_mean": 2.0,
                        "confirmed_present": 1,
                    },
                ],
                "job_types": [
                    {
                        "job_type": str(analyst.public_id),
                        "number": 2,
                        "name_ja": "分析者",
                        "name_en": "Analyst",
                        "held": [],
                        "share": 1.0,
                        "met": 2,
                        "required": 2,
                        "unknown": 0,
                        "gaps": [
                            {**named[2], "required": 1, "actual": 1, "gap": 0, "courses": []},
                            {**named[3], "required": 2, "actual": 2, "gap": 0, "courses": []},
                        ],
                    },
                    {
                        "job_type": str(planner.public_id),
                        "number": 1,
                        "name_ja": "企画者",
                        "name_en": "Planner",
                        "held": [{"kind": "wanted", "kind_label": "Wanted"}],
                        "share": 0.0,
                        "met": 0,
                        "required": 2,
                        "unknown": 0,
                        "gaps": [
                            {**named[1], "required": 3, "actual": 2, "gap": 1, "courses": [leading]},
                            {**named[2], "required": 2, "actual": 1, "gap": 1, "courses": []},
                        ],
                    },
                ],
            }
        ]
    }


def test_what_is_not_answered_is_unknown(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    rate(cast, started(cast, cycle), 3)
    [shown] = client_of(cast.ict).get("/api/v1/me/skill-map/").json()["results"]
    assert [(row["number"], row["self_level"], row["confirmed_level"]) for row in shown["items"]] == [
        (1, 3, None),
        (2, None, None),
        (3, None, None),
    ]
    assert [(axis["self_mean"], axis["self_present"], axis["items"]) for axis in shown["radar"]] == [
        (3.0, 1, 2),
        (None, 0, 1),
    ]
    fits = [(fit["name_en"], fit["share"], fit["met"], fit["unknown"]) for fit in shown["job_types"]]
    assert fits == [("Planner", 0.5, 1, 1), ("Analyst", 0.0, 0, 2)]
    assert [gap["gap"] for gap in shown["job_types"][0]["gaps"]] == [0, None]


def test_the_latest_cycle_comes_first_in_as_many_statements(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    client = client_of(cast.ict)
    submitted(cast, cycle)
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/me/skill-map/")
    later = small_map.cycle(framework, "後期", opens_at=small_map.OPENS + dt.timedelta(days=7))
    started(cast, later)
    with CaptureQueriesContext(connection) as two:
        body = client.get("/api/v1/me/skill-map/").json()
    assert [shown["cycle_name_ja"] for shown in body["results"]] == ["後期", "2022年度"]
    assert len(two) == len(one) == 8


def test_a_map_is_ones_own(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    submitted(cast, cycle)
    for somebody in (cast.ict2, cast.head, cast.hr):
        assert client_of(somebody).get("/api/v1/me/skill-map/").json() == {"results": []}


def test_tasks_wait_for_the_reviewer_and_then_for_the_subject(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf, at: Clock
) -> None:
    assessment = submitted(cast, cycle)
    started(cast, cycle, "ict2")

    def tasks(somebody: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client_of(somebody).get("/api/v1/me/tasks/").json()["results"]
        for task in found:
            assert dt.datetime.fromisoformat(task.pop("since")).utcoffset() == dt.timedelta(hours=9)
        return found

    named = {
        "id": str(assessment.public_id),
        "waits_until": None,
        **dict.fromkeys(("due_on", "due_at", "overdue", "next_session", "next_session_starts_on")),
        "href": f"/api/v1/assessments/{assessment.public_id}/",
    }
    review = {"kind": "assessment_review", "title": "FY2022: review the self-assessment of 髙橋 花子", **named}
    assert {name: tasks(cast.user(name)) for name in ("head", "ict", "ict2", "trainer", "hr", "industry_head")} == {
        "head": [review],
        "ict": [],
        "ict2": [],
        "trainer": [],
        "hr": [],
        "industry_head": [],
    }
    assessments.return_(assessment_id=assessment.pk, reason="根拠", by=cast.user("head"))
    returned = {"kind": "assessment_returned", "title": "FY2022: your self-assessment was returned", **named}
    assert (tasks(cast.head), tasks(cast.ict)) == ([], [returned])
    at(CLOSES + dt.timedelta(minutes=1))
    assert tasks(cast.ict) == []
