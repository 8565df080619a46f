"""The invented people: who they are and where they served, before anything is written."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import Assignment, AssignmentKind, Organization, Staff, StaffStatus, StatusKind
from enrollments.demo import names
from enrollments.demo.places import HEAD_GRADES, Places, Unit, head_post
from enrollments.demo.repeatable import FIRST_DAY, moment, story_id

# 職名 of people without a unit to head.
POSTS = {"shuji": "主事", "shunin": "主任", "kacho_dairi": "課長代理", "kacho": "担当課長"}
# Units that end with the reform of 2022-07-01, and where their people go.
SUCCESSORS = {"B12": "I01", "B10-R0": "B10-R1"}
MOVES = (dt.date(2022, 4, 1), dt.date(2021, 4, 1), dt.date(2020, 4, 1))
EARLIER = dt.date(2018, 4, 1)
ICT_BEGAN = dt.date(2021, 4, 1)


def recorded(since: dt.date) -> dt.datetime:
    """When it was learnt: with its first day, what began later with the fiscal year."""
    return moment(min(since, FIRST_DAY))


@dataclass
class Person:
    """A person with posts and statuses; `grade`, `family` and `ladder` are codes, `unit` none outside the metropolis."""

    key: str
    staff: Staff
    grade: str = ""
    family: str = ""
    ladder: str = "tmg"
    unit: Unit | None = None
    posts: list[Assignment] = field(default_factory=list)
    statuses: list[StaffStatus] = field(default_factory=list)

    def add_status(self, kind: StatusKind, during: DateRange) -> None:
        public_id = story_id("staff_status", f"{self.key}/{kind.value}")
        self.statuses.append(
            StaffStatus(
                public_id=public_id, staff=self.staff, kind=kind, during=during, recorded_at=recorded(during.lower)
            )
        )


@dataclass
class Population:
    """Collects people; chance comes from one seed and is drawn in a fixed order."""

    places: Places
    plan: Mapping[str, Any]
    chance: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    _numbers: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = iter(self.chance.sample(range(100_000, 1_000_000), 2 * int(self.plan["everybody"])))

    def next_number(self) -> str:
        """Eight digits with leading zeros: a format of our own, the real one is not known."""
        return f"{next(self._numbers):08d}"

    def add(
        self,
        key: str,
        *,
        hired: dt.date,
        hiring: str,
        issuer: Organization,
        number: str | None,
        name: names.Name | None = None,
    ) -> Person:
        who = name or names.invent(self.chance)
        staff = Staff(
            public_id=story_id("staff", key),
            issuer=issuer,
            staff_number=number,
            family_name=who.family,
            given_name=who.given,
            family_kana=who.family_kana,
            given_kana=who.given_kana,
            hired_on=hired,
            hiring_category=self.places.hiring[hiring],
            synthetic=True,
        )
        staff.fold_names()
        self._add_details(staff, key, plain=name is not None)
        person = self.people[key] = Person(key, staff)
        return person

    def _add_details(self, staff: Staff, key: str, *, plain: bool) -> None:
        """Some have no e-mail address, some a former name. The addresses cannot exist (RFC 2606)."""
        if plain or self.chance.random() < 0.9:
            staff.email = f"{staff.staff_number or key}@example.jp"
        if not plain and self.chance.random() < 0.03:
            staff.former_name = names.another_family_name(self.chance)

    def employ(
        self,
        key: str,
        unit: Unit,
        *,
        grade: str,
        family: str,
        hiring: str,
        hired: dt.date,
        post: str = "",
        head: bool = False,
        name: names.Name | None = None,
    ) -> Person:
        """Somebody of the metropolis with a career that ends in this unit."""
        tmg = self.places.organizations["TMG"]
        person = self.add(key, hired=hired, hiring=hiring, issuer=tmg, number=self.next_number(), name=name)
        person.unit, person.grade, person.family = unit, grade, family
        since = self._arrival(unit, hired)
        if hiring == "CONVERTED":
            since = max(since, ICT_BEGAN)
        if since > hired and (hiring == "CONVERTED" or self.chance.random() < 0.3):
            self._earlier_post(person, until=since, family="jimu" if hiring == "CONVERTED" else family)
        self.serve(person, unit.organization, since, unit.until, post=post or POSTS[grade], head=head)
        self._succeed(person, head=head)
        return person

    def _arrival(self, unit: Unit, hired: dt.date) -> dt.date:
        moved = self.chance.choice(MOVES)
        return max(day for day in (moved, hired, unit.since) if day is not None)

    def _earlier_post(self, person: Person, *, until: dt.date, family: str) -> None:
        since = max(person.staff.hired_on, EARLIER)
        units = [unit for unit in self.places.leaves if unit.alive_on(since)]
        if since < until and units:
            unit = self.chance.choice(units)
            self.serve(person, unit.organization, since, until, post="", family=family, headquarters=unit.headquarters)

    def _succeed(self, person: Person, *, head: bool) -> None:
        """The post of the day after the reform, where the unit ends with it."""
        unit = person.unit
        successor = unit and next((new for old, new in SUCCESSORS.items() if unit.code.startswith(old)), None)
        if unit and successor and unit.until:
            whole_division = head and unit.code in SUCCESSORS and successor != "I01"
            organization = self.places.organizations[successor]
            self.serve(person, organization, unit.until, None, post=person.posts[-1].post, head=whole_division)

    def serve(
        self,
        person: Person,
        organization: Organization,
        since: dt.date,
        until: dt.date | None,
        *,
        post: str,
        head: bool = False,
        kind: AssignmentKind = AssignmentKind.PRIMARY,
        family: str = "",
        headquarters: bool | None = None,
    ) -> None:
        if headquarters is None:
            headquarters = person.unit is None or person.unit.headquarters
        person.posts.append(
            Assignment(
                public_id=story_id("assignment", f"{person.key}/{len(person.posts) + 1}"),
                staff=person.staff,
                kind=kind,
                organization=organization,
                work_place=organization if kind == AssignmentKind.SECONDMENT else None,
                grade=self.places.grades[f"{person.ladder}.{person.grade}"],
                job_family=self.places.families[family or person.family],
                post=post,
                head_of_unit=head,
                headquarters=headquarters,
                during=DateRange(since, until),
                recorded_at=recorded(since),
            )
        )


def populate(places: Places, plan: Mapping[str, Any], chance: random.Random) -> Population:
    """The cast, a head for every unit, the ICT staff and people outside; everybody else is a matter of shares."""
    population = Population(places, plan, chance)
    _cast(population)
    _heads(population)
    _ict_staff(population)
    _outside(population)
    _rank_and_file(population)
    return population


def _cast(population: Population) -> None:
    for entry in population.plan["cast"]:
        population.employ(
            entry["key"],
            population.places.units[entry["unit"]],
            grade=entry["grade"],
            family=entry["family"],
            hiring=entry["hiring"],
            hired=entry["hired"],
            post=entry["post"],
            head=entry.get("head", False),
            name=names.Name(*entry["name"]),
        )


def _heads(population: Population) -> None:
    headed = {
        person.unit.code for person in population.people.values() if person.unit and person.posts[-1].head_of_unit
    }
    for unit in population.places.units.values():
        if unit.code not in headed:
            grade = HEAD_GRADES[unit.organization.kind].removeprefix("tmg.")
            hired = hiring_day(population, grade)
            family = "jimu" if grade == "kyokucho" else drawn(population.chance, families_of(population, unit))
            population.employ(
                f"head/{unit.code}",
                unit,
                grade=grade,
                family=family,
                hiring="I-B",
                hired=hired,
                post=head_post(unit),
                head=True,
            )


def _ict_staff(population: Population) -> None:
    """The job family ICT has as many people as the source says; most of them serve in デジタルサービス局."""
    places, chance = population.places, population.chance
    inside = [unit for unit in places.leaves if unit.bureau == "B05"]
    outside = [places.units[code] for code in population.plan["ict_field_units"]]
    for number, entry in enumerate(population.plan["ict"], start=1):
        for index in range(entry["count"]):
            population.employ(
                f"ict/{number}/{index + 1}",
                chance.choice(outside if index < entry["field"] else inside),
                grade=entry["grade"],
                family="ict",
                hiring=entry["hiring"],
                hired=entry["hired"],
                post=entry.get("post", ""),
            )


def _outside(population: Population) -> None:
    """Learners of the municipalities, without a number of the metropolis, and of affiliated bodies with their own."""
    chance, bodies = population.chance, population.places.organizations
    municipalities = [body for body in bodies.values() if body.kind == "municipality"]
    pairs = set(chance.sample([body.code for body in municipalities], population.plan["municipalities_with_two"]))
    for body in municipalities:
        _guest(population, f"{body.code}/1", body, chance.choice(["kakariin", "shunin", "kakaricho"]), "municipal")
        if body.code in pairs:
            _guest(population, f"{body.code}/2", body, "kacho", "municipal", post="情報政策課長", head=True)
    for code, count in population.plan["affiliated"].items():
        for index in range(count):
            grade = "kanri" if index == 0 else "ippan"
            _guest(population, f"{code}/{index + 1}", bodies[code], grade, "affiliated", head=index == 0, numbered=True)


def _guest(
    population: Population,
    key: str,
    body: Organization,
    grade: str,
    ladder: str,
    *,
    post: str = "",
    head: bool = False,
    numbered: bool = False,
) -> None:
    hired = dt.date(population.chance.randint(2000, 2021), 4, 1)
    number = population.next_number()[-5:] if numbered else None
    person = population.add(key, hired=hired, hiring="OTHER_BODY", issuer=body, number=number)
    person.grade, person.family, person.ladder = grade, "jimu", ladder
    population.serve(person, body, max(hired, dt.date(2020, 4, 1)), None, post=post, head=head)


def _rank_and_file(population: Population) -> None:
    plan, chance = population.plan, population.chance
    leaves = population.places.leaves
    weights = [float(plan["weights"].get(unit.bureau, 2)) for unit in leaves]
    for index in range(plan["everybody"] - len(population.people)):
        unit = chance.choices(leaves, weights)[0]
        grade = drawn(chance, plan["grades"])
        hired = hiring_day(population, grade)
        hiring = "CAREER" if grade == "kacho" else drawn(chance, plan["hiring"])
        family = drawn(chance, families_of(population, unit))
        population.employ(f"staff/{index + 1}", unit, grade=grade, family=family, hiring=hiring, hired=hired)


def families_of(population: Population, unit: Unit) -> Mapping[str, int]:
    found: Mapping[str, int] = population.plan["families"].get(unit.bureau, {"jimu": 1})
    return found


def drawn(chance: random.Random, shares: Mapping[str, int]) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


def hiring_day(population: Population, grade: str) -> dt.date:
    """A first of April as a rule, a first of October now and then; nobody after the first day of the year."""
    first, last = population.plan["hired"][grade]
    year = population.chance.randint(first, last)
    october = year < FIRST_DAY.year and population.chance.random() < 0.05
    return dt.date(year, 10 if october else 4, 1)


def some(chance: random.Random, people: Sequence[Person], count: int) -> list[Person]:
    return chance.sample(list(people), count)
