"""How the outcome of a table that came in goes out."""

from typing import Any

from rest_framework import serializers

from academy.text import Text
from courses.operations.schedule_files.importing import Imported, Outcome
from courses.operations.schedule_files.plan_lines import ImportedPlan

OUTCOMES = {
    "created": Text("新規", "Created"),
    "changed": Text("変更", "Changed"),
    "unchanged": Text("変更なし", "Unchanged"),
}


class OutcomeShape(serializers.Serializer[Any]):
    """What came of one session: on which line of the file it begins, and which columns of it changed."""

    line = serializers.IntegerField()
    session = serializers.UUIDField(allow_null=True, help_text="null: 試行で作成 / drafted by a dry run")
    course = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    ordinal = serializers.IntegerField()
    title_ja = serializers.CharField()
    outcome = serializers.ChoiceField(choices=list(OUTCOMES))
    outcome_label = serializers.CharField()
    changed = serializers.ListField(child=serializers.CharField())


class ScheduleImportShape(serializers.Serializer[Any]):
    """Counts, the headings that were not read, and the sessions in the order of the file."""

    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    ignored_columns = serializers.ListField(child=serializers.CharField())
    sessions = OutcomeShape(many=True)


def schedule_import(result: Imported, *, rehearsed: bool) -> dict[str, Any]:
    return {
        **{name: result.count(name) for name in OUTCOMES},
        "ignored_columns": list(result.ignored),
        "sessions": [_outcome(each, rehearsed) for each in result.outcomes],
    }


def _outcome(each: Outcome, rehearsed: bool) -> dict[str, Any]:
    session = each.session
    return {
        "line": each.line,
        "session": None if rehearsed and each.outcome == "created" else session.public_id,
        "course": session.course.code,
        "fiscal_year": session.fiscal_year,
        "ordinal": session.ordinal,
        "title_ja": session.title_ja,
        "outcome": each.outcome,
        "outcome_label": str(OUTCOMES[each.outcome]),
        "changed": list(each.changed),
    }


class PlanImportShape(serializers.Serializer[Any]):
    """How the lines of the plan differ from what they were, and the headings that were not read."""

    plan = serializers.UUIDField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    ignored_columns = serializers.ListField(child=serializers.CharField())


def plan_import(result: ImportedPlan) -> dict[str, Any]:
    return {"plan": result.plan.public_id, **result.counts, "ignored_columns": list(result.ignored)}
