"""`sessions/{id}/reschedule/` and `sessions/{id}/cancel/`: looked at with `dry_run=true`, then done with `confirm`."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import Viewer
from api.courses.rows import SessionRow
from api.enrollments.rows import full_name
from api.inputs import Day, Input, Moment, Reference
from api.rows import local
from api.views import Resource
from courses import access as courses_access
from courses.access import sessions_visible_to
from courses.models import Session
from courses.rescheduling import Planned, Wanted
from courses.scheduling import Slot
from enrollments import access
from enrollments.impact import Impact
from enrollments.models import JUDGED, LIVE
from enrollments.operations import changes
from enrollments.operations.changes import Action, Rescheduling, Resolution
from enrollments.operations.changes.resolutions import MOST_SHOWN, described

LARGEST_CAPACITY = 1_000_000
MOST_MEETINGS = 200
MOST_RESOLUTIONS = 1000


class WantedMeetingInput(Input):
    """A meeting that stays or moves, by its `id`; without one it is new. What is not given of an existing one stays."""

    id = serializers.UUIDField(required=False)
    starts_at = Moment(required=False)
    ends_at = Moment(required=False)
    month = Day(required=False, help_text="月の初日 / the first day of the month")
    title_ja = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    venue = Reference(courses_access.venues_visible_to, required=False, allow_null=True)

    def validate(self, attrs: Any) -> Wanted:
        fields = dict(super().validate(attrs))
        return Wanted(fields.pop("id", None), fields)


class ResolutionInput(Input):
    enrollment = serializers.UUIDField()
    action = serializers.ChoiceField(choices=Action.choices)
    reason = serializers.CharField(max_length=400)

    def validate(self, attrs: Any) -> Resolution:
        return Resolution(**super().validate(attrs))


class CancellationInput(Input):
    reason = serializers.CharField(max_length=400)
    confirm = serializers.CharField(
        max_length=64, required=False, default="", help_text="dry_run の digest / the digest of the dry run"
    )


class ReschedulingInput(CancellationInput):
    """Meetings that are not named are cancelled; without `meetings` all stay. `capacity: null` lifts the limit."""

    meetings: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=WantedMeetingInput(), max_length=MOST_MEETINGS, required=False
    )
    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST_CAPACITY, required=False, allow_null=True)
    instructors = serializers.ListField(
        child=Reference(courses_access.instructors_visible_to), max_length=50, required=False
    )
    resolutions: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ResolutionInput(), max_length=MOST_RESOLUTIONS, required=False
    )


class SessionChanges(Resource):
    """Changes to a published session that people sit in.

    `dry_run=true` answers the impact, of everybody: who is affected, who would clash and must be withdrawn or exempted by
    `resolutions`, whose completion is at risk, who is no longer eligible, how many will be told. Whenever anybody is
    told, the change itself takes the impact's `digest` as `confirm`.
    """

    part = "enrollments"
    visible = sessions_visible_to
    row = SessionRow
    access = {"reschedule": access.runs, "cancel": access.runs}
    inputs = {"reschedule": ReschedulingInput, "cancel": CancellationInput}

    def reschedule(self, request: Request, id: str) -> Response:
        """Move, add and cancel meetings; change the limit and the instructors."""
        session = self.target()
        given = self.input()
        confirmed = given.pop("confirm")
        asked = Rescheduling(session_id=session.pk, **given)
        by = self.viewer.user
        if self._dry_run():
            return self.write(lambda: changes.preview_reschedule(asked=asked, by=by), self._impact(session))
        return self.write(lambda: changes.reschedule_session(asked=asked, confirmed=confirmed, by=by))

    def cancel(self, request: Request, id: str) -> Response:
        """Cancel the session and everybody's enrolment in it."""
        session = self.target()
        given = self.input()
        confirmed, by = given.pop("confirm"), self.viewer.user
        if self._dry_run():
            return self.write(
                lambda: changes.preview_cancel(session_id=session.pk, **given, by=by), self._impact(session)
            )
        return self.write(lambda: changes.cancel_session(session_id=session.pk, **given, confirmed=confirmed, by=by))

    def _impact(self, session: Session) -> Any:
        return lambda impact: impact_as_seen(impact, session, self.viewer)


def impact_as_seen(impact: Impact, session: Session, viewer: Viewer) -> dict[str, Any]:
    """An impact for one viewer: counts of everybody, and of the people those whom the session's roster shows them."""
    people = _People(session, viewer, impact)
    return {
        "digest": impact.digest,
        "confirm_needed": impact.concerns_anybody,
        "affected": dict(impact.affected),
        "told": len(impact.told),
        "told_people": people.told(impact.told),
        "clashes": people.listed(impact.clashing, people.clash),
        "unresolved": len(impact.unresolved),
        "too_many": impact.too_many,
        "at_risk": people.listed(impact.at_risk),
        "no_longer_eligible": people.listed(impact.no_longer_eligible, people.eligibility),
        "withdrawn": people.listed(impact.withdrawn),
        "exempted": people.listed(impact.exempted),
        "promoted": people.listed(impact.promoted),
        "capacity": {"before": impact.capacity[0], "after": impact.capacity[1]},
        "deadlines_moved": [
            {"deadline": name, "before": local(before), "after": local(after)}
            for name, before, after in impact.deadlines
        ],
        "meetings": [_meeting(each) for each in impact.plan.meetings],
    }


class _People:
    """The people of an impact as one viewer sees them."""

    def __init__(self, session: Session, viewer: Viewer, impact: Impact) -> None:
        self.seen = access.seats_visible_to(viewer, session).order_by("pk")
        self.unresolved, self.eligible = impact.unresolved, impact.no_longer_eligible
        self.clashes: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for clash, text in described(impact.clashes, session, viewer.user):
            found = {"code": clash.code, "text": str(text), "meetings": [number + 1 for number in clash.numbers]}
            self.clashes[clash.enrollment].append(found)

    def listed(self, keys: Collection[int], more: Callable[[int], dict[str, Any]] | None = None) -> dict[str, Any]:
        """How many they are, and the first of those whom the viewer sees."""
        rows = self.seen.filter(pk__in=keys)[:MOST_SHOWN].values(*_SHOWN) if keys else []
        people = [{**_person(row), **(more(row["pk"]) if more else {})} for row in rows]
        return {"count": len(keys), "people": people, "truncated": len(people) < len(keys)}

    def told(self, staff: Collection[int]) -> dict[str, Any]:
        """Who gets a notice, of those in the session; instructors are counted with them."""
        held = self.seen.filter(staff_id__in=staff, status__in=(*LIVE, *JUDGED))
        people = [_person(row) for row in held[:MOST_SHOWN].values(*_SHOWN)] if staff else []
        return {"count": len(staff), "people": people, "truncated": len(people) < len(staff)}

    def clash(self, key: int) -> dict[str, Any]:
        return {"resolved": key not in self.unresolved, "with": self.clashes[key]}

    def eligibility(self, key: int) -> dict[str, Any]:
        return {"code": self.eligible[key]}


_SHOWN = ("pk", "public_id", "staff__public_id", "staff__family_name", "staff__given_name")


def _person(row: Any) -> dict[str, Any]:
    return {
        "enrollment": row["public_id"],
        "staff": row["staff__public_id"],
        "name": full_name(row["staff__family_name"], row["staff__given_name"]),
    }


def _meeting(planned: Planned) -> dict[str, Any]:
    meeting = planned.meeting
    return {
        "change": planned.fate.value,
        "id": meeting.public_id if meeting is not None else None,
        "before": _slot(planned.before),
        "after": _slot(planned.after),
    }


def _slot(slot: Slot | None) -> dict[str, Any] | None:
    if slot is None:
        return None
    return {
        "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at),
        "month": slot.month,
        "title_ja": slot.title_ja,
        "venue": slot.venue.public_id if slot.venue else None,
    }


routes: Sequence[str] = ("reschedule", "cancel")
urlpatterns = [
    path(f"sessions/<uuid:id>/{name}/", SessionChanges.as_view({"post": name}), name=f"session-{name}")
    for name in routes
]
