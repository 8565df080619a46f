"""Prerequisites and the skills that a course raises: each set as a whole, and no course requires itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.errors.programmes import CircularPrerequisites
from courses.models import Course, CourseSkill, DueFrom, Prerequisite, Recurrence
from courses.operations import programs, requirements
from courses.operations.requirements import Raised, Required, set_prerequisites, set_skills
from skills.models import SkillFramework, SkillItem
from skills.operations.frameworks import load_framework, publish_framework
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.records import after_both, at_once
from tests.skills import small_map


def require(course: Course, *required: Course | Required) -> Course:
    asked = [each if isinstance(each, Required) else Required(each) for each in required]
    return set_prerequisites(course_id=course.pk, prerequisites=asked, by=None)


def required_by(course: Course) -> list[tuple[int, int | None]]:
    return list(course.prerequisites.order_by("pk").values_list("required_id", "within_years"))


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_prerequisites_are_set_as_a_whole(cast: Cast) -> None:
    course, first, second = (stage.course() for _ in range(3))
    require(course, Required(first, 3), second)
    assert required_by(course) == [(first.pk, 3), (second.pk, None)]
    require(course, second)
    assert required_by(course) == [(second.pk, None)]
    require(course)
    assert required_by(course) == []
    event = AuditEvent.objects.filter(action="courses.set_prerequisites").order_by("pk")[1]
    assert (event.target, event.detail) == (course.public_id, {"before": 2, "after": [str(second.public_id)]})


def test_every_fault_is_named_and_nothing_changes(cast: Cast) -> None:
    course, other = stage.course(), stage.course()
    require(course, other)
    asked = (Required(course), Required(other, 0), Required(other, 32_768))
    assert faults(lambda: require(course, *asked)) == [
        ("/prerequisites/0/course", "self"),
        ("/prerequisites/1/within_years", "out_of_range"),
        ("/prerequisites/2/course", "repeated"),
        ("/prerequisites/2/within_years", "out_of_range"),
    ]
    assert required_by(course) == [(other.pk, None)]


def test_a_circle_is_refused_however_long(cast: Cast) -> None:
    first, second, third, fourth = (stage.course(title_ja=f"講座{number}") for number in range(1, 5))
    require(second, first)
    require(third, second)
    require(fourth, third, first)  # two ways to the first are no circle
    with pytest.raises(CircularPrerequisites) as refused:
        require(first, fourth)
    assert "「講座4」" in refused.value.detail.ja
    with pytest.raises(CircularPrerequisites):
        require(first, second)
    assert required_by(first) == []
    require(second)  # opened
    require(first, second)
    for closing in (first, third, fourth):
        with pytest.raises(CircularPrerequisites):
            require(second, closing)


def test_what_is_replaced_does_not_close_a_circle(cast: Cast) -> None:
    first, second = stage.course(), stage.course()
    require(first, second)
    require(first, second)
    require(first)
    require(second, first)
    assert required_by(second) == [(first.pk, None)]


@pytest.fixture
def each_other(transactional_db: None, cast: Cast) -> Callable[[], list[str]]:
    """Two courses are made to require each other at once."""
    one, other = stage.course(), stage.course()
    return lambda: at_once(partial(require, one, other), partial(require, other, one))


@pytest.mark.django_db(transaction=True)
def test_two_sets_at_once_close_no_circle(each_other: Callable[[], list[str]]) -> None:
    assert each_other() == ["circular_prerequisites", "done"]
    assert Prerequisite.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_turn_two_sets_at_once_close_a_circle(
    each_other: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both look before either has written."""
    monkeypatch.setattr(requirements, "take_turn", lambda what: None)
    monkeypatch.setattr(requirements, "_refuse_circle", after_both(requirements._refuse_circle))
    assert each_other() == ["done", "done"]
    assert Prerequisite.objects.count() == 2


# Skills.


@pytest.fixture
def framework(cast: Cast, tmp_path: Path) -> SkillFramework:
    return small_map.published(tmp_path)


def raise_to(course: Course, *skills: tuple[SkillItem, int]) -> Course:
    return set_skills(course_id=course.pk, skills=[Raised(*each) for each in skills], by=None)


def test_skills_are_set_as_a_whole(cast: Cast, framework: SkillFramework) -> None:
    course, (first, second, _) = stage.course(), small_map.items(framework)
    raise_to(course, (first, 2), (second, 1))
    raise_to(course, (second, 3))
    assert list(CourseSkill.objects.values_list("item_id", "level")) == [(second.pk, 3)]
    event = AuditEvent.objects.filter(action="courses.set_skills").latest("pk")
    assert (event.target, event.detail) == (course.public_id, {"before": 2, "after": 1})


def test_a_skill_is_of_a_published_framework_and_a_level_of_its_scale(
    cast: Cast, framework: SkillFramework, tmp_path: Path
) -> None:
    course, (first, second, _) = stage.course(), small_map.items(framework)
    later = small_map.FILE.replace('version: "1"', 'version: "2"')
    draft = load_framework(path=small_map.written(tmp_path, later, "draft.yaml"), by=None)
    unpublished = small_map.items(draft)[0]
    assert faults(lambda: raise_to(course, (first, 4), (unpublished, 1), (second, 3), (second, 2))) == [
        ("/skills/0/level", "no_such_level"),
        ("/skills/1/item", "framework_not_published"),
        ("/skills/3/item", "repeated"),
    ]
    assert not CourseSkill.objects.exists()
    publish_framework(framework_id=draft.pk, by=None)
    raise_to(course, (unpublished, 0))
    assert CourseSkill.objects.get().level == 0


# The fields of a course.


def test_a_due_rule_is_whole(catalogue: Catalogue) -> None:
    change = partial(programs.change_course, course_id=catalogue.seminar.pk, by=None)
    assert faults(lambda: change(due_from=DueFrom.HIRING)) == [("/due_days", "required")]
    assert faults(lambda: change(due_days=30)) == [("/due_from", "required")]
    changed = change(due_from=DueFrom.HIRING, due_days=0, recurrence=Recurrence.ONCE)
    assert (changed.due_from, changed.due_days, changed.recurrence) == ("hiring", 0, "once")
    assert faults(lambda: change(due_days=None)) == [("/due_days", "required")]
    change(due_from="", due_days=None)
    made = Course.objects.get(pk=catalogue.seminar.pk)
    assert (made.due_from, made.due_days, made.recurrence) == ("", None, "once")
