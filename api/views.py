"""What every resource shares. A resource declares its rows, inputs, rules, orders and filters, and each of its
actions is one call of an operation; what is common to all writes (dry run, idempotency key, If-Match) happens here.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, override
from rest_framework import status as http
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from academy.access import Rule, Viewer
from academy.models import AuditEvent, User
from academy.operations.audit_cases import audit_read
from academy.operations.base import collected_events
from api import idempotency
from api.as_of import AS_OF, asked_day
from api.errors import StaleETag
from api.inputs import Input
from api.pagination import KeysetPagination, invalid_parameter
from api.permissions import viewer_of
from api.renderers import to_json
from api.rows import Row

ETAG_LANGUAGE = "ja"
READING = frozenset({"GET", "HEAD"})
ANSWERED = frozenset({http.HTTP_200_OK, http.HTTP_304_NOT_MODIFIED})


class Resource(GenericViewSet[Any]):
    """One kind of row under one address."""

    http_method_names = ["get", "head", "post", "patch", "delete"]
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    visible: ClassVar[Callable[[Viewer], QuerySet[Any]]]  # which rows a viewer sees
    row: ClassVar[type[Row]]
    rows_by_action: ClassVar[Mapping[str, type[Row]]] = {}  # where an action answers with another kind of row
    inputs: ClassVar[Mapping[str, type[Input]]] = {}
    access: ClassVar[Mapping[str, Rule]] = {}  # an action that is not named is refused
    part: ClassVar[str] = ""  # the scope that a service account needs, where it is not the address's first word
    orders: ClassVar[Sequence[str]] = ("id",)
    dated: ClassVar[Collection[str]] = ()  # actions that take `as_of`
    row_on_day: ClassVar[type[Row] | None] = None  # with it: another kind of row
    statuses: ClassVar[Mapping[str, int]] = {"create": http.HTTP_201_CREATED}

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.request)

    @property
    def as_of(self) -> dt.date | None:
        """The day that is asked about, where the action takes one."""
        return asked_day(self.request) if self.action in self.dated else None

    def get_queryset(self) -> QuerySet[Any]:
        rows = type(self).visible(self.viewer)
        return self.on_day(rows, self.as_of) if self.as_of else rows

    def on_day(self, rows: Any, day: dt.date) -> QuerySet[Any]:
        """Which of the rows there are on a day: for `as_of`."""
        raise NotImplementedError

    def shape(self) -> type[Row]:
        """The kind of row with which a reading action answers."""
        plain = self.rows_by_action.get(self.action, self.row)
        return self.row_on_day if self.as_of and self.row_on_day else plain

    def target(self) -> Any:
        """The row that the address names, if the viewer sees it (404) and may (403)."""
        row = self.get_queryset().filter(public_id=self.kwargs["id"]).first()
        if row is None:
            raise Http404
        self.check_object_permissions(self.request, row)
        return row

    def input(self) -> dict[str, Any]:
        """The checked body of this action."""
        shape = self.inputs[self.action](data=self.request.data, context={"viewer": self.viewer, "view": self})
        shape.is_valid(raise_exception=True)
        return cast("dict[str, Any]", shape.validated_data)

    def refuse_unknown_parameters(self, *known: str) -> None:
        for name in self.request.query_params:
            if name not in known:
                raise invalid_parameter(
                    name, "このパラメータはありません。", "There is no such parameter.", "unknown_parameter"
                )

    # Reading.

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        return KeysetPagination().page(rows, request, self, self.shape(), self.as_of)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.refuse_unknown_parameters(*([AS_OF] if self.action in self.dated else []))
        pk = self.target().pk
        body = self.body(pk)
        etag = etag_of(body) if get_language() == ETAG_LANGUAGE else self.etag(pk)
        if request.headers.get("If-None-Match") == etag:
            return Response(status=http.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag})

    def body(self, pk: int) -> Any:
        """One row as the viewer sees it: what `retrieve` answers, and what its ETag is of."""
        row = self.row_on_day if self.as_of and self.row_on_day else self.row
        return row.one(self.get_queryset(), pk, self.as_of)

    def etag(self, pk: int) -> str:
        """The ETag of a row, whatever language it is read in."""
        with override(ETAG_LANGUAGE):
            return etag_of(self.body(pk))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """What was read in an audit case goes out once it is written down, and not otherwise."""
        if request.method in READING and response.status_code in ANSWERED and isinstance(request.user, User):
            self._write_down_reading(response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _write_down_reading(self, response: Response) -> None:
        cases = self.viewer.cases_used
        ids, counted = self._read_in_cases(response) if cases else ([], None)
        if not ids and not counted:
            return
        for case in cases:
            audit_read(
                case=case,
                address=self.request.path,
                parameters=sorted(self.request.query_params),
                ids=ids,
                counted=counted,
                by=self.viewer.user,
            )

    def _read_in_cases(self, response: Response) -> tuple[Sequence[UUID], int | None]:
        """The rows of the answer that the viewer would not see without the cases; how many, where they were counted."""
        own = type(self).visible(self.viewer.without_cases())
        body = response.data if isinstance(response.data, dict) else {}
        read = [self.kwargs["id"]] if "id" in self.kwargs else [row["id"] for row in body.get("results", [])]
        known = set(own.filter(public_id__in=read).values_list("public_id", flat=True))
        counted = None
        if "count" in body and "id" not in self.kwargs:
            counted = self.filter_queryset(self.get_queryset().exclude(pk__in=own.values("pk"))).count()
        if known and "id" in self.kwargs and not self._may_without_cases(own):
            known = set()
        return [each for each in read if each not in known], counted

    def _may_without_cases(self, own: QuerySet[Any]) -> bool:
        """Whether what an address tells of a row that the viewer sees anyhow is told to them without the cases too."""
        rule = self.access.get(self.action)
        return rule is not None and rule(self.viewer.without_cases(), own.get(public_id=self.kwargs["id"]))

    # Writing.

    def write(
        self, call: Callable[[], Any], render: Callable[[Any], Any] | None = None, *, status: int | None = None
    ) -> Response:
        """Run one operation and answer with the row it returns, or with what `render` makes of its result.

        As a dry run it is rolled back, and answered with what it would have changed.
        """
        if self._dry_run():
            self.refuse_unknown_parameters("dry_run")
            return rehearse(lambda: self._if_fresh(call), render or self._render)
        return self.do(call, render, status=status)

    def do(
        self, call: Callable[[], Any], render: Callable[[Any], Any] | None = None, *, status: int | None = None
    ) -> Response:
        """Run one operation that stays done.

        Without a key or If-Match the operation's own transaction is the only one, and the answer is rendered after
        its commit; with them the answer belongs to the same transaction.
        """
        self.refuse_unknown_parameters("dry_run")
        shape = render or self._render
        status = status or self.statuses.get(self.action, http.HTTP_200_OK)
        key = idempotency.key_of(self.request)
        if not key and "If-Match" not in self.request.headers:
            return self._answer(shape(call()), status)
        with transaction.atomic():
            claim = idempotency.claim(self.request, self.viewer.user, key) if key else None
            if claim and claim.replay:
                return claim.replay
            response = self._answer(shape(self._if_fresh(call)), status)
            if claim:
                claim.keep(response)
            return response

    def _render(self, result: Any) -> Any:
        if result is None:
            return None
        row = self.rows_by_action.get(self.action, self.row)
        model = cast("type[Model]", type(result))
        return row.one(model._default_manager.all(), result.pk)

    @staticmethod
    def _answer(body: Any, status: int) -> Response:
        if body is None:
            return Response(status=http.HTTP_204_NO_CONTENT)
        return Response(body, status=status)

    def _dry_run(self) -> bool:
        text = self.request.query_params.get("dry_run", "false")
        if text not in {"true", "false"}:
            raise invalid_parameter("dry_run", "true か false です。", "true or false.")
        return text == "true"

    def _if_fresh(self, call: Callable[[], Any]) -> Any:
        self._refuse_stale()
        return call()

    def _refuse_stale(self) -> None:
        """412 unless the row, locked until the write is done, is still as the client saw it."""
        given = self.request.headers.get("If-Match")
        if given is None or "id" not in self.kwargs:
            return
        model = cast("type[Model]", self.get_queryset().model)
        pk = model._default_manager.select_for_update(no_key=True).get(pk=self.target().pk).pk
        if given == "*":
            return
        reading = self._reading()
        seen = reading is not None and reading.get_queryset().filter(pk=pk).exists()
        if reading is None or not seen or reading.etag(pk) not in {tag.strip() for tag in given.split(",")}:
            raise StaleETag

    def _reading(self) -> "Resource | None":
        """What gave the client its ETag: GET of this address, otherwise GET of `…/{id}/` above it, where there is one."""
        if "retrieve" in self.action_map.values():
            return self
        above, this, _ = self.request.path.partition(f"{self.kwargs['id']}/")
        try:
            view = resolve(above + this).func
        except Resolver404:
            return None
        reading = cast("type[Resource]", view.cls)(**view.initkwargs)  # type: ignore[attr-defined]
        reading.request, reading.kwargs, reading.action = self.request, self.kwargs, "retrieve"
        return reading


def etag_of(body: Any) -> str:
    """A strong validator of what the viewer sees of a row: any visible change changes it."""
    return f'"{hashlib.sha256(to_json(body)).hexdigest()[:32]}"'


def rehearse(call: Callable[[], Any], render: Callable[[Any], Any]) -> Response:
    """`dry_run`: the real code with all constraints checked, then rolled back; the answer says what it would change."""
    with collected_events() as events, transaction.atomic():
        body = render(call())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return Response({"dry_run": True, "result": body, "changes": [_change(event) for event in events]})


def _change(event: AuditEvent) -> dict[str, Any]:
    return {"action": event.action, "kind": event.target_kind, "id": event.target, "detail": event.detail}
