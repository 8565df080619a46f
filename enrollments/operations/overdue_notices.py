"""Telling heads of units, once a week, that people of theirs are late with courses.

It says how many people and courses, and nobody's name: who it is, and the head's own part, is read where one may see it.
"""

import datetime as dt
from collections import defaultdict

from academy import clock
from academy.mails import digests_begin
from academy.models import Assignment, Notice, Staff, User
from academy.operations.base import kind_of, note, operation
from academy.operations.notices import Letter, tell_each
from academy.posts import approvers_of
from enrollments.overdue import overdue_courses


@operation
def tell_of_overdue_learners(*, by: User | None) -> int:
    """Tell everybody in charge of people who are late, on the first business day of the week; returns how many heads.

    What a mail is made of it, and when, says the preference for duties. A hidden person is told of to nobody.
    """
    told = tell_each(_letters(clock.now()))
    note(told=told)
    return told


def anybody_to_tell() -> bool:
    """Whether a head is to be told this week who was not."""
    return bool(_letters(clock.now()))


def _letters(now: dt.datetime) -> list[Letter]:
    begin = digests_begin(now)
    if begin is None:
        return []
    today = clock.business_date(begin)
    monday = today - dt.timedelta(days=today.weekday())
    occasion = f"enrollments.overdue:{monday}"
    heads_of_today = Assignment.objects.on(today).filter(head_of_unit=True)
    if Notice.objects.filter(recipient__in=heads_of_today.values("staff_id"), occasion=occasion).exists():
        return []  # all are told at once
    late = overdue_courses(today)
    shown = Staff.objects.filter(pk__in=late, directory_hidden=False).values_list("pk", flat=True)
    of_head: dict[int, list[int]] = defaultdict(list)
    for person, head in approvers_of(list(shown), on=today).items():
        of_head[head.staff_id].append(person)
    heads = Staff.objects.in_bulk(of_head)
    return [
        Letter(
            "learners_overdue",
            occasion,
            head,
            kind_of(heads[head]),
            heads[head].public_id,
            {"number": len(people), "courses": sum(late[each] for each in people)},
        )
        for head, people in sorted(of_head.items())
    ]
