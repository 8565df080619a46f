"""The addresses of tables: schedules as files."""

from django.urls import URLPattern, URLResolver, path

from api.courses import table_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/file/", table_views.ScheduleFile.as_view({"get": "retrieve"}), name="session-file"),
    path("sessions/import/", table_views.ScheduleImports.as_view({"post": "create"}), name="session-import"),
]
