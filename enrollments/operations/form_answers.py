"""The answers that come with an application: written with it, and changed while that is allowed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from academy.models import User
from academy.operations.base import note, operation
from courses.models import FormQuestion, Session
from enrollments import eligibility
from enrollments.answering import Answers, checked
from enrollments.errors.applications import AnswersClosed
from enrollments.models import LIVE, Application, ApplicationAnswer


def current_questions(course_id: int) -> list[FormQuestion]:
    """What an application to a course answers now, with the form."""
    asked = FormQuestion.objects.filter(form__course=course_id, form__current=True)
    return list(asked.select_related("form").order_by("position"))


def enter(*, session: Session, staff_id: int, answers: Answers) -> Application | None:
    """The application with its answers, for one session, read `with_audience`; none where the course asks nothing."""
    questions = current_questions(session.course_id) if session.asks_questions else []
    values = checked(questions, answers)
    return _written(session.course_id, staff_id, questions, values) if questions else None


def enter_wishes(*, course_id: int, staff_id: int, answers: Answers) -> Application:
    """The application with its answers, for several sessions."""
    questions = current_questions(course_id)
    return _written(course_id, staff_id, questions, checked(questions, answers))


def _written(
    course_id: int, staff_id: int, questions: Sequence[FormQuestion], values: Mapping[int, Any]
) -> Application:
    form = questions[0].form if questions else None
    application = Application.objects.create(course_id=course_id, staff_id=staff_id, form=form)
    ApplicationAnswer.objects.bulk_create(
        ApplicationAnswer(application=application, question_id=question, value=value)
        for question, value in values.items()
    )
    return application


@operation
def change_answers(*, application_id: int, answers: Answers, by: User | None) -> Application:
    """Answer the questions of the form that the application was made with again, all of them, as long as something of it
    is under way: until the earliest deadline for changes of its sessions, or the end of the window where there is none.
    """
    wished = Session.objects.filter(enrollments__application=application_id, enrollments__status__in=LIVE)
    held = Session.objects.locked().filter(pk__in=wished.order_by().values("pk")).order_by("pk")
    _refuse_late(list(held))
    application = Application.objects.select_for_update(no_key=True).get(pk=application_id)
    questions = FormQuestion.objects.filter(form=application.form_id).order_by("position")
    values = checked(list(questions), answers)
    before = dict(application.answers.values_list("question_id", "value"))
    changed = [key for key in {*before, *values} if before.get(key) != values.get(key)]
    application.answers.filter(question__in=changed).delete()
    ApplicationAnswer.objects.bulk_create(
        ApplicationAnswer(application=application, question_id=key, value=values[key])
        for key in sorted(changed)
        if key in values
    )
    note(application, changed=len(changed))
    return application


def _refuse_late(sessions: Sequence[Session]) -> None:
    untils = [until for each in sessions if (until := each.change_until or each.apply_until) is not None]
    last: dt.datetime | None = min(untils, default=None)
    if not sessions or (last is not None and last <= sessions[0].now):
        raise AnswersClosed(until=eligibility.time_text(last))
