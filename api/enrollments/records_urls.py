"""Addresses of the learning records."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from api.enrollments import records_views as views


def register(router: SimpleRouter) -> None:
    router.register("lesson-progress", views.LessonProgresses, "lesson-progress")
    router.register("exam-attempts", views.ExamAttempts, "exam-attempt")
    router.register("teams", views.Teams, "team")
    router.register("proposals", views.Proposals, "proposal")


urlpatterns = [
    path(
        "sessions/<uuid:id>/attendance/",
        views.SessionAttendance.as_view({"get": "show", "post": "mark"}),
        name="session-attendance",
    ),
    path(
        "lessons/<uuid:id>/progress/",
        views.OwnProgress.as_view({"get": "retrieve", "post": "report"}),
        name="lesson-progress-own",
    ),
]
