"""The same rule as one query: the people of an audience on a day."""

import datetime as dt
from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from academy.anniversaries import latest_beginning
from academy.calendar import fiscal_year, fiscal_year_of
from academy.models import Assignment, Staff, StaffStatus
from academy.models.organizations import subtree
from courses.audiences.references import References, references_for
from courses.audiences.rules import GRADES, Condition, Kind, Node, parse
from courses.audiences.verdicts import MET, grade_check
from courses.models import Audience, AudiencePerson, AudiencePersonKind

NOBODY = Q(pk__in=[])
EVERYBODY = ~NOBODY  # not Q(): in a disjunction the empty condition would vanish


def people(audience: Audience, on: dt.date) -> QuerySet[Staff]:
    """The people of an audience on a day: rule ∪ include − exclude, of those who hold a primary post that day."""
    return Staff.objects.filter(pk__in=posts(audience, on).values("staff_id"))


def posts(audience: Audience, on: dt.date) -> QuerySet[Assignment]:
    """The primary posts, of the day, of the people of an audience: one for each."""
    return Assignment.objects.on(on).primary().filter(admitted(audience, parse(audience.rule), on))


def admitted(audience: Audience, rule: Node, on: dt.date) -> Q:
    """Over primary posts of the day: those of whom a rule admits and who are added, but for who is left out by name."""
    by_rule = _compiled(rule, on, references_for(rule))
    return (by_rule | named(audience, AudiencePersonKind.INCLUDE)) & ~named(audience, AudiencePersonKind.EXCLUDE)


def named(audience: Audience, kind: AudiencePersonKind) -> Q:
    """Over posts: of who is added to an audience, or left out, by name."""
    people = AudiencePerson.objects.filter(audience_id=audience.pk, kind=kind)
    return Q(staff_id__in=people.values("staff_id"))


def _compiled(node: Node, on: dt.date, references: References) -> Q:
    """The rule as a condition on primary posts."""
    if isinstance(node, Condition):
        return _condition(node, on, references)
    parts = [_compiled(inner, on, references) for inner in node.nodes]
    whole = EVERYBODY if node.every else NOBODY
    for part in parts:
        whole = whole & part if node.every else whole | part
    return whole


def _condition(condition: Condition, on: dt.date, references: References) -> Q:
    if condition.kind in GRADES:
        return _grades(condition, on, references)
    return COMPILED[condition.kind](condition, on, references)


def _grades(condition: Condition, on: dt.date, references: References) -> Q:
    """The grades are few: each is asked what the rule says of it, so that the query cannot differ from the verdict."""
    passed = [
        grade.pk
        for grade in references.grades.values()
        if grade_check(condition, grade.ladder, grade.rank, grade.equivalent_rank(on), references, on) == MET
    ]
    return Q(grade_id__in=passed)


def _status(condition: Condition, on: dt.date, references: References) -> Q:
    held = StaffStatus.objects.on(on).filter(kind__in=condition.codes)
    return Q(staff_id__in=held.values("staff_id"))


def _organization(condition: Condition, on: dt.date, references: References) -> Q:
    roots = [references.organizations[code] for code in condition.codes if code in references.organizations]
    return Q(organization_id__in=subtree(roots, on))


def _organization_kind(condition: Condition, on: dt.date, references: References) -> Q:
    """Organisations whose bureau-level body (itself, where there is none above) is of one of the kinds on the day."""
    units = RawSQL(
        """
        SELECT unit.id FROM academy_organization AS unit
        LEFT JOIN academy_bureaus(%s::date) AS bureau ON bureau.organization_id = unit.id
        JOIN academy_organization AS body ON body.id = coalesce(bureau.bureau_id, unit.id)
        WHERE body.kind = ANY(%s)
        """,
        (on, list(condition.codes)),
    )
    return Q(organization_id__in=units)


def _years_in_grade(condition: Condition, on: dt.date, references: References) -> Q:
    """Those whose grade began too late for so many years, or the others: the twin of `Facts.grade_since`.

    The late ones are looked up: they are fewer.
    """
    began = RawSQL(
        """
        SELECT staff_id FROM (
            SELECT staff_id, coalesce(lower(during), '-infinity') AS began, lag(grade_id) OVER (
                PARTITION BY staff_id ORDER BY lower(during) NULLS FIRST
            ) IS DISTINCT FROM grade_id AS changed
            FROM academy_assignment WHERE kind = 'primary' AND superseded_at IS NULL AND NOT during >> daterange(%s, %s, '[]')
        ) AS post
        GROUP BY staff_id HAVING max(began) FILTER (WHERE changed) > %s
        """,
        (on, on, latest_beginning(on, condition.years)),
    )
    not_yet = Q(staff_id__in=began)
    return ~not_yet if condition.kind == Kind.YEARS_IN_GRADE_AT_LEAST else not_yet


def _new_recruit(condition: Condition, on: dt.date, references: References) -> Q:
    this_year = Q(staff__hired_on__range=fiscal_year(fiscal_year_of(on)))
    return this_year if condition.wanted else ~this_year


COMPILED: Mapping[Kind, Callable[[Condition, dt.date, References], Q]] = {
    Kind.JOB_FAMILY: lambda condition, on, _: Q(job_family__code__in=condition.codes),
    Kind.HIRING_CATEGORY: lambda condition, on, _: Q(staff__hiring_category__code__in=condition.codes),
    Kind.STATUS: _status,
    Kind.ORGANIZATION_KIND: _organization_kind,
    Kind.ORGANIZATION: _organization,
    Kind.HEADQUARTERS: lambda condition, on, _: Q(headquarters=condition.wanted),
    Kind.NEW_RECRUIT: _new_recruit,
    Kind.YEARS_IN_GRADE_AT_LEAST: _years_in_grade,
    Kind.YEARS_IN_GRADE_LESS_THAN: _years_in_grade,
}
