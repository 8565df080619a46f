"""The addresses of the catalogue; `api.urls` includes them."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.courses import audiences, content, entry, forms, plan_urls, planning_urls, requirements, table_urls, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("courses/<uuid:id>/people/", views.AudiencePeople.as_view({"get": "list"}), name="course-people"),
    path(
        "courses/<uuid:id>/audience-preview/",
        audiences.CourseAudience.as_view({"get": "preview", "post": "compare"}),
        name="course-audience",
    ),
    path(
        "sessions/<uuid:id>/audience-preview/",
        audiences.SessionAudience.as_view({"get": "preview", "post": "compare"}),
        name="session-audience",
    ),
    *planning_urls.urlpatterns,
    *content.urlpatterns,
    *entry.urlpatterns,
    *forms.urlpatterns,
    *table_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *requirements.urlpatterns,
]


def register(router: SimpleRouter) -> None:
    planning_urls.register(router)
    router.register("programs", views.Programs, "program")
    router.register("courses", views.Courses, "course")
    router.register("modules", views.Modules, "module")
    router.register("lessons", views.Lessons, "lesson")
    router.register("completion-policies", views.CompletionPolicies, "completion-policy")
    router.register("exam-schemes", views.ExamSchemes, "exam-scheme")
    router.register("venues", views.Venues, "venue")
    router.register("instructors", views.Instructors, "instructor")
    router.register("sessions", views.Sessions, "session")
    router.register("meetings", views.Meetings, "meeting")
    content.register(router)
    plan_urls.register(router)
