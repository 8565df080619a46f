"""Calendars as files: one's own, signed in or by a secret address, and a session's."""

import hashlib

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from academy import clock
from academy.access import Viewer, signed_in, staff_only
from academy.models import CalendarFeed, Staff
from academy.models.accounts import token_digest
from api.permissions import viewer_of
from api.renderers import JSONRenderer
from api.reports.files import attachment
from api.reports.views import refuse_parameters
from api.row_files import RowFile
from api.schema import AcademySchema
from courses.access import sessions_visible_to
from courses.models import Session
from enrollments import calendars
from enrollments.access import own_enrollments
from enrollments.models import SEATED

MEDIA_TYPE = "text/calendar"
# A program that asks again within five minutes gets its own copy; after that the ETag says whether anything changed.
CACHED = "private, max-age=300"


class CalendarSchema(AcademySchema):
    """The file goes out as iCalendar; what is refused, as a problem."""

    def map_renderers(self, attribute: str) -> "list[str]":
        return [MEDIA_TYPE]


class CalendarRenderer(JSONRenderer):
    """Lets a client ask for `text/calendar`; only problems are rendered, the file is bytes already."""

    media_type = MEDIA_TYPE


class OwnCalendar(ViewSet):
    """What the person takes part in and teaches, from the first day of the last fiscal year on."""

    schema = CalendarSchema()
    renderer_classes = (JSONRenderer, CalendarRenderer)
    access = {"retrieve": staff_only}
    answers = {"retrieve": str}

    def retrieve(self, request: Request) -> HttpResponseBase:
        refuse_parameters(request)
        staff = viewer_of(request).staff
        if staff is None:
            raise Http404
        return _file(request, _calendar_of(staff), "calendar.ics")


class CalendarByAddress(ViewSet):
    """The same for a calendar program, which does not sign in: whoever has the address has the calendar.

    An address that is wrong, revoked or expired, or whose person has left, is not there.
    """

    public = True
    authentication_classes = ()
    schema = CalendarSchema()
    renderer_classes = (JSONRenderer, CalendarRenderer)
    access = {"retrieve": signed_in}
    answers = {"retrieve": str}

    def retrieve(self, request: Request, secret: str) -> HttpResponseBase:
        refuse_parameters(request)
        feed = CalendarFeed.objects.live().filter(digest=token_digest(secret)).first()
        staff = Staff.objects.filter(user=feed.user_id).first() if feed else None
        if staff is None:
            raise Http404
        return _file(request, _calendar_of(staff), "calendar.ics")


class SessionCalendar(RowFile):
    """The meetings of a session, for whoever sees it; the online address is in it for who has a seat."""

    part = "sessions"
    visible = sessions_visible_to
    schema = CalendarSchema()
    renderer_classes = (JSONRenderer, CalendarRenderer)
    access = {"retrieve": signed_in}

    def file(self, session: Session) -> HttpResponseBase:
        entries = calendars.entries_of_session(session, own_seat=_has_seat(self.viewer, session))
        return _file(self.request, calendars.session_calendar(session, entries), f"{session.public_id}.ics")


def _calendar_of(staff: Staff) -> bytes:
    return calendars.personal_calendar(calendars.entries_of_person(staff.pk, now=clock.now()))


def _has_seat(viewer: Viewer, session: Session) -> bool:
    return own_enrollments(viewer).filter(session=session, status__in=SEATED).exists()


def _file(request: Request, content: bytes, name: str) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Content-Disposition": attachment(name, name), "Cache-Control": CACHED, "ETag": etag}
    response = HttpResponse(content, content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)
    response["X-Content-Type-Options"] = "nosniff"
    return get_conditional_response(request._request, etag=etag, response=response) or response


urlpatterns = [
    path("me/calendar.ics", OwnCalendar.as_view({"get": "retrieve"}), name="own-calendar"),
    path("calendar/<str:secret>.ics", CalendarByAddress.as_view({"get": "retrieve"}), name="calendar-by-address"),
    path("sessions/<uuid:id>/calendar.ics", SessionCalendar.as_view({"get": "retrieve"}), name="session-calendar"),
]
