"""The addresses of what sessions are planned with: deadlines, rounds, templates."""

from django.urls import URLPattern, URLResolver, path

from api.courses import deadline_views

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "courses/<uuid:id>/deadline-rules/",
        deadline_views.DeadlineRules.as_view({"post": "replace"}),
        name="course-deadline-rules",
    ),
]
