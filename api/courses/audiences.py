"""`audience-preview/`: whom a course or a session is for, in numbers, before and after an edited rule."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import clock
from academy.errors import Faults
from api.as_of import day_in
from api.courses.rows import CourseRow, SessionRow
from api.inputs import Input
from api.views import Resource
from courses import access, audiences
from courses.audience_counts import AudienceCounts, Counted, Line, audience_counts
from courses.disclosure import Counts
from courses.models import Audience, Session
from courses.operations.audiences import check_rule
from enrollments.evidence import timetable_of

ON = OpenApiParameter(
    "on",
    {"type": "string", "format": "date"},
    OpenApiParameter.QUERY,
    description="この日の人事で数える(回は基準日、講座は今日) / As of this day; else a session's reference date, or today",
)


class CountsRow(serializers.Serializer[Any]):
    staff = serializers.IntegerField(help_text="その日に本務のある人 / who holds a primary post that day")
    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    joined = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)


class CountsOfRow(CountsRow):
    id = serializers.UUIDField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()


class AudiencePreviewRow(serializers.Serializer[Any]):
    """How many people an audience is of. Counts are null where they are withheld from who does not know the people."""

    on = serializers.DateField()
    counted = serializers.ChoiceField(choices=[each.value for each in Counted])
    smallest = serializers.IntegerField(allow_null=True, help_text="これより少ない数は null / smaller counts are null")
    rule = serializers.JSONField()
    edited_rule = serializers.JSONField(allow_null=True)
    included_by_name = serializers.IntegerField()
    excluded_by_name = serializers.IntegerField()
    total = CountsRow()
    by_bureau = CountsOfRow(many=True)
    by_grade = CountsOfRow(many=True)


class EditedRule(Input):
    rule = serializers.JSONField(help_text="試す条件 / the rule to try, see courses.audiences")


class AudiencePreviews(Resource):
    """What both previews share: the counts, read with GET, and beside an edited rule with POST."""

    access = {"preview": access.may_schedule, "compare": access.may_schedule}
    inputs = {"compare": EditedRule}
    answers = {"preview": AudiencePreviewRow, "compare": AudiencePreviewRow}
    parameters = {"preview": [ON], "compare": [ON]}
    questions = ("compare",)

    def preview(self, request: Request, id: str) -> Response:
        """The audience by bureau and grade."""
        return self._answer_about(*self._audience_and_day(), None)

    def compare(self, request: Request, id: str) -> Response:
        """The same beside what it would be with the rule in the body; nothing is changed."""
        audience, on = self._audience_and_day()
        return self._answer_about(audience, on, self.input())

    def of(self, row: Any) -> tuple[Audience, dt.date]:
        """The audience of a row, and the day on which it is asked about."""
        raise NotImplementedError

    def _audience_and_day(self) -> tuple[Audience, dt.date]:
        self.refuse_unknown_parameters("on")
        asked = day_in(self.request, "on")
        audience, day = self.of(self.target())
        return audience, asked or day

    def _answer_about(self, audience: Audience, on: dt.date, given: dict[str, Any] | None) -> Response:
        edited = None
        if given is not None:
            faults = Faults()
            check_rule(given["rule"], faults, at="/rule")
            faults.refuse()
            edited = audiences.parse(given["rule"])
        found = audience_counts(audience, on, edited=edited, viewer=self.viewer)
        return Response(_body(found, audience.rule, given["rule"] if given else None))


class CourseAudience(AudiencePreviews):
    visible = access.courses_visible_to
    row = CourseRow

    def of(self, row: Any) -> tuple[Audience, dt.date]:
        return row.audience, clock.today()


class SessionAudience(AudiencePreviews):
    visible = access.sessions_visible_to
    row = SessionRow

    def of(self, row: Any) -> tuple[Audience, dt.date]:
        session = Session.objects.with_audience().get(pk=row.pk)
        return session.applicable_audience, timetable_of(session, clock.now()).reference_date


def _body(found: AudienceCounts, rule: Any, edited: Any) -> dict[str, Any]:
    return {
        "on": found.on,
        "counted": found.counted.value,
        "smallest": found.smallest,
        "rule": rule,
        "edited_rule": edited,
        "included_by_name": found.included,
        "excluded_by_name": found.excluded,
        "total": _counts(found.staff, found.total),
        "by_bureau": [_line(line) for line in found.by_bureau],
        "by_grade": [_line(line) for line in found.by_grade],
    }


def _line(line: Line) -> dict[str, Any]:
    return {"id": line.id, "name_ja": line.name.ja, "name_en": line.name.en, **_counts(line.staff, line.counts)}


def _counts(staff: int, counts: Counts | None) -> dict[str, int | None]:
    names = ("before", "after", "joined", "left")
    return {"staff": staff, **{name: getattr(counts, name) if counts else None for name in names}}
