"""Writing the questions of a course's application form."""

import pytest

from academy.errors import InvalidInput
from courses.models import ApplicationForm, FormQuestion
from courses.operations.forms import Question, set_application_form
from tests import stage
from tests.cast import Cast

WHY: Question = {"code": "why", "kind": "short_text", "label_ja": "志望理由", "maximum": 100}
PLACE: Question = {
    "code": "place",
    "kind": "choice",
    "label_ja": "会場",
    "options": [{"code": "a", "label_ja": "甲", "label_en": "A"}],
}


def test_a_change_is_a_new_form_and_the_earlier_one_stays(cast: Cast) -> None:
    course = stage.course()
    first = set_application_form(course_id=course.pk, questions=[WHY, PLACE], by=cast.hr)
    second = set_application_form(course_id=course.pk, questions=[PLACE], by=cast.hr)
    assert list(ApplicationForm.objects.order_by("number").values_list("pk", "number", "current")) == [
        (first.pk, 1, False),
        (second.pk, 2, True),
    ]
    assert list(FormQuestion.objects.filter(form=first).order_by("position").values_list("code", flat=True)) == [
        "why",
        "place",
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"code": "理由"}, "/questions/0/code", "invalid"),
        ({"code": "place"}, "/questions/1/code", "given_twice"),
        ({"kind": "choice"}, "/questions/0/options", "required"),
        ({"options": PLACE["options"]}, "/questions/0/options", "not_for_this_kind"),
        ({"kind": "choices", "options": PLACE["options"] * 2}, "/questions/0/options/1/code", "given_twice"),
        ({"minimum": 1}, "/questions/0/minimum", "not_for_this_kind"),
        ({"kind": "yes_no"}, "/questions/0/maximum", "not_for_this_kind"),
        ({"maximum": 5000}, "/questions/0/maximum", "out_of_range"),
        ({"kind": "number", "minimum": 101}, "/questions/0/maximum", "out_of_range"),
    ],
)
def test_each_fault_has_its_place(cast: Cast, change: dict[str, object], pointer: str, code: str) -> None:
    question: Question = {**WHY, **change}  # type: ignore[typeddict-item] # what is tried is wrong on purpose
    with pytest.raises(InvalidInput) as refused:
        set_application_form(course_id=stage.course().pk, questions=[question, PLACE], by=cast.hr)
    assert (pointer, code) in [(each.pointer, each.code) for each in refused.value.faults]
    assert not ApplicationForm.objects.exists()
