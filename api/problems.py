"""Every error as an RFC 9457 problem, in the reader's language, with a stable code and the places that are wrong."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from psycopg import errors as postgres
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from academy import errors
from academy.errors import DomainError, Fault
from academy.text import Text
from api.errors import (
    InternalFault,
    MethodNotAllowed,
    NotAcceptable,
    Overloaded,
    Unauthenticated,
    UnsupportedMediaType,
)
from api.renderers import to_json

MEDIA_TYPE = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What is no refusal stays an exception: a fault of ours is not dressed up."""
    refusal = _as_refusal(error)
    if refusal is None:
        return None
    set_rollback()
    return render(refusal)


def body_of(refusal: DomainError) -> dict[str, Any]:
    return {
        "type": f"urn:digital-academy:problem:{refusal.code}",
        "title": str(refusal.title),
        "status": refusal.status,
        "detail": str(refusal.detail),
        "code": refusal.code,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": str(f.text)} for f in refusal.faults],
    }


def render(refusal: DomainError) -> Response:
    return Response(body_of(refusal), status=refusal.status, headers=_headers(refusal), content_type=MEDIA_TYPE)


def _headers(refusal: DomainError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if refusal.status == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return headers


_BY_CLASS: list[tuple[type[Exception], type[DomainError]]] = [
    (Http404, errors.NotFound),
    (exceptions.NotFound, errors.NotFound),
    (PermissionDenied, errors.Forbidden),
    (exceptions.PermissionDenied, errors.Forbidden),
    (exceptions.NotAuthenticated, Unauthenticated),
    (exceptions.AuthenticationFailed, Unauthenticated),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.UnsupportedMediaType, UnsupportedMediaType),
    (exceptions.NotAcceptable, NotAcceptable),
]


def _as_refusal(error: Exception) -> DomainError | None:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return errors.InvalidInput(faults=list(_faults(error.detail, "")))
    if isinstance(error, OperationalError):
        return _of_database(error)
    return next((refusal() for kind, refusal in _BY_CLASS if isinstance(error, kind)), None)


def _of_database(error: OperationalError) -> DomainError | None:
    """A lock that is held too long, and a database that has no connection or no time to spare, are no faults of ours."""
    cause = error.__cause__
    if isinstance(cause, postgres.LockNotAvailable | postgres.DeadlockDetected):
        return errors.LockTimeout()
    unreachable = isinstance(cause, postgres.OperationalError) and cause.sqlstate is None
    return (
        Overloaded() if unreachable or isinstance(cause, postgres.QueryCanceled | postgres.TooManyConnections) else None
    )


def _faults(detail: Any, pointer: str) -> Iterator[Fault]:
    """DRF's nested messages as a flat list of places."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            at = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _faults(inner, at)
    elif isinstance(detail, Iterable) and not isinstance(detail, str):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict) and inner
            yield from _faults(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        message = str(detail)
        code = getattr(detail, "code", None) or "invalid"
        yield Fault(pointer, str(code), Text(message, message))


# What is answered outside any view.


def page(refusal: DomainError) -> HttpResponse:
    return HttpResponse(
        to_json(body_of(refusal)), status=refusal.status, headers=_headers(refusal), content_type=MEDIA_TYPE
    )


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(errors.NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(errors.InvalidInput())


def fault_of_ours(request: HttpRequest) -> HttpResponse:
    return page(InternalFault())
