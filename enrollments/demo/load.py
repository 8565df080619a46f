"""Loading the demonstration: all of it in one transaction, once, into a database that is nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connection, models, transaction

from academy.models import Assignment, GradeLadder, Organization, Staff, User
from academy.text import Text
from courses.models import Course, Program, Session
from enrollments.demo.accounts import create_accounts, grant_roles
from enrollments.demo.audiences import freeze_audiences
from enrollments.demo.catalogue import load_catalogue
from enrollments.demo.circumstances import vary, write_people
from enrollments.demo.evidence import write_attendance, write_exams, write_progress
from enrollments.demo.people import Person, populate
from enrollments.demo.places import Places, load_places
from enrollments.demo.planning import load_planning
from enrollments.demo.plans import load_plan
from enrollments.demo.quarter import Quarter, play_community, play_leaders, play_live_sessions
from enrollments.demo.repeatable import seeded
from enrollments.demo.skill_map import tell_skill_map
from enrollments.demo.stories import write_stories
from enrollments.demo.teams import write_teams
from enrollments.demo.timetable import load_timetable
from enrollments.demo.watching import play_it_passport, play_year_round
from enrollments.models import Attendance, Enrollment, ExamAttempt, LessonProgress
from skills.models import Assessment, Rating

LADDER, OWNER = "tmg", "hr"
# One load at a time; the number is arbitrary, and the lock ends with the transaction.
LOCK = 2022_0628
COUNTED: Sequence[type[models.Model]] = (
    Organization, Staff, Assignment, User, Program, Course, Session, Enrollment, Attendance, LessonProgress, ExamAttempt,
    Assessment, Rating,
)  # fmt: skip


class DemoRefused(Exception):
    """The demonstration may not be loaded here."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


IN_PRODUCTION = Text("本番環境ではデモデータを読み込めません。", "Demonstration data is refused in production.")
NOT_EMPTY = Text(
    "このデータベースにはすでに他のデータ(利用者・職員・研修)があるため、デモデータを読み込みません。空のデータベースを使ってください。",
    "This database already holds other data (users, staff or programmes): use an empty one for the demonstration.",
)


@dataclass(frozen=True)
class Outcome:
    """`loaded` is false where the demonstration stood there already."""

    loaded: bool
    rows: Mapping[str, int]


def load_demo() -> Outcome:
    """Load the demonstration, or say that it is there; refused in production and beside anybody else's data."""
    if settings.PRODUCTION:
        raise DemoRefused(IN_PRODUCTION)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if is_loaded():
            return Outcome(False, _counts())
        if User.objects.exists() or Staff.objects.exists() or Program.objects.exists():
            raise DemoRefused(NOT_EMPTY)
        _write_everything()
        rows = _counts()
    _analyze()
    return Outcome(True, rows)


def _analyze() -> None:
    """Let the planner know the rows: with the statistics of empty tables an audience query may run into its timeout."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def is_loaded() -> bool:
    """The mark of the demonstration: its ladder of grades, and its first account held by an invented person."""
    ladder = GradeLadder.objects.filter(code=LADDER)
    return ladder.exists() and Staff.objects.filter(user__username=OWNER, synthetic=True).exists()


def _counts() -> dict[str, int]:
    return {str(model._meta.label): model._default_manager.count() for model in COUNTED}


def _write_everything() -> None:
    places = load_places()
    people = _write_people(places)
    _analyze()
    users = create_accounts(people)
    catalogue = load_catalogue(list(people.values()), users["hr"])
    timetable = load_timetable(catalogue, people, users["hr"])
    load_plan(catalogue, users)
    seminar = catalogue.courses["innov-seminar"].program.public_id
    grant_roles(users, digital_bureau=places.organizations["B05"], seminar=seminar)
    _write_quarter(Quarter(people, catalogue, timetable, users["hr"], seeded("quarter")))
    tell_skill_map(list(people.values()), users["hr"], seeded("skill map"), not_yet=("ict", "ict2"))
    load_planning(catalogue, places.organizations, users)
    freeze_audiences(users["hr"])


def _write_people(places: Places) -> Mapping[str, Person]:
    path = Path(__file__).with_name("data") / "population.yaml"
    plan: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    population = populate(places, plan, seeded("people"))
    vary(population, seeded("circumstances"))
    write_people(population)
    return population.people


def _write_quarter(quarter: Quarter) -> None:
    play_live_sessions(quarter)
    leaders = play_leaders(quarter)
    play_community(quarter)
    play_year_round(quarter)
    play_it_passport(quarter)
    write_stories(quarter.stories, quarter.timetable)
    write_attendance(quarter.stories, quarter.timetable, quarter.office)
    write_progress(quarter.stories)
    write_exams(quarter.stories, quarter.catalogue)
    write_teams(leaders)
