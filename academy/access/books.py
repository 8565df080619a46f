"""Who reads the machine's books: grants, tokens, calendar feeds, jobs, audit cases and the trail."""

from django.db.models import Q, QuerySet

from academy.access.rules import central_hr
from academy.access.scope import NOBODY, is_audited, people_audited, serves_in, serving_within
from academy.access.viewer import Viewer
from academy.models import AuditCase, AuditEvent, CalendarFeed, Job, Notice, Role, RoleGrant, Staff, Token, User


def grants_visible_to(viewer: Viewer) -> QuerySet[RoleGrant]:
    """One's own grants; central HR sees who was given what, an open audit case those of the people it is about."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return RoleGrant.objects.all()
    return RoleGrant.objects.filter(Q(user=viewer.user) | _audited_accounts(viewer))


def may_see_grant(viewer: Viewer, grant: RoleGrant) -> bool:
    """The predicate beside `grants_visible_to`."""
    if grant.user_id == viewer.user.pk or central_hr(viewer, grant):
        return True
    held = _person(grant.user)
    return is_audited(viewer, held) if held else _audits_all(viewer)


def tokens_visible_to(viewer: Viewer) -> QuerySet[Token]:
    return Token.objects.filter(user=viewer.user)


def own_token(viewer: Viewer, token: Token) -> bool:
    """The predicate beside `tokens_visible_to`."""
    return token.user_id == viewer.user.pk


def calendar_feeds_visible_to(viewer: Viewer) -> QuerySet[CalendarFeed]:
    """One's own alone: whoever is HR of a person does not read what the person's calendar programs do."""
    return CalendarFeed.objects.filter(user=viewer.user)


def own_calendar_feed(viewer: Viewer, feed: CalendarFeed) -> bool:
    """The predicate beside `calendar_feeds_visible_to`."""
    return feed.user_id == viewer.user.pk


def jobs_visible_to(viewer: Viewer) -> QuerySet[Job]:
    """The jobs one asked for."""
    return Job.objects.filter(requested_by=viewer.user)


def own_job(viewer: Viewer, job: Job) -> bool:
    """The predicate beside `jobs_visible_to`."""
    return job.requested_by_id == viewer.user.pk


def notices_visible_to(viewer: Viewer) -> QuerySet[Notice]:
    """What one was told oneself, and nobody else's."""
    return Notice.objects.filter(recipient=viewer.staff_id) if viewer.staff_id else Notice.objects.none()


def own_notice(viewer: Viewer, notice: Notice) -> bool:
    """The predicate beside `notices_visible_to`."""
    return viewer.is_self(notice.recipient_id)


def audit_cases_visible_to(viewer: Viewer) -> QuerySet[AuditCase]:
    """Central HR, who open and close them, and the auditor whose case it is."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return AuditCase.objects.all()
    return AuditCase.objects.filter(auditor=viewer.user)


def may_see_case(viewer: Viewer, case: AuditCase) -> bool:
    """The predicate beside `audit_cases_visible_to`."""
    return case.auditor_id == viewer.user.pk or central_hr(viewer, case)


def audit_events_visible_to(viewer: Viewer) -> QuerySet[AuditEvent]:
    """The trail: central HR reads all of it, others what they did themselves.

    An open audit case without an organisation shows all of it, one with an organisation what was done by the people who
    serve there today. The trail names accounts, not people, so that what a hidden person did is in it.
    """
    if viewer.everywhere(Role.ACADEMY_HR) or _audits_all(viewer):
        return AuditEvent.objects.all()
    seen = Q(by=viewer.user)
    if roots := _audited_roots(viewer):
        seen |= Q(by__in=Staff.objects.filter(pk__in=serving_within(roots, viewer.day)).values("user_id"))
    return AuditEvent.objects.filter(seen)


def may_see_event(viewer: Viewer, event: AuditEvent) -> bool:
    """The predicate beside `audit_events_visible_to`."""
    if event.by_id == viewer.user.pk or central_hr(viewer, event) or _audits_all(viewer):
        return True
    person = _person(event.by) if event.by else None
    return person is not None and serves_in(_audited_roots(viewer), person.pk, viewer.day)


def _audits_all(viewer: Viewer) -> bool:
    return any(case.organization_id is None for case in viewer.audit_cases)


def _audited_roots(viewer: Viewer) -> list[int]:
    return [case.organization_id for case in viewer.audit_cases if case.organization_id]


def _audited_accounts(viewer: Viewer) -> Q:
    """The accounts of the people audited, and in a case about all also those that are no person's."""
    if not viewer.audit_cases:
        return NOBODY
    people = Staff.objects.filter(people_audited(viewer), user__isnull=False)
    found = Q(user__in=people.values("user_id"))
    return found | Q(user__staff__isnull=True) if _audits_all(viewer) else found


def _person(user: User) -> Staff | None:
    return Staff.objects.filter(user=user).first()
