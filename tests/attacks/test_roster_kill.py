"""A worker killed in the middle of a roster, and two rosters at once: all of it or nothing, and never a mixture."""

import datetime as dt
import threading
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from academy import clock
from academy.errors import DatesOverlap, DomainError
from academy.models import Assignment, Job, JobStatus, RosterImport, Staff
from academy.operations import jobs, posts
from academy.operations.rosters import applying, difference, reach, undoing
from tests import april
from tests.attacks.test_kill import kill_in_the_middle_of
from tests.cast import Cast, assemble
from tests.rosters import everything, exported, sent, work, written

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2023, 4, 1)
PEOPLE = 400


def test_a_worker_killed_before_its_commit_leaves_nothing_half_applied() -> None:
    cast = assemble()
    city = april.build(cast, PEOPLE)
    plan = april.reshuffle(cast, city)
    made = sent(written(plan.rows), cast.tmg, effective_on=DAY, by=cast.hr)
    before = everything()
    job = applying.request_apply(roster_id=made.pk, by=cast.hr)
    kill_in_the_middle_of(applying.APPLY)
    with transaction.atomic():  # waits until the database has let go of what the dead worker held
        Job.objects.select_for_update().get(pk=job.pk)
    assert everything() == before
    assert RosterImport.objects.get().status == "ready"

    Job.objects.filter(pk=job.pk).update(lease_until=clock.real_now() - dt.timedelta(seconds=1))
    work()
    job.refresh_from_db()
    made.refresh_from_db()
    assert (job.status, job.attempts, made.status) == (JobStatus.DONE, 2, "applied")
    assert made.summary["kinds"] == dict(sorted(plan.kinds.items()))


@pytest.mark.parametrize(
    "guards", [{"turns", "people"}, {"turns"}, {"people"}, set()], ids=lambda guards: "+".join(sorted(guards)) or "none"
)
def test_of_two_rosters_at_once_one_is_looked_at_again(monkeypatch: pytest.MonkeyPatch, guards: set[str]) -> None:
    """Both move the same people. The turns of rosters and the hold on their people each suffice.

    Without either both compare before one writes: the database refuses, without a word for it.
    """
    cast = assemble()
    if "turns" not in guards:
        monkeypatch.setattr(applying, "take_turn_of_rosters", lambda: None)
    if "people" not in guards:
        monkeypatch.setattr(reach, "hold_people", lambda roster: None)
    rosters = [moved_to(cast, code) for code in ("trade", "planning")]
    start, codes = threading.Barrier(2, timeout=30), list[str]()
    compare = difference.compare

    def compare_together(*args: Any, **kwargs: Any) -> difference.Outcome:
        found = compare(*args, **kwargs)
        if not guards:
            start.wait()
        return found

    monkeypatch.setattr(difference, "compare", compare_together)

    def apply(made: RosterImport) -> None:
        try:
            applying.apply_roster(roster_id=made.pk, by=cast.hr)
            codes.append("applied")
        except DomainError as refusal:
            codes.append(refusal.code)
        except ProgrammingError:
            codes.append("refused by the database")
        finally:
            connection.close()

    threads = [threading.Thread(target=apply, args=[made]) for made in rosters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == (["applied", "roster_differs"] if guards else ["applied", "refused by the database"])
    assert sorted(RosterImport.objects.values_list("status", flat=True)) == ["applied", "ready"]
    assert len({each.organization_id for each in Assignment.objects.on(DAY).filter(staff=cast.ict)}) == 1


def moved_to(cast: Cast, code: str) -> RosterImport:
    rows = exported(cast.tmg, DAY, cast.hr)
    for row in rows:
        if row["職員番号"] == cast.ict.staff_number:
            row["所属コード"] = code
    return sent(written(rows), cast.tmg, effective_on=DAY, by=cast.hr)


def test_both_workers_are_not_needed_for_the_same_job() -> None:
    """A job is claimed once: the check of a roster is not done twice at a time."""
    cast = assemble()
    made = moved_to(cast, "trade")
    applying.request_apply(roster_id=made.pk, by=cast.hr)
    start, done = threading.Barrier(4), list[bool]()

    def work_once() -> None:
        start.wait()
        done.append(jobs.run_next_job())
        connection.close()

    threads = [threading.Thread(target=work_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]


@pytest.mark.parametrize("guarded", [True, False])
def test_nobody_moves_a_person_by_hand_between_the_comparison_and_the_writing(
    monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Who changes a post by hand waits for the roster of the person. Without the hold the database refuses the roster."""
    cast = assemble()
    made = moved_to(cast, "trade")
    if not guarded:
        monkeypatch.setattr(reach, "hold_people", lambda roster: None)
    by_hand = moved_by_hand_after(monkeypatch, difference, "compare", cast)
    with nullcontext() if guarded else pytest.raises(ProgrammingError):
        applying.apply_roster(roster_id=made.pk, by=cast.hr)
    assert by_hand == ["waits" if guarded else "moved"]


@pytest.mark.parametrize("guarded", [True, False])
def test_nobody_moves_a_person_by_hand_between_the_look_and_the_undoing(
    monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The same for the undo. Without the hold it meets an overlap that its look had ruled out."""
    cast = assemble()
    made = applying.apply_roster(roster_id=moved_to(cast, "trade").pk, by=cast.hr)
    if not guarded:
        monkeypatch.setattr(reach, "hold_changed", lambda roster: None)
    by_hand = moved_by_hand_after(monkeypatch, undoing, "refuse_undo", cast)
    with nullcontext() if guarded else pytest.raises(DatesOverlap):
        undoing.undo_roster(roster_id=made.pk, by=cast.hr)
    assert by_hand == ["waits" if guarded else "moved"]


def moved_by_hand_after(monkeypatch: pytest.MonkeyPatch, module: Any, step: str, cast: Cast) -> list[str]:
    """Have a post end by hand after a step of a roster; tells, once the step is done, whether that went or would wait."""
    told, proper = list[str](), getattr(module, step)

    def move_by_hand() -> None:
        post = Assignment.objects.on(DAY).get(staff=cast.ict, kind="primary")
        try:
            with transaction.atomic():
                Staff.objects.select_for_update(no_key=True, nowait=True).get(pk=cast.ict.pk)
                posts.end_post(assignment_id=post.pk, last_day=DAY + dt.timedelta(days=30), by=cast.hr)
            told.append("moved")
        except OperationalError:
            told.append("waits")
        finally:
            connection.close()

    def step_and_let_others_try(*args: Any, **kwargs: Any) -> Any:
        found = proper(*args, **kwargs)
        other = threading.Thread(target=move_by_hand)
        other.start()
        other.join()
        return found

    monkeypatch.setattr(module, step, step_and_let_others_try)
    return told
