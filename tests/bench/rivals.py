"""What we are compared with: the views that one writes with Django REST framework and nothing else.

They sign in by the same tokens and answer the same columns. They know no roles, filters, orders, translations, problem
documents, audit trail or steps; the list of a bureau is of its enrolments alone, not of the people who serve there today.
"""

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.urls import path
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academy.clock import BusinessNow
from academy.models import Staff
from academy.urls import urlpatterns as product
from api.authentication import TokenAuthentication
from courses.models import Session
from enrollments.models import SEATED, Enrollment, Status


class EnrollmentSerializer(serializers.ModelSerializer[Enrollment]):
    id = serializers.UUIDField(source="public_id")
    session = serializers.UUIDField(source="session.public_id")
    session_title_ja = serializers.CharField(source="session.title_ja")
    course = serializers.UUIDField(source="course.public_id")
    program = serializers.UUIDField(source="course.program.public_id")
    staff = serializers.UUIDField(source="staff.public_id")
    staff_name = serializers.CharField(source="staff.name")
    status_label = serializers.CharField(source="get_status_display")
    queue_position = serializers.IntegerField()
    organization = serializers.UUIDField(source="organization.public_id")
    bureau = serializers.UUIDField(source="bureau.public_id")
    bureau_name_ja = serializers.CharField(source="bureau.name_ja")
    grade = serializers.UUIDField(source="grade.public_id")
    grade_name_ja = serializers.CharField(source="grade.name_ja")
    job_family = serializers.UUIDField(source="job_family.public_id")

    class Meta:
        model = Enrollment
        fields = [
            "id", "session", "session_title_ja", "course", "program", "fiscal_year", "staff", "staff_name", "status",
            "status_label", "queue_position", "priority", "applied_at", "decided_at", "judged_at", "reference_date",
            "organization", "bureau", "bureau_name_ja", "grade", "grade_name_ja", "job_family",
        ]  # fmt: skip


class BareView(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]


class EnrollmentList(BareView):
    """100 rows before `?before=<applied_at>,<id>`, of one bureau by `?bureau=`."""

    def get(self, request: Request) -> Response:
        joined = ("session", "course__program", "staff", "organization", "bureau", "grade", "job_family")
        rows: QuerySet[Enrollment] = Enrollment.objects.select_related(*joined).with_queue_position()
        if bureau := request.query_params.get("bureau"):
            rows = rows.filter(bureau_id=int(bureau))
        if before := request.query_params.get("before"):
            applied_at, pk = before.split(",")
            rows = rows.filter(TupleLessThan(Tuple(F("applied_at"), F("pk")), (applied_at, int(pk))))
        page = list(rows.order_by("-applied_at", "-pk")[:101])
        last = page[99] if len(page) > 100 else None
        next_page = f"{last.applied_at.isoformat()},{last.pk}" if last else None
        return Response({"next": next_page, "results": EnrollmentSerializer(page[:100], many=True).data})


class ApplicationInput(serializers.Serializer[Any]):
    session = serializers.UUIDField()


class Applications(BareView):
    """Locks, counts and inserts. Who is where on which day is not looked up: it is copied from any enrolment."""

    copied: dict[str, Any] = {}

    def post(self, request: Request) -> Response:
        given = ApplicationInput(data=request.data)
        given.is_valid(raise_exception=True)
        staff = Staff.objects.get(user__username=request.user.get_username())
        with transaction.atomic():
            session = Session.objects.select_for_update().get(public_id=given.validated_data["session"])
            taken = Enrollment.objects.filter(session=session, status__in=SEATED).count()
            free = session.capacity is None or taken < session.capacity
            session.last_queue_no += 1
            session.save(update_fields=["last_queue_no"])
            made = Enrollment.objects.create(
                session=session,
                course_id=session.course_id,
                staff=staff,
                fiscal_year=session.fiscal_year,
                status=Status.ENROLLED if free else Status.WAITLISTED,
                queue_no=session.last_queue_no,
                decided_at=BusinessNow() if free else None,
                reference_date=session.starts_on,
                **self.copied,
            )
        return Response({"id": made.public_id, "status": made.status}, status=status.HTTP_201_CREATED)


urlpatterns = [
    *product,
    path("rival/enrollments/", EnrollmentList.as_view()),
    path("rival/applications/", Applications.as_view()),
]
