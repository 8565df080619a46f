"""The addresses of what sessions are planned with: deadlines, rounds, templates."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.courses import deadline_views, planning_views

planning = planning_views.SessionPlanning.as_view

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "courses/<uuid:id>/deadline-rules/",
        deadline_views.DeadlineRules.as_view({"post": "replace"}),
        name="course-deadline-rules",
    ),
    path("sessions/<uuid:id>/reopen/", planning({"post": "reopen"}), name="session-reopen"),
    path("sessions/<uuid:id>/deadlines/", planning({"post": "deadlines"}), name="session-deadlines"),
    path("sessions/<uuid:id>/clone/", planning({"post": "clone"}), name="session-clone"),
]


def register(router: SimpleRouter) -> None:
    router.register("session-templates", planning_views.SessionTemplates, "session-template")
