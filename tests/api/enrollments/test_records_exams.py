"""`exam-attempts/`: sittings of the IT Passport with their four scores."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent
from courses.models import ExamScheme, SessionInstructor
from enrollments.models import Enrollment, ExamAttempt
from tests import stage
from tests.cast import Cast
from tests.records import day, enrolled, it_passport, scores

ClientOf = Callable[[object], APIClient]
ATTEMPTS = "/api/v1/exam-attempts/"
FIRST_DAY = day("2022-06-01")


@pytest.fixture
def scheme(cast: Cast) -> ExamScheme:
    return it_passport()


@pytest.fixture
def learner(cast: Cast, scheme: ExamScheme) -> Enrollment:
    policy = stage.policy(certifies=True, attendance_numerator=0, exam=scheme)
    session = stage.session(stage.course(policy=policy), status="published", starts_on=FIRST_DAY)
    return enrolled(session, cast.ict)[0]


def sitting(learner: Enrollment, **fields: object) -> dict[str, object]:
    return {
        "enrollment": str(learner.public_id),
        "taken_on": "2022-06-20",
        "total": 600,
        "scores": scores(300, 300, 300),
        **fields,
    }


def shown(learner: Enrollment, scheme: ExamScheme, **fields: object) -> dict[str, object]:
    names = (("strategy", "ストラテジ系"), ("management", "マネジメント系"), ("technology", "テクノロジ系"))
    return {
        "enrollment": str(learner.public_id),
        "staff": str(learner.staff.public_id),
        "scheme": str(scheme.public_id),
        "scheme_name_ja": "ITパスポート試験",
        "taken_on": "2022-06-20",
        "revision": 1,
        "current": True,
        "total": 600,
        "passed": True,
        "scores": [
            {"code": code, "name_ja": name, "name_en": "", "score": 300, "score_min": 300} for code, name in names
        ],
        "source": "official",
        "source_label": "Official notice",
        "reason": "",
        **fields,
    }


def test_hr_records_an_official_notice(
    cast: Cast, client_of: ClientOf, learner: Enrollment, scheme: ExamScheme
) -> None:
    answer = client_of(cast.hr).post(ATTEMPTS, sitting(learner))
    body = answer.json()
    attempt = ExamAttempt.objects.get()
    assert (answer.status_code, body.pop("id")) == (201, str(attempt.public_id))
    assert body.pop("recorded_at").startswith("2022-06-28T10:00:")
    assert body == shown(learner, scheme)
    learner.refresh_from_db()
    assert learner.status == "completed"


def test_a_person_reports_the_own_result_as_such(
    cast: Cast, client_of: ClientOf, learner: Enrollment, scheme: ExamScheme
) -> None:
    answer = client_of(cast.ict).post(ATTEMPTS, sitting(learner))
    body = answer.json()
    del body["id"], body["recorded_at"]
    assert (answer.status_code, body) == (
        201,
        shown(learner, scheme, source="self_reported", source_label="Self-reported"),
    )
    learner.refresh_from_db()
    assert learner.status == "in_progress"


def test_the_official_notice_supersedes_the_report(
    cast: Cast, client_of: ClientOf, learner: Enrollment, scheme: ExamScheme
) -> None:
    client_of(cast.ict).post(ATTEMPTS, sitting(learner))
    client_of(cast.bureau_hr).post(ATTEMPTS, sitting(learner, total=500))
    rows = client_of(cast.ict).get(f"{ATTEMPTS}?order=recorded_at").json()["results"]
    assert [(row["revision"], row["current"], row["passed"], row["source"]) for row in rows] == [
        (1, False, True, "self_reported"),
        (2, True, False, "official"),
    ]
    again = client_of(cast.ict).post(ATTEMPTS, sitting(learner))
    assert (again.status_code, again.json()["code"]) == (409, "exam_already_recorded")
    current = client_of(cast.ict).get(f"{ATTEMPTS}?current=true&session={learner.session.public_id}").json()["results"]
    assert [row["revision"] for row in current] == [2]


def test_a_correction_is_a_further_revision(
    cast: Cast, client_of: ClientOf, learner: Enrollment, scheme: ExamScheme
) -> None:
    first = client_of(cast.hr).post(ATTEMPTS, sitting(learner, total=500)).json()["id"]
    correction = {"total": 600, "scores": scores(300, 300, 300), "reason": "転記の誤り"}
    answer = client_of(cast.hr).post(f"{ATTEMPTS}{first}/correct/", correction)
    body = answer.json()
    del body["id"], body["recorded_at"]
    assert (answer.status_code, body) == (200, shown(learner, scheme, revision=2, reason="転記の誤り"))
    again = client_of(cast.hr).post(f"{ATTEMPTS}{first}/correct/", correction)
    assert (again.status_code, again.json()["code"]) == (409, "superseded")
    own = client_of(cast.ict).post(f"{ATTEMPTS}{body_id(learner)}/correct/", correction)
    assert (own.status_code, own.json()["code"]) == (409, "official_result_stands")


def body_id(learner: Enrollment) -> str:
    return str(learner.exam_attempts.latest("revision").public_id)


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"taken_on": "2022-06-29"}, [("/taken_on", "in_the_future")]),
        ({"taken_on": "2022-05-31"}, [("/taken_on", "before_the_session")]),
        ({"total": 1001}, [("/total", "out_of_bounds")]),
        ({"scores": scores(300, -1, 300)}, [("/scores/management", "out_of_bounds")]),
        ({"scores": {"strategy": 300}}, [("/scores/management", "required"), ("/scores/technology", "required")]),
        ({"scores": {"strategy": "high"}}, [("/scores/strategy", "invalid")]),
        ({"passed": True}, [("/passed", "unknown_field")]),
        ({"source": "official"}, [("/source", "unknown_field")]),
    ],
)
def test_impossible_results_are_refused(
    cast: Cast,
    client_of: ClientOf,
    learner: Enrollment,
    fields: dict[str, object],
    faults: list[tuple[str, str]],
) -> None:
    answer = client_of(cast.hr).post(ATTEMPTS, sitting(learner, **fields))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults
    assert ExamAttempt.objects.count() == 0


def test_scores_are_hidden_from_teachers_heads_and_colleagues(
    cast: Cast, client_of: ClientOf, learner: Enrollment
) -> None:
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=learner.session, instructor=teacher)
    made = client_of(cast.hr).post(ATTEMPTS, sitting(learner)).json()["id"]
    for somebody in (cast.trainer, cast.head, cast.ict2, cast.industry_head, cast.auditor):
        client = client_of(somebody)
        assert client.get(ATTEMPTS).json()["results"] == []
        assert client.get(f"{ATTEMPTS}{made}/").status_code == 404
        assert client.post(f"{ATTEMPTS}{made}/correct/", {}).status_code == 404
        refused = client.post(ATTEMPTS, sitting(learner))
        assert [(f["pointer"], f["code"]) for f in refused.json()["errors"]] == [("/enrollment", "not_found")]
    for somebody in (cast.hr, cast.bureau_hr, cast.ict):
        assert client_of(somebody).get(f"{ATTEMPTS}{made}/").status_code == 200


def test_the_audit_trail_holds_no_score(cast: Cast, client_of: ClientOf, learner: Enrollment) -> None:
    client_of(cast.hr).post(ATTEMPTS, sitting(learner))
    assert AuditEvent.objects.get().detail == {
        "enrollment": str(learner.public_id),
        "source": "official",
        "revision": 1,
    }
