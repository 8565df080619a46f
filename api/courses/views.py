"""The catalogue: programmes, courses, sessions and what they need."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import central_hr, signed_in
from api.courses import filters, inputs, rows
from api.inputs import Empty
from api.pagination import KeysetPagination
from api.views import Resource
from courses import access
from courses.models import Program, Session
from courses.operations import audiences, content, places, policies, programs, sessions
from enrollments.models import Enrollment

READ = {"list": signed_in, "retrieve": signed_in}


class Programs(Resource):
    visible = access.programs_visible_to
    row = rows.ProgramRow
    access = {**READ, "create": access.may_offer, "partial_update": access.may_offer}
    inputs = {"create": inputs.ProgramInput, "partial_update": inputs.ProgramChange}
    orders = ("title_folded", "-title_folded")
    filterset_class = filters.ProgramFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        self.check_object_permissions(request, Program(organization=given.get("organization")))
        return self.write(lambda: programs.create_program(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        program = self.target()
        given = self.input()
        if "organization" in given:
            self.check_object_permissions(request, Program(organization=given["organization"]))
        return self.write(lambda: programs.change_program(program_id=program.pk, **given, by=self.viewer.user))


class Courses(Resource):
    """講座. Who is added to its audience or left out by name is changed here and shown only to who may change it."""

    visible = access.courses_visible_to
    row = rows.CourseDetailRow
    rows_by_action = {
        "list": rows.CourseRow,
        "include": rows.AudiencePersonRow,
        "exclude": rows.AudiencePersonRow,
    }
    access = {
        **READ,
        "create": access.may_schedule,
        "partial_update": access.may_schedule,
        "include": access.may_schedule,
        "exclude": access.may_schedule,
        "unname": access.may_schedule,
    }
    inputs = {
        "create": inputs.CourseInput,
        "partial_update": inputs.CourseChange,
        "include": inputs.NamingInput,
        "exclude": inputs.NamingInput,
        "unname": inputs.UnnamingInput,
    }
    statuses = {"create": 201, "unname": 204}
    orders = ("title_folded", "-title_folded")
    filterset_class = filters.CourseFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        self.check_object_permissions(request, given["program"])
        return self.write(lambda: programs.create_course(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        course = self.target()
        given = self.input()
        return self.write(lambda: programs.change_course(course_id=course.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def include(self, request: Request, id: str) -> Response:
        """Add a person to the audience by name."""
        at, given = self.target().audience_id, self.input()
        return self.write(lambda: audiences.include_person(audience_id=at, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def exclude(self, request: Request, id: str) -> Response:
        """Leave a person out of the audience by name."""
        at, given = self.target().audience_id, self.input()
        return self.write(lambda: audiences.exclude_person(audience_id=at, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def unname(self, request: Request, id: str) -> Response:
        """Let the rule decide about a person again."""
        at, given = self.target().audience_id, self.input()
        return self.write(lambda: audiences.unname_person(audience_id=at, **given, by=self.viewer.user))


class AudiencePeople(Resource):
    """Who was added to a course's audience or left out by name, and why, for those who plan the course."""

    part = "staff"
    visible = access.courses_visible_to
    row = rows.AudiencePersonRow
    access = {"list": access.may_schedule}
    orders = ("created_at", "-created_at")
    filterset_class = filters.AudiencePersonFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        named = access.audience_people_visible_to(self.viewer).filter(audience=self.target().audience_id)
        return KeysetPagination().page(self.filter_queryset(named), request, self, self.row)


class Modules(Resource):
    visible = access.modules_visible_to
    row = rows.ModuleRow
    access = {**READ, "create": access.may_schedule, "partial_update": access.may_schedule}
    inputs = {"create": inputs.ModuleInput, "partial_update": inputs.ModuleChange}
    orders = ("position", "-position")
    filterset_class = filters.ModuleFilters

    def create(self, request: Request) -> Response:
        """Add a chapter, at the end of the course unless its position is given."""
        given = self.input()
        course = given.pop("course")
        self.check_object_permissions(request, course)
        return self.write(lambda: content.add_module(course_id=course.pk, **given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        module = self.target()
        given = self.input()
        return self.write(lambda: content.change_module(module_id=module.pk, **given, by=self.viewer.user))


class Lessons(Resource):
    visible = access.lessons_visible_to
    row = rows.LessonRow
    access = {**READ, "create": access.may_schedule, "partial_update": access.may_schedule}
    inputs = {"create": inputs.LessonInput, "partial_update": inputs.LessonChange}
    orders = ("position", "-position")
    filterset_class = filters.LessonFilters

    def create(self, request: Request) -> Response:
        """Add a video or text, at the end of the module unless its position is given."""
        given = self.input()
        module = given.pop("module")
        self.check_object_permissions(request, module)
        return self.write(lambda: content.add_lesson(module_id=module.pk, **given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        lesson = self.target()
        given = self.input()
        return self.write(lambda: content.change_lesson(lesson_id=lesson.pk, **given, by=self.viewer.user))


class CompletionPolicies(Resource):
    """修了条件. They serve all programmes: academy HR keeps them."""

    visible = access.policies_visible_to
    row = rows.CompletionPolicyRow
    access = {**READ, "create": central_hr, "partial_update": central_hr}
    inputs = {"create": inputs.PolicyInput, "partial_update": inputs.PolicyChange}
    orders = ("code",)

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: policies.create_policy(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        policy = self.target()
        given = self.input()
        return self.write(lambda: policies.change_policy(policy_id=policy.pk, **given, by=self.viewer.user))


class ExamSchemes(Resource):
    """外部試験. What passing takes is given once; names and source may be corrected."""

    visible = access.exam_schemes_visible_to
    row = rows.ExamSchemeRow
    access = {**READ, "create": central_hr, "partial_update": central_hr}
    inputs = {"create": inputs.ExamSchemeInput, "partial_update": inputs.ExamSchemeChange}
    orders = ("code",)

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: policies.create_exam_scheme(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        scheme = self.target()
        given = self.input()
        return self.write(lambda: policies.change_exam_scheme(scheme_id=scheme.pk, **given, by=self.viewer.user))


class Venues(Resource):
    visible = access.venues_visible_to
    row = rows.VenueRow
    access = {**READ, "create": access.may_keep_places, "partial_update": access.may_keep_places}
    inputs = {"create": inputs.VenueInput, "partial_update": inputs.VenueChange}
    orders = ("code",)
    filterset_class = filters.VenueFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: places.create_venue(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        venue = self.target()
        given = self.input()
        return self.write(lambda: places.change_venue(venue_id=venue.pk, **given, by=self.viewer.user))


class Instructors(Resource):
    visible = access.instructors_visible_to
    row = rows.InstructorRow
    access = {**READ, "create": access.may_keep_places, "partial_update": access.may_keep_places}
    inputs = {"create": inputs.InstructorInput, "partial_update": inputs.InstructorChange}
    orders = ("name",)
    filterset_class = filters.InstructorFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: places.create_instructor(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        instructor = self.target()
        given = self.input()
        return self.write(lambda: places.change_instructor(instructor_id=instructor.pk, **given, by=self.viewer.user))


class Meetings(Resource):
    visible = access.meetings_visible_to
    row = rows.MeetingRow
    access = READ
    orders = ("id",)
    filterset_class = filters.MeetingFilters


class Sessions(Resource):
    """回: drafts are their planners' alone; from publication on everyone sees them."""

    visible = access.sessions_visible_to
    row = rows.SessionRow
    access = {
        **READ,
        "create": access.may_schedule,
        "partial_update": access.may_schedule,
        "publish": access.may_schedule,
        "open": access.may_schedule,
        "close": access.may_schedule,
        "finish": access.may_schedule,
    }
    inputs = {
        "create": inputs.SessionInput,
        "partial_update": inputs.DraftChange,
        "publish": Empty,
        "open": inputs.OpenInput,
        "close": Empty,
        "finish": Empty,
    }
    answers = {"retrieve": rows.SessionDetailRow}
    orders = ("starts_on", "-starts_on", "created_at", "-created_at")
    filterset_class = filters.SessionFilters

    def body(self, pk: int) -> Any:
        """With how many wait in the queue, for who plans the session."""
        session = Session.objects.select_related("course").get(pk=pk)
        planned = access.may_schedule(self.viewer, session)
        waiting = Enrollment.objects.waiting().filter(session=pk)
        return {**super().body(pk), "demand": waiting.count() if planned else None}

    def create(self, request: Request) -> Response:
        given = self.input()
        course = given.pop("course")
        self.check_object_permissions(request, course)
        return self.write(lambda: sessions.create_session(course_id=course.pk, **given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        session = self.target()
        given = self.input()
        return self.write(lambda: sessions.change_session(session_id=session.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        session = self.target()
        self.input()
        return self.write(lambda: sessions.publish_session(session_id=session.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def open(self, request: Request, id: str) -> Response:
        """Take applications from now on."""
        session = self.target()
        given = self.input()
        return self.write(lambda: sessions.open_session(session_id=session.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """Take no more applications."""
        session = self.target()
        self.input()
        return self.write(lambda: sessions.close_session(session_id=session.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, id: str) -> Response:
        session = self.target()
        self.input()
        return self.write(lambda: sessions.finish_session(session_id=session.pk, by=self.viewer.user))
