"""A word planted wherever a person is described or a secret is kept, and looked for wherever it must not arrive."""

import io
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery.app.task import Task
from django.apps import apps
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from academy.models import AuditEvent, IdempotencyRecord, Job, RoleGrant, Staff
from academy.operations import jobs, roles
from academy.tasks import run_waiting_jobs, send_mails
from api import many
from courses.models import EnrollmentPolicy, Prerequisite, Session
from courses.operations.forms import set_application_form
from enrollments.models import ApplicationAnswer, Approval
from enrollments.tasks import tell_of_all_steps, tell_of_waiting_approvals
from skills.models import SkillItem
from tests import records, stage
from tests.api import matrix, props
from tests.api.props import Props
from tests.cast import Cast
from tests.conftest import Clock

WORD = "canary7f3a"
PASSWORD = f"{WORD} is a password of ict"
# Where the word belongs: what describes the person, and the words that people wrote about their reasons.
AT_HOME = {
    "academy_rosterchange",  # what an import changed, for its undoing
    "academy_staff",
    "enrollments_applicationanswer",  # what the person was asked when applying
    "enrollments_attendance",
    "enrollments_enrollmentstep",
    "enrollments_examattempt",
    "enrollments_proposal",
    "skills_assessmentstep",
    "skills_rating",
}

OnCommit = Callable[..., Any]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger says, as the handler of the settings writes it."""
    root, written = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(written)
    [plain] = {each.formatter for each in root.handlers if each.get_name() == "console"}
    handler.setFormatter(plain)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of every task that is handed to the broker."""
    found: list[str] = []

    def keep(task: Any, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        found.append(f"{task.name} {args} {kwargs} {options}")

    monkeypatch.setattr(Task, "apply_async", keep)
    return found


def plant(cast: Cast) -> None:
    """The person of the play is called by the word, and signs in with it."""
    ict: Staff = cast.ict
    for name in ("family_name", "given_name", "family_kana", "given_kana", "former_name"):
        setattr(ict, name, WORD)
    ict.email = f"{WORD}@example.org"
    ict.fold_names()
    ict.save()
    user = cast.user("ict")
    user.set_password(PASSWORD)
    user.save()


def tables_with(word: str) -> set[str]:
    """The tables with a row in which the word stands, also inside of what is kept as bytes."""
    spellings = [word, word.encode().hex()]
    found = set()
    with connection.cursor() as cursor:
        for table in {model._meta.db_table for model in apps.get_models(include_auto_created=True)}:
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS each WHERE each::text ILIKE ANY (%s))',
                [[f"%{each}%" for each in spellings]],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def upcoming() -> Session:
    return Session.objects.get(starts_on="2022-07-14")


def journey(cast: Cast, rows: Props) -> list[Any]:
    """What succeeds with the word in it: ratings and their review, marks, a withdrawal, an examination, a proposal."""
    Prerequisite.objects.all().delete()  # what `ict` lacks for the course of the props
    as_ = {name: matrix.client_for(cast, rows, name) for name in ("ict", "head", "hr", "trainer")}
    ids = rows.ids
    assessment, session = f"/api/v1/assessments/{ids['assessments']}/", f"/api/v1/sessions/{ids['sessions']}/"
    items = SkillItem.objects.values_list("public_id", flat=True)
    ratings = [{"item": str(each), "self_level": 1, "evidence": WORD, "comment": WORD} for each in items]
    review = {"item": ids["skills"], "review_comment": WORD}
    mark = {"enrollment": ids["enrollments"], "mark": "absent"}
    marks = {"meeting": ids["meetings"], "marks": [mark]}
    better = {"meeting": ids["meetings"], "marks": [{**mark, "mark": "present", "reason": WORD}]}
    scores = {"total": 700, "scores": {"strategy": 500, "management": 500, "technology": 500}, "reason": WORD}
    keyed = {"idempotency-key": "k"}
    answers = [
        as_["head"].post(f"{assessment}return/", {"reason": WORD}),
        as_["ict"].post(f"{assessment}ratings/", {"ratings": ratings}, headers=keyed),
        as_["ict"].post(f"{assessment}submit/"),
        as_["head"].post(f"{assessment}confirm/", {"ratings": [review]}),
        as_["trainer"].post(f"{session}attendance/", marks),
        as_["trainer"].post(f"{session}attendance/", better),
        as_["hr"].post(f"/api/v1/exam-attempts/{ids['exam-attempts']}/correct/", scores),
        as_["ict"].post("/api/v1/proposals/", {"team": ids["teams"], "title": WORD, "summary": WORD}),
        applied := as_["ict"].post("/api/v1/enrollments/", {"session": str(upcoming().public_id)}),
        as_["ict"].post(f"/api/v1/enrollments/{applied.json()['id']}/withdraw/", {"reason": WORD}),
        as_["ict"].post("/api/v1/auth/token/", {"username": "ict", "password": PASSWORD}),
    ]
    assert {answer.status_code for answer in answers} <= {200, 201}, [answer.content for answer in answers]
    return answers


def refused(cast: Cast, rows: Props) -> list[Any]:
    """What fails, and must not repeat the word or tell it to others."""
    as_ = {name: matrix.client_for(cast, rows, name) for name in ("ict", "staff", "hr", "trainer", "anonymous")}
    ids = rows.ids
    assessment, session = f"/api/v1/assessments/{ids['assessments']}/", f"/api/v1/sessions/{ids['sessions']}/"
    signs_in, raw = "/api/v1/auth/token/", "application/json"
    stranger = APIClient(headers={"authorization": f"Bearer {WORD}", "cookie": f"sessionid={WORD}"})
    rating = {"item": ids["skills"], "self_level": 1, "comment": WORD}
    mark = {"enrollment": ids["enrollments"], "mark": "late", "reason": WORD}
    found = [
        as_["anonymous"].post(signs_in, {"username": "ict", "password": f"wrong {WORD}"}),
        as_["anonymous"].post(signs_in, {"username": WORD, "password": WORD}),
        as_["anonymous"].post(signs_in, f'{{"username": "ict", "password": "{WORD}"', content_type=raw),
        as_["anonymous"].post(signs_in, f'{{"password": "{WORD}", "password": "{WORD}"}}', content_type=raw),
        as_["anonymous"].post(signs_in, f'{{"password": {WORD}}}', content_type=raw),
        as_["anonymous"].post(signs_in, f"username=ict&password={WORD}", content_type="text/plain"),
        stranger.get("/api/v1/me/"),
        as_["ict"].post(f"{assessment}ratings/", {"ratings": [rating]}),
        as_["ict"].post(f"{assessment}confirm/", {"ratings": [{"item": ids["skills"], "review_comment": WORD}]}),
        as_["staff"].post(f"{assessment}return/", {"reason": WORD}),
        as_["trainer"].post(f"{session}attendance/", {"meeting": ids["meetings"], "marks": [{**mark, "reason": []}]}),
        as_["hr"].post(f"{session}assign/", {"staff": [WORD]}),
        as_["hr"].post(f"/api/v1/roles/{ids['roles']}/end/", {}, headers={"if-match": WORD}),
        as_["hr"].post("/api/v1/enrollments/", {"session": ids["sessions"], "staff": ids["staff"]}),
        as_["staff"].get(f"/api/v1/staff/{ids['staff']}/"),
        as_["hr"].get("/api/v1/staff/", {"search": WORD, "no-such": "parameter"}),
    ]
    assert {answer.status_code for answer in found} == {400, 401, 403, 404, 409, 412, 415}
    return found


def read_everything(cast: Cast, rows: Props) -> list[Any]:
    """Every address, read by a colleague, by another bureau's HR, by who reads figures, by the auditor, by nobody."""
    readers = ("staff", "industry_hr", "statistics", "auditor", "anonymous")
    clients = [matrix.client_for(cast, rows, name) for name in readers]
    read = [matrix.address(route, rows) for route in matrix.routes() if route.method == "get"]
    return [client.get(address) for client in clients for address in read]


def job_that_is_done_and_one_that_fails(cast: Cast, rows: Props, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_AT_ONCE", 0)
    Job.objects.all().delete()
    seats = f"/api/v1/sessions/{upcoming().public_id}/assign/"
    hr = matrix.client_for(cast, rows, "hr")
    assert hr.post(seats, {"staff": [rows.ids["staff"]]}).status_code == 202
    assert jobs.run_next_job()
    assert hr.post(seats, {"staff": [rows.ids["staff"]]}).status_code == 202
    for grant in RoleGrant.objects.filter(user=cast.hr):
        roles.end_role(grant_id=grant.pk, by=cast.hr)
    RoleGrant.objects.filter(user=cast.hr).delete()
    assert jobs.run_next_job()
    assert sorted(Job.objects.values_list("status", flat=True)) == ["done", "failed"]


def body(answer: Any) -> str:
    streamed = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.headers} {streamed.decode('utf-8', errors='replace')}"


def test_what_describes_a_person_arrives_nowhere_else(
    cast: Cast,
    log: io.StringIO,
    sent: list[str],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    plant(cast)
    rows = props.lay_out(cast)
    ApplicationAnswer.objects.update(value=WORD)
    with django_capture_on_commit_callbacks(execute=True):
        own = journey(cast, rows)
        assert WORD in "".join(body(answer) for answer in own), "the person reads their own"
        told = [*refused(cast, rows), *read_everything(cast, rows)]
        job_that_is_done_and_one_that_fails(cast, rows, monkeypatch)
    secrets = [own[-1].json()["token"], "tda_ict", "tda_hr"]

    assert [answer.request["PATH_INFO"] for answer in told if WORD in body(answer)] == []
    assert log.getvalue(), "the refusals were logged"
    assert sent, "a worker was woken up"
    for word in (WORD, *secrets):
        assert word not in log.getvalue()
        assert word not in "".join(sent)
    assert tables_with(WORD) == AT_HOME
    # The record of an answer, compressed, is what a repeat after a lost connection is given: the person's own words,
    # for a day, and for nobody else.
    record = IdempotencyRecord.objects.get()
    assert (record.user, WORD in zlib.decompress(bytes(record.body or b"")).decode()) == (cast.ict.user, True)
    assert tables_with(PASSWORD) == set()
    assert [tables_with(secret) for secret in secrets] == [set()] * len(secrets)


def fail_at_the_row(**kwargs: object) -> None:
    """Break a constraint that no refusal speaks for: PostgreSQL explains it by quoting the whole row."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE academy_staff SET name_folded = NULL WHERE email LIKE %s", [f"{WORD}%"])


def test_a_fault_of_ours_is_logged_without_the_row_that_the_database_quotes(
    cast: Cast, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(cast)
    rows = props.lay_out(cast)
    monkeypatch.setattr(roles, "end_role", fail_at_the_row)
    client = matrix.client_for(cast, rows, "hr")
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.post(f"/api/v1/roles/{rows.ids['roles']}/end/")
        transaction.set_rollback(True)
    assert (answer.status_code, WORD in body(answer)) == (500, False)
    assert "IntegrityError" in log.getvalue()
    assert "violates not-null constraint" in log.getvalue()
    assert WORD not in log.getvalue()


def test_control_the_database_does_quote_the_row(cast: Cast) -> None:
    plant(cast)
    with pytest.raises(IntegrityError, match=WORD), transaction.atomic():
        fail_at_the_row()


def test_control_what_is_planted_is_found(cast: Cast, log: io.StringIO, sent: list[str]) -> None:
    assert tables_with(WORD) == set()
    AuditEvent.objects.create(action="academy.test", detail={"inside": [WORD]})
    Job.objects.create(kind="test", problem={"detail_ja": WORD})
    IdempotencyRecord.objects.create(user=cast.hr, key="k", body=WORD.encode())
    assert tables_with(WORD) == {"academy_auditevent", "academy_job", "academy_idempotencyrecord"}
    logging.getLogger("academy.test").debug("of %s", WORD)
    assert WORD in log.getvalue()
    run_waiting_jobs.apply_async(args=(WORD,))
    assert WORD in "".join(sent)


# What people answered when they applied: for them, HR of today, who decides about them, and the office.

READERS = ("ict", "head", "bureau_hr", "hr", "manager")
# The addresses that tell of applications, of what becomes of them, or of what was done.
ABOUT_APPLICATIONS = (
    *("applications/", "approvals/", "audit-events/", "decisions/", "draws/", "enrollments/", "me/", "nominations/"),
    *("notices/", "seat-batches/", "sessions/<"),
)


def what_is_told_of_applications(cast: Cast, rows: Props, name: str) -> dict[str, Any]:
    """What each of these addresses answers to somebody; of files, the file."""
    client, found = matrix.client_for(cast, rows, name), {}
    for route in matrix.routes():
        if route.method == "get" and route.path.startswith(ABOUT_APPLICATIONS):
            kind = "html" if route.path.startswith("enrollments/") else "csv"
            asks = route.path.endswith("/file/") and not route.path.startswith("materials/")
            found[route.path] = client.get(matrix.address(route, rows) + (f"?type={kind}" if asks else ""))
    return found


def test_answers_are_read_at_one_address_by_whom_they_are_for(cast: Cast) -> None:
    """Neither who teaches, audits, provides, heads another unit nor who applied as well reads them (another bureau, the
    auditor without a case and others: above); and whoever does reads them in the application alone: no list, file,
    calendar, task or notice repeats them.
    """
    rows = props.lay_out(cast)
    records.enrolled(Session.objects.get(public_id=rows.ids["sessions"]), cast.ict2)
    assert ApplicationAnswer.objects.update(value=WORD) == 1
    for name in (*READERS, "trainer", "auditing", "provider", "industry_head", "ict2"):
        read = what_is_told_of_applications(cast, rows, name)
        assert sum(answer.status_code == 200 for answer in read.values()) > 10, name
        shown = [path for path, answer in read.items() if WORD in body(answer)]
        assert shown == (["applications/<uuid:id>/"] if name in READERS else []), name


def apply_with_answers(cast: Cast, rows: Props) -> list[Any]:
    """An application with answers is made, refused, changed, and approved; nobody else repeats what it says."""
    session = upcoming()
    Prerequisite.objects.all().delete()
    asks = {"approval": "unit_head", "unit_head_days": 10}
    EnrollmentPolicy.objects.update_or_create(program=session.course.program, defaults=asks)
    question: Any = {"code": "why", "label_ja": "志望理由", "kind": "long_text", "required": True, "maximum": 100}
    set_application_form(course_id=session.course_id, questions=[question], by=cast.hr)
    as_ = {name: matrix.client_for(cast, rows, name) for name in ("ict", "head", "staff", "hr")}
    given = {"sessions": [str(session.public_id)], "answers": {"why": WORD}}
    too_long = {**given, "answers": {"why": WORD * 20}}
    refused_at_first = as_["ict"].post("/api/v1/applications/", too_long)
    made = as_["ict"].post("/api/v1/applications/", given)
    address = f"/api/v1/applications/{made.json()['id']}/"
    approval = Approval.objects.pending().get(enrollment__session=session)
    told = [
        refused_at_first,
        as_["ict"].post("/api/v1/applications/", given),
        as_["staff"].put(f"{address}answers/", {"answers": {"why": WORD}}),
        as_["head"].put(f"{address}answers/", {"answers": {"why": WORD}}),
        as_["head"].post(f"/api/v1/approvals/{approval.public_id}/approve/", {}),
        as_["hr"].get(f"/api/v1/enrollments/?session={session.public_id}"),
        as_["hr"].get("/api/v1/audit-events/"),
    ]
    changed = as_["ict"].put(f"{address}answers/", {"answers": {"why": f"{WORD} again"}})
    assert (made.status_code, changed.status_code) == (201, 200), changed.content
    assert [answer.status_code for answer in told] == [400, 409, 404, 403, 200, 200, 200]
    return told


def test_answers_arrive_nowhere_else(cast: Cast, log: io.StringIO, sent: list[str], at: Clock) -> None:
    """Not in a notice, a mail, the trail, a log, a task, nor in what is refused."""
    Staff.objects.update(email="somebody@example.org")
    rows = props.lay_out(cast)
    ApplicationAnswer.objects.update(value=WORD)
    told = apply_with_answers(cast, rows)
    tell_of_all_steps()
    at(stage.tokyo("2022-06-29 09:00"))
    tell_of_waiting_approvals()
    send_mails()
    assert [answer.request["PATH_INFO"] for answer in told if WORD in body(answer)] == []
    assert tables_with(WORD) == {"enrollments_applicationanswer"}
    assert outbox.outbox, "mails were sent"
    for written in (log.getvalue(), "".join(sent), "".join(f"{each.subject} {each.body}" for each in outbox.outbox)):
        assert WORD not in written
