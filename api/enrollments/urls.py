"""The addresses of enrolments and of the seats of sessions; `api.urls` includes them."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.enrollments import (
    absences,
    applications,
    approvals,
    batches,
    calendars,
    changes,
    clashes,
    content,
    decisions,
    draws,
    explaining,
    leaving,
    letters,
    materials,
    nominations,
    offers,
    priority_classes,
    suggestions,
    views,
)

seats = views.SessionSeats.as_view

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/enrollments/", views.OwnEnrollments.as_view({"get": "list"}), name="own-enrollments"),
    path("me/opportunities/", views.Opportunities.as_view({"get": "list"}), name="opportunities"),
    path("sessions/<uuid:id>/eligibility/", seats({"get": "eligibility"}), name="session-eligibility"),
    path("sessions/<uuid:id>/conflicts/", clashes.Conflicts.as_view({"get": "explain"}), name="session-conflicts"),
    path(
        "sessions/<uuid:id>/suggestions/",
        suggestions.Suggestions.as_view({"get": "suggest"}),
        name="session-suggestions",
    ),
    path("sessions/<uuid:id>/assign/", seats({"post": "assign"}), name="session-assign"),
    path("sessions/<uuid:id>/capacity/", seats({"post": "capacity"}), name="session-capacity"),
    path("sessions/<uuid:id>/roster/", views.Roster.as_view({"get": "list"}), name="session-roster"),
    *absences.urlpatterns,
    *applications.urlpatterns,
    *approvals.urlpatterns,
    *batches.urlpatterns,
    *calendars.urlpatterns,
    *changes.urlpatterns,
    *content.urlpatterns,
    *draws.urlpatterns,
    *explaining.urlpatterns,
    *decisions.urlpatterns,
    *letters.urlpatterns,
    *leaving.urlpatterns,
    *nominations.urlpatterns,
    *offers.urlpatterns,
    *priority_classes.urlpatterns,
]


def register(router: SimpleRouter) -> None:
    router.register("enrollments", views.Enrollments, "enrollment")
    approvals.register(router)
    decisions.register(router)
    materials.register(router)
