"""What comes in about enrolments and seats."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from academy.access import Viewer
from academy.statements import Asking, Given, Statement
from api.inputs import Input, Reference
from courses.access import may_see_session, sessions_visible_to
from courses.models import Session
from enrollments import access

LARGEST_CAPACITY = 1_000_000
MOST_PEOPLE = 50_000


class AnswersField(serializers.DictField):
    """Answers by the codes of the questions: what fits is for the form to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.JSONField(allow_null=True), **kwargs)


_SESSION = Statement(lambda: Session.objects.filter(public_id=Given("public_id")))


def asking_session(body: Any) -> list[Asking]:
    """What a body that names a session makes `SessionReference` ask: for `academy.statements.ahead`."""
    named = body.get("session") if isinstance(body, dict) else None
    try:
        return [_SESSION.asked(public_id=UUID(named))] if isinstance(named, str) else []
    except ValueError:
        return []


class SessionReference(Reference):
    """A session that is read as it is and asked about then: nearly everybody sees nearly all of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(sessions_visible_to, **kwargs)

    def find(self, viewer: Viewer, public_id: UUID) -> Session | None:
        session = _SESSION.first(public_id=public_id)
        return session if session is not None and may_see_session(viewer, session) else None


class ApplicationInput(Input):
    """`staff` is left out by who applies for themselves."""

    session = SessionReference()
    staff = Reference(access.people_of, required=False)
    answers = AnswersField(required=False, default=dict)


class CapacityInput(Input):
    """`null` lifts the limit."""

    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST_CAPACITY, allow_null=True)


class AssignmentInput(Input):
    staff = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_PEOPLE)
