"""The addresses of the catalogue; `api.urls` includes them."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from api.courses import views

urlpatterns: list[URLPattern | URLResolver] = []


def register(router: SimpleRouter) -> None:
    router.register("programs", views.Programs, "program")
    router.register("courses", views.Courses, "course")
    router.register("completion-policies", views.CompletionPolicies, "completion-policy")
    router.register("exam-schemes", views.ExamSchemes, "exam-scheme")
    router.register("venues", views.Venues, "venue")
    router.register("instructors", views.Instructors, "instructor")
    router.register("sessions", views.Sessions, "session")
    router.register("meetings", views.Meetings, "meeting")
