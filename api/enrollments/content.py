"""`sessions/{id}/use-version/`: hold a session that runs with another version of its content."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.request import Request
from rest_framework.response import Response

from api.courses.rows import SessionRow
from api.inputs import Input, Reference
from api.views import Resource
from courses.access import content_versions_visible_to, sessions_visible_to
from enrollments import access
from enrollments.operations import content


class VersionChoice(Input):
    version = Reference(content_versions_visible_to)


class SessionContent(Resource):
    part = "sessions"
    visible = sessions_visible_to
    row = SessionRow
    access = {"use_version": access.runs}
    inputs = {"use_version": VersionChoice}

    def use_version(self, request: Request, id: str) -> Response:
        """Take another published version, while nobody who takes part has opened a lesson."""
        session, version = self.target(), self.input()["version"]
        return self.write(
            lambda: content.use_version(session_id=session.pk, version_id=version.pk, by=self.viewer.user)
        )


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "sessions/<uuid:id>/use-version/",
        SessionContent.as_view({"post": "use_version"}),
        name="session-use-version",
    ),
]
