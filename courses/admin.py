"""The catalogue on the admin site."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from academy.access import Viewer
from academy.admin import ReadOnlyAdmin, ReadOnlyInline
from academy.errors import Forbidden
from academy.models import User
from courses.access import may_schedule
from courses.models import (
    CompletionPolicy,
    Course,
    ExamScheme,
    Instructor,
    Meeting,
    Program,
    Session,
    SessionInstructor,
    Venue,
)
from courses.operations import sessions


class MeetingsOfSession(ReadOnlyInline[Meeting, Session]):
    model = Meeting
    verbose_name = verbose_name_plural = "コマ"


class InstructorsOfSession(ReadOnlyInline[SessionInstructor, Session]):
    model = SessionInstructor
    verbose_name = verbose_name_plural = "講師"


@admin.register(Program)
class ProgramAdmin(ReadOnlyAdmin[Program]):
    list_display = ("code", "title_ja", "tier", "pillar", "organiser", "mode", "organization")
    list_filter = ("tier", "pillar", "organiser", "mode")
    list_select_related = ("organization",)
    search_fields = ("code", "title_ja")


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin[Course]):
    list_display = ("code", "title_ja", "program", "policy", "repeatable")
    list_filter = ("program__tier", "policy", "repeatable")
    list_select_related = ("program", "policy")
    search_fields = ("code", "title_ja")


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    list_display = (
        *("title_ja", "course", "fiscal_year", "ordinal", "status", "selection", "starts_on", "ends_on"),
        *("capacity", "seats_taken", "apply_from", "apply_until"),
    )
    list_filter = ("status", "fiscal_year", "selection", "course__program")
    list_select_related = ("course",)
    search_fields = ("course__title_ja", "title_ja")
    ordering = ("-starts_on", "-pk")
    inlines = (MeetingsOfSession, InstructorsOfSession)
    actions = ("publish", "open", "close")

    @admin.action(description="公開する")
    def publish(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.publish_session(session_id=_planned(row, by), by=by))

    @admin.action(description="申込みを開始する")
    def open(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.open_session(session_id=_planned(row, by), by=by))

    @admin.action(description="申込みを終了する")
    def close(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.close_session(session_id=_planned(row, by), by=by))


def _planned(session: Session, by: User) -> int:
    if not may_schedule(Viewer(by), session):
        raise Forbidden
    return session.pk


@admin.register(CompletionPolicy)
class CompletionPolicyAdmin(ReadOnlyAdmin[CompletionPolicy]):
    list_display = ("code", "name_ja", "certifies", "all_lessons", "exam", "proposal")
    list_select_related = ("exam",)


@admin.register(ExamScheme)
class ExamSchemeAdmin(ReadOnlyAdmin[ExamScheme]):
    list_display = ("code", "name_ja", "total_max", "total_min")


@admin.register(Venue)
class VenueAdmin(ReadOnlyAdmin[Venue]):
    list_display = ("code", "name_ja", "seats", "online")
    list_filter = ("online",)


@admin.register(Instructor)
class InstructorAdmin(ReadOnlyAdmin[Instructor]):
    list_display = ("name", "affiliation")
    search_fields = ("name",)
    raw_id_fields = ("staff",)
