"""Opening a cycle and moving its window."""

import datetime as dt
from pathlib import Path

import pytest

from academy.errors import AlreadyExists, InvalidInput
from academy.models import AuditEvent
from skills.errors import FrameworkNotPublished
from skills.models import AssessmentCycle, SkillFramework
from skills.operations import cycles, frameworks
from tests.cast import Cast
from tests.skills import small_map
from tests.skills.small_map import CLOSES, OPENS


def test_a_cycle_opens_on_a_published_framework_only(cast: Cast, tmp_path: Path) -> None:
    draft = frameworks.load_framework(path=small_map.written(tmp_path), by=None)
    with pytest.raises(FrameworkNotPublished):
        small_map.cycle(draft)
    frameworks.publish_framework(framework_id=draft.pk, by=None)
    assert small_map.cycle(draft).framework_id == draft.pk
    frameworks.retire_framework(framework_id=draft.pk, by=None)
    with pytest.raises(FrameworkNotPublished):
        small_map.cycle(draft, "another")


def test_a_cycle_has_its_name_once_in_a_fiscal_year(framework: SkillFramework, cycle: AssessmentCycle) -> None:
    with pytest.raises(AlreadyExists):
        small_map.cycle(framework)


def test_a_window_ends_after_it_begins(framework: SkillFramework) -> None:
    with pytest.raises(InvalidInput) as refused:
        small_map.cycle(framework, closes_at=OPENS)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/closes_at", "before_start")]


def test_the_trail_keeps_both_windows_of_a_cycle_that_moved(cast: Cast, cycle: AssessmentCycle) -> None:
    later = CLOSES + dt.timedelta(days=14)
    moved = cycles.move_cycle(cycle_id=cycle.pk, closes_at=later, by=cast.hr)
    assert (moved.opens_at, moved.closes_at) == (OPENS, later)
    event = AuditEvent.objects.get(action="skills.move_cycle")
    assert (event.by, event.target) == (cast.hr, cycle.public_id)
    assert event.detail == {
        "before": ["2022-06-01T00:00:00+09:00", "2022-08-01T00:00:00+09:00"],
        "after": ["2022-06-01T00:00:00+09:00", "2022-08-15T00:00:00+09:00"],
    }
    with pytest.raises(InvalidInput):
        cycles.move_cycle(cycle_id=cycle.pk, opens_at=later, by=cast.hr)
