"""What each role in each scope reaches, named person by person: the table that the twins cannot get wrong together."""

from typing import Any

import pytest
from django.db.models import QuerySet

from academy import access as academy
from academy.access import Viewer
from academy.models import AuditEvent, Role, RoleGrant
from courses.access import may_keep_places, may_offer, may_schedule, sessions_visible_to
from courses.models import SessionStatus
from enrollments import access as seats
from enrollments.access import records
from enrollments.reports.access import may_read_hiring_years, may_read_reports
from skills import access as skills
from tests.whole_cast import Everybody

DIGITAL = {"ict", "ict2", "head", "trainer", "on_leave", "seconded"}  # hidden left out
INDUSTRY = {"staff", "industry_head", "moved", "seconded"}
ICT = {"ict", "ict2", "trainer", "on_leave"}
HERE = {"ict", "ict2", "staff", "head", "moved", "on_leave", "seconded"}  # in the session of the programme
HIDDEN = {"hidden"}


def named(everybody: Everybody, rows: QuerySet[Any], path: str = "staff") -> set[str]:
    keys = set(rows.values_list(path, flat=True))
    return {name for name, staff in everybody.people.items() if staff.pk in keys}


PEOPLE = {
    "hr": DIGITAL | INDUSTRY | HIDDEN,
    "skills_academy_hr": DIGITAL | HIDDEN,
    "ict_academy_hr": ICT | HIDDEN,
    "digital_ict_academy_hr": ICT | HIDDEN,
    "bureau_hr": DIGITAL,
    "digital_ict_hr": ICT,  # `seconded` is ICT in a concurrent post only
    "industry_hr": INDUSTRY,
    "industry_office_hr": INDUSTRY,
    "head": DIGITAL,
    "industry_head": INDUSTRY,
    "case_for_all": DIGITAL | INDUSTRY,
    "case_for_digital": DIGITAL,
    "hidden": HIDDEN,
}
NO_STAFF = {
    "auditor", "closed_case", "past_case", "case_without_role", "digital_auditor", "manager", "digital_manager",
    "provider", "ict_provider", "skill_office", "digital_office", "ict_office", "statistics", "former_hr", "no_role",
}  # fmt: skip


def test_who_sees_which_people(everybody: Everybody) -> None:
    for who, user in everybody.users.items():
        own = {who} & everybody.people.keys()
        expected = set() if who in NO_STAFF else PEOPLE.get(who, set()) | own
        assert named(everybody, academy.staff_visible_to(Viewer(user)), "pk") == expected, who


ENROLMENTS = {
    "hr": HERE | HIDDEN,
    "skills_academy_hr": DIGITAL - {"trainer"} | {"moved"} | HIDDEN,
    "ict_academy_hr": ICT - {"trainer"} | {"moved"} | HIDDEN,
    "digital_ict_academy_hr": ICT - {"trainer"} | {"moved"} | HIDDEN,
    "bureau_hr": DIGITAL - {"trainer"} | {"moved"},
    "digital_ict_hr": ICT - {"trainer"} | {"moved"},  # `moved` was ICT in the bureau on the day
    "industry_hr": {"staff", "moved", "seconded"},
    "industry_office_hr": {"staff", "moved", "seconded"},
    "head": {"ict", "ict2", "head", "on_leave", "seconded"},
    "industry_head": {"staff", "moved", "seconded"},
    "trainer": HERE,
    "manager": HERE,
    "digital_manager": DIGITAL - {"trainer"} | {"moved"},
    "provider": HERE,
    "case_for_all": HERE,
    "case_for_digital": DIGITAL - {"trainer"} | {"moved"},
    "hidden": HIDDEN,
}


def test_who_sees_whose_enrolment(everybody: Everybody) -> None:
    for who, user in everybody.users.items():
        rows = seats.enrollments_visible_to(Viewer(user)).filter(session=everybody.session)
        own = {who} & (HERE | HIDDEN)
        assert named(everybody, rows) == ENROLMENTS.get(who, set()) | own, who


SCORES = {
    "hr": HERE | HIDDEN,
    "skills_academy_hr": DIGITAL - {"trainer"} | HIDDEN,
    "ict_academy_hr": ICT - {"trainer"} | HIDDEN,
    "digital_ict_academy_hr": ICT - {"trainer"} | HIDDEN,
    "bureau_hr": DIGITAL - {"trainer"},
    "digital_ict_hr": ICT - {"trainer"},
    "industry_hr": {"staff", "moved", "seconded"},
    "industry_office_hr": {"staff", "moved", "seconded"},
    "manager": HERE,
    "digital_manager": DIGITAL - {"trainer"},  # `moved` was of the bureau on the day
    "hidden": HIDDEN,
}


def test_who_sees_whose_scores(everybody: Everybody) -> None:
    for who, user in everybody.users.items():
        rows = records.exam_attempts_visible_to(Viewer(user)).filter(enrollment__session=everybody.session)
        own = {who} & (HERE | HIDDEN)
        assert named(everybody, rows, "enrollment__staff") == SCORES.get(who, set()) | own, who


MARKED = {
    "hr": HERE | HIDDEN,
    "bureau_hr": HERE | HIDDEN,
    "manager": HERE | HIDDEN,
    "trainer": HERE | HIDDEN,
    "provider": HERE | HIDDEN,
    "digital_manager": DIGITAL - {"trainer"} | {"moved"} | HIDDEN,
}


def test_who_marks_whom(everybody: Everybody) -> None:
    for who, user in everybody.users.items():
        viewer = Viewer(user)
        assert seats.may_mark(viewer, everybody.session) is (who in MARKED), who
        assert named(everybody, seats.markable_by(viewer, everybody.session)) == MARKED.get(who, set()), who


def test_hidden_people_are_marked_and_not_named(everybody: Everybody) -> None:
    seeing = {
        who
        for who, user in everybody.users.items()
        if "hidden" in named(everybody, seats.seats_visible_to(Viewer(user), everybody.session))
    }
    assert seeing == {"hr", "skills_academy_hr", "ict_academy_hr", "digital_ict_academy_hr", "hidden"}


ASSESSMENTS = {
    "hr": DIGITAL | INDUSTRY | HIDDEN,
    "skills_academy_hr": DIGITAL | HIDDEN,
    "ict_academy_hr": ICT | HIDDEN,
    "digital_ict_academy_hr": ICT | HIDDEN,
    "bureau_hr": DIGITAL,
    "digital_ict_hr": ICT,
    "industry_hr": INDUSTRY,
    "industry_office_hr": INDUSTRY,
    "skill_office": DIGITAL | INDUSTRY,
    "digital_office": DIGITAL,
    "ict_office": ICT,
}
HEADS = {"head", "industry_head"}  # theirs depend on what is handed in: tests/skills/test_access.py


def test_who_sees_whose_assessment(everybody: Everybody) -> None:
    for who, user in everybody.users.items():
        if who not in HEADS:
            rows = skills.assessments_visible_to(Viewer(user))
            own = {who} & everybody.people.keys()
            assert named(everybody, rows) == ASSESSMENTS.get(who, set()) | own, who


def test_frameworks_and_cycles_stay_with_an_office_for_all(everybody: Everybody) -> None:
    found = {who for who, user in everybody.users.items() if skills.skill_office(Viewer(user), None)}
    assert found == {"hr", "skill_office"}


STATUSES = {
    "hr": {"on_leave", "ict", "moved"} | HIDDEN,
    "skills_academy_hr": {"on_leave", "ict"} | HIDDEN,
    "ict_academy_hr": {"on_leave", "ict"} | HIDDEN,
    "digital_ict_academy_hr": {"on_leave", "ict"} | HIDDEN,
    "bureau_hr": {"on_leave", "ict"},
    "digital_ict_hr": {"on_leave", "ict"},
    "industry_hr": {"moved"},
    "industry_office_hr": {"moved"},
    "case_for_all": {"on_leave", "ict", "moved"},
    "case_for_digital": {"on_leave", "ict"},
    "hidden": HIDDEN,
}


def test_who_reads_whose_status(everybody: Everybody) -> None:
    """The person and today's HR; a head does not."""
    for who, user in everybody.users.items():
        own = {who} & {"on_leave", "ict", "moved"}
        rows = academy.statuses_visible_to(Viewer(user))
        assert named(everybody, rows) == STATUSES.get(who, set()) | own, who


def test_a_post_of_the_past_stays_with_the_hr_where_it_was_held(everybody: Everybody) -> None:
    """Of `moved` the former HR reads the former post, the new HR all of them, the former head none."""
    posts = {}
    for who in ("bureau_hr", "digital_ict_hr", "industry_hr", "head", "moved", "case_for_digital", "hr"):
        rows = academy.assignments_visible_to(Viewer(everybody.users[who])).filter(staff=everybody.people["moved"])
        posts[who] = sorted(rows.values_list("organization__code", flat=True))
    assert posts == {
        "bureau_hr": ["skills"],
        "digital_ict_hr": ["skills"],
        "industry_hr": ["skills", "trade"],
        "head": [],
        "moved": ["skills", "trade"],
        "case_for_digital": ["skills"],
        "hr": ["skills", "trade"],
    }


def test_a_provider_plans_nothing_and_reads_no_report(everybody: Everybody) -> None:
    viewer = Viewer(everybody.users["provider"])
    session = everybody.session
    planning = (
        may_schedule(viewer, None), may_schedule(viewer, session), may_offer(viewer, None), may_keep_places(viewer, None),
        seats.runs(viewer, session), may_read_reports(viewer, None), may_read_hiring_years(viewer),
        records.may_form_teams(viewer, None), records.teams_visible_to(viewer).exists(),
        seats.enrollments_reported_to(viewer).exists(), seats.assignable_by(viewer, session).exists(),
    )  # fmt: skip
    assert planning == (False,) * len(planning)


def test_drafts_are_seen_by_who_plans_teaches_or_provides(everybody: Everybody) -> None:
    """A manager for one organisation plans nothing, and reads no draft."""
    drafts = {}
    for who, user in everybody.users.items():
        rows = sessions_visible_to(Viewer(user)).filter(status=SessionStatus.DRAFT)
        drafts[who] = {"own" if row.course_id == everybody.session.course_id else "other" for row in rows}
    assert {who: found for who, found in drafts.items() if found} == {
        "hr": {"own", "other"},
        "bureau_hr": {"own"},
        "manager": {"own"},
        "provider": {"own"},
        "trainer": {"own", "other"},
    }


@pytest.mark.parametrize("who", ["ict_academy_hr", "digital_ict_academy_hr", "digital_ict_hr", "digital_manager"])
def test_a_grant_narrowed_by_people_plans_nothing(everybody: Everybody, who: str) -> None:
    viewer = Viewer(everybody.users[who])
    session = everybody.session
    planning = (
        may_schedule(viewer, None), may_schedule(viewer, session), may_offer(viewer, None),
        may_offer(viewer, session.course.program), may_keep_places(viewer, None), seats.runs(viewer, session),
        academy.any_hr(viewer, None), academy.central_hr(viewer, None),
        viewer.everywhere(*Role), viewer.roots(*Role) != [], viewer.programs(*Role) != [],
    )  # fmt: skip
    assert planning == (False,) * len(planning)
    assert may_read_reports(viewer, None)  # of the people it reaches


def test_the_trail_outside_a_case_is_ones_own(everybody: Everybody) -> None:
    for who in ("auditor", "closed_case", "past_case", "case_without_role", "digital_auditor", "no_role"):
        viewer = Viewer(everybody.users[who])
        AuditEvent.objects.create(action="academy.test", by=viewer.user)
        assert [event.by for event in academy.audit_events_visible_to(viewer)] == [viewer.user], who
        assert {grant.user for grant in academy.grants_visible_to(viewer)} <= {viewer.user}, who


def test_the_trail_of_a_case_is_cut_to_its_organisation(everybody: Everybody) -> None:
    seen = {
        who: {event.by.username if event.by else None for event in academy.audit_events_visible_to(Viewer(user))}
        for who, user in everybody.users.items()
        if who in {"case_for_all", "case_for_digital"}
    }
    every = {event.by.username if event.by else None for event in AuditEvent.objects.select_related("by")}
    assert seen["case_for_all"] == every
    assert seen["case_for_digital"] == {"ict", "head", "hidden"}


def test_the_grants_of_a_case_are_those_of_its_people(everybody: Everybody) -> None:
    def holders(who: str) -> set[str]:
        rows = academy.grants_visible_to(Viewer(everybody.users[who]))
        return set(rows.values_list("user__username", flat=True))

    assert holders("case_for_digital") == {"ict", "case_for_digital"}
    every = set(RoleGrant.objects.values_list("user__username", flat=True))
    assert holders("case_for_all") == every - {"hidden"}


def test_an_audit_case_shows_no_scores_levels_or_attendance(everybody: Everybody) -> None:
    viewer = Viewer(everybody.users["case_for_all"])
    assert seats.enrollments_visible_to(viewer).exists()
    for rows in (
        records.scored_enrollments_visible_to(viewer),
        records.progress_visible_to(viewer),
        skills.assessments_visible_to(viewer),
        skills.ratings_visible_to(viewer),
        skills.job_type_assignments_visible_to(viewer),
        records.teams_visible_to(viewer),
        seats.seats_visible_to(viewer, everybody.session),
        seats.enrollments_reported_to(viewer),
        seats.people_of(viewer),
        academy.staff_known_to(viewer),
    ):
        assert not rows.exists()
