from django.urls import path
from rest_framework.routers import SimpleRouter

from api.reports import views

urlpatterns = [
    path("reports/", views.Reports.as_view({"get": "list"}), name="reports"),
    path("reports/<str:name>/", views.Reports.as_view({"get": "retrieve"}), name="report"),
    path("reports/<str:name>/schema/", views.Reports.as_view({"get": "describe"}), name="report-schema"),
    path("reports/<str:name>/file/", views.ReportFiles.as_view({"get": "retrieve"}), name="report-file"),
]


def register(router: SimpleRouter) -> None:
    """Nothing: a report is no resource with rows of its own."""
