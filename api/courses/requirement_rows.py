"""How what a course asks for and what it raises go out."""

from rest_framework import serializers

from api.rows import PublicId, Row


class PrerequisiteRow(Row):
    """A course to complete before; `within_years` counts fiscal years back, 1 is the session's own."""

    course = PublicId("required")
    code = serializers.CharField(source="required.code")
    title_ja = serializers.CharField(source="required.title_ja")
    title_en = serializers.CharField(source="required.title_en")
    within_years = serializers.IntegerField(allow_null=True)


class CourseSkillRow(Row):
    """A skill that the course raises, and to which level of its framework's scale."""

    item = PublicId("item")
    number = serializers.IntegerField(source="item.number")
    name_ja = serializers.CharField(source="item.name_ja")
    name_en = serializers.CharField(source="item.name_en")
    level = serializers.IntegerField()
