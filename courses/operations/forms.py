"""申込書: the questions that an application to a course answers, written as a whole."""

import re
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import ApplicationForm, Course, FormQuestion, QuestionKind

MOST_QUESTIONS = 50
MOST_OPTIONS = 100
LONGEST = {QuestionKind.SHORT_TEXT: 400, QuestionKind.LONG_TEXT: 4000}
CHOOSING = (QuestionKind.CHOICE, QuestionKind.CHOICES)
_CODE = re.compile(r"[a-zA-Z0-9_-]{1,40}")


class Option(TypedDict):
    code: str
    label_ja: str
    label_en: str


class Question(TypedDict):
    code: str
    kind: str
    label_ja: str
    label_en: NotRequired[str]
    required: NotRequired[bool]
    options: NotRequired[list[Option]]
    minimum: NotRequired[int | None]
    maximum: NotRequired[int | None]


@operation
def set_application_form(*, course_id: int, questions: Sequence[Question], by: User | None) -> ApplicationForm:
    """Replace the form of a course; no questions: nothing is asked any more.

    It is a new form with the next number, whether anybody has answered the earlier one or not: answers keep the form that
    they were given to.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    _check(questions)
    latest = course.application_forms.order_by("-number").first()
    course.application_forms.filter(current=True).update(current=False)
    form = ApplicationForm.objects.create(course=course, number=latest.number + 1 if latest else 1)
    FormQuestion.objects.bulk_create(
        FormQuestion(form=form, position=position, **question) for position, question in enumerate(questions, start=1)
    )
    note(course, number=form.number, questions=len(questions))
    return form


def _check(questions: Sequence[Question]) -> None:
    faults = Faults()
    if len(questions) > MOST_QUESTIONS:
        faults.add("/questions", "too_many", f"{MOST_QUESTIONS}問までです。", f"At most {MOST_QUESTIONS} questions.")
    codes = [each["code"] for each in questions]
    for number, question in enumerate(questions):
        at = f"/questions/{number}"
        if not _CODE.fullmatch(question["code"]):
            faults.add(f"{at}/code", "invalid", "英数字と - _ で。", "Letters, digits, - and _.")
        elif question["code"] in codes[:number]:
            faults.add(f"{at}/code", "given_twice", "同じコードがあります。", "The code is given twice.")
        _check_options(question, at, faults)
        _check_bounds(question, at, faults)
    faults.refuse()


def _check_options(question: Question, at: str, faults: Faults) -> None:
    options = question.get("options", [])
    if question["kind"] not in CHOOSING:
        if options:
            faults.add(f"{at}/options", "not_for_this_kind", "選択肢のない種類です。", "This kind has no options.")
        return
    if not options:
        faults.add(f"{at}/options", "required", "選択肢が必要です。", "It takes options.")
    if len(options) > MOST_OPTIONS:
        faults.add(f"{at}/options", "too_many", f"{MOST_OPTIONS}個までです。", f"At most {MOST_OPTIONS} options.")
    codes = [each["code"] for each in options]
    for number, code in enumerate(codes):
        if code in codes[:number]:
            faults.add(
                f"{at}/options/{number}/code", "given_twice", "同じコードがあります。", "The code is given twice."
            )


def _check_bounds(question: Question, at: str, faults: Faults) -> None:
    """A number has a least and a most, a text a most; nothing else is bounded."""
    kind, least, most = question["kind"], question.get("minimum"), question.get("maximum")
    longest = LONGEST.get(QuestionKind(kind))
    for name, bound, allowed in (
        ("minimum", least, kind == QuestionKind.NUMBER),
        ("maximum", most, kind == QuestionKind.NUMBER or longest is not None),
    ):
        if bound is not None and not allowed:
            faults.add(f"{at}/{name}", "not_for_this_kind", "この種類にはありません。", "This kind has none.")
    if longest is not None and most is not None and not 1 <= most <= longest:
        faults.add(f"{at}/maximum", "out_of_range", f"1から{longest}までです。", f"From 1 to {longest}.")
    if kind == QuestionKind.NUMBER and least is not None and most is not None and least > most:
        faults.add(f"{at}/maximum", "out_of_range", "下限より小さい上限です。", "It is below the minimum.")
