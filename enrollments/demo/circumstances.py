"""What makes people differ: candidates for management, leave, further posts, secondments; and the writing of all rows."""

import datetime as dt
import random

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import Assignment, AssignmentKind, OrganizationKind, Staff, StaffStatus, StatusKind
from enrollments.demo.people import Person, Population
from enrollments.demo.repeatable import FIRST_DAY

ANNOUNCED = dt.date(2021, 11, 1)  # results of the 管理職選考: an invented day
LEAVE_BEGAN = dt.date(2022, 2, 1)


def vary(population: Population, chance: random.Random) -> None:
    """Give circumstances to people who are neither of the cast nor ICT staff nor heads."""
    plan = population.plan
    ordinary = [person for key, person in population.people.items() if key.startswith("staff/")]
    for person in ordinary:
        if person.staff.hiring_category.code == "REAPPOINTED":
            person.add_status(StatusKind.REAPPOINTED, DateRange(person.posts[-1].during.lower, None))
    promising = [person for person in ordinary if person.grade in {"shunin", "kacho_dairi"}]
    for person in chance.sample(promising, plan["manager_candidates"]):
        person.add_status(StatusKind.MANAGER_CANDIDATE, DateRange(ANNOUNCED, None))
    for person in chance.sample(ordinary, plan["on_leave"]):
        since = LEAVE_BEGAN + dt.timedelta(days=chance.randint(0, 100))
        person.add_status(StatusKind.ON_LEAVE, DateRange(since, since + dt.timedelta(days=chance.randint(200, 400))))
    for person in chance.sample(ordinary, plan["hidden"]):
        person.staff.directory_hidden = True
    _further_posts(population, [person for person in ordinary if person.unit and not person.unit.until], chance)


def _further_posts(population: Population, people: list[Person], chance: random.Random) -> None:
    plan, places = population.plan, population.places
    chosen = chance.sample(people, plan["concurrent_posts"] + plan["secondments"])
    digital = [unit for unit in places.leaves if unit.bureau == "B05"]
    for person in chosen[: plan["concurrent_posts"]]:
        unit = chance.choice(digital)
        population.serve(person, unit.organization, FIRST_DAY, None, post="DX推進担当", kind=AssignmentKind.CONCURRENT)
    hosts = [*places.of_kind(OrganizationKind.MUNICIPALITY), places.organizations["P02"], places.organizations["P05"]]
    for person in chosen[plan["concurrent_posts"] :]:
        host, until = chance.choice(hosts), dt.date(2024, 4, 1)
        population.serve(
            person, host, FIRST_DAY, until, post="派遣", kind=AssignmentKind.SECONDMENT, headquarters=False
        )


def write_people(population: Population) -> None:
    people = population.people.values()
    Staff.objects.bulk_create([person.staff for person in people], batch_size=500)
    Assignment.objects.bulk_create([post for person in people for post in person.posts], batch_size=500)
    StaffStatus.objects.bulk_create([status for person in people for status in person.statuses])
