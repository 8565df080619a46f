"""The addresses of tables: schedules and plans as files."""

from django.urls import URLPattern, URLResolver, path

from api.courses import table_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/file/", table_views.ScheduleFile.as_view({"get": "retrieve"}), name="session-file"),
    path("sessions/import/", table_views.ScheduleImports.as_view({"post": "create"}), name="session-import"),
    path(
        "program-plans/<uuid:id>/file/",
        table_views.PlanFile.as_view({"get": "retrieve"}),
        name="program-plan-file",
    ),
    path(
        "program-plans/<uuid:id>/import/",
        table_views.PlanImports.as_view({"post": "replace"}),
        name="program-plan-import",
    ),
]
