"""Two reviewers decide at once: one is heard, the other is refused, and each item is confirmed once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import Count

from academy.clock import BusinessNow
from academy.errors import DomainError
from academy.models import Role, RoleGrant, User
from skills.models import Assessment, AssessmentQuerySet, AssessmentStep, Rating
from skills.operations import assessments
from tests.cast import ALWAYS, Cast
from tests.skills.small_map import cycle as opened
from tests.skills.small_map import published, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(cast: Cast, tmp_path: Any) -> Assessment:
    """Submitted, with two people who may decide: the unit head and somebody of the skill office."""
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.SKILL_OFFICE, during=ALWAYS)
    return submitted(cast, opened(published(tmp_path)))


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """What became of each call, when all of them begin together."""
    together = threading.Barrier(len(calls), timeout=10)

    def run(call: Callable[[], Any]) -> str:
        try:
            together.wait()
            call()
        except DomainError as refusal:
            return refusal.code
        except IntegrityError:
            return "constraint"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def confirming(assessment: Assessment, by: User) -> Callable[[], Any]:
    return lambda: assessments.confirm(assessment_id=assessment.pk, ratings=[], by=by)


def test_one_of_two_reviewers_is_heard(cast: Cast, waiting: Assessment) -> None:
    def give_back() -> None:
        assessments.return_(assessment_id=waiting.pk, reason="根拠がない", by=cast.user("trainer"))

    assert at_once(confirming(waiting, cast.user("head")), give_back) == ["done", "illegal_transition"]
    assert AssessmentStep.objects.filter(subject=waiting, old="submitted").count() == 1


def test_two_confirmations_write_one(cast: Cast, waiting: Assessment) -> None:
    calls = [confirming(waiting, cast.user(name)) for name in ("head", "trainer")]
    assert at_once(*calls) == ["done", "illegal_transition"]
    confirmed = Rating.objects.filter(confirmed_level__isnull=False)
    assert set(confirmed.values("item").annotate(count=Count("pk")).values_list("count", flat=True)) == {1}


def test_control_without_the_lock_both_reach_the_write(
    cast: Cast, waiting: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read `submitted` and go on to write; only the unique revision stops the second."""
    both_have_read = threading.Barrier(2, timeout=10)
    reached: list[int] = []
    current = assessments._current

    def unlocked(self: AssessmentQuerySet) -> AssessmentQuerySet:
        now: dict[str, Any] = {"now": BusinessNow()}
        return self.select_related("cycle", "staff").annotate(**now)

    def after_both_have_read(assessment: Assessment) -> dict[int, Rating]:
        found = current(assessment)
        both_have_read.wait()
        reached.append(assessment.pk)
        return found

    monkeypatch.setattr(AssessmentQuerySet, "locked", unlocked)
    monkeypatch.setattr(assessments, "_current", after_both_have_read)
    calls = [confirming(waiting, cast.user(name)) for name in ("head", "trainer")]
    assert at_once(*calls) == ["constraint", "done"]
    assert reached == [waiting.pk, waiting.pk]
