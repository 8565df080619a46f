"""A small catalogue for the tests, made by the operations themselves."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from academy.models import Organization, RoleGrant, User
from courses.models import CompletionPolicy, Course, Instructor, Mode, Program, Session, Tier, Venue
from courses.operations import places, programs, sessions
from courses.scheduling import Slot
from tests.cast import ALWAYS, Cast
from tests.conftest import TOKYO


def at(text: str) -> dt.datetime:
    """A time in Tokyo: `at("2022-07-14 14:00")`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def slot(begins: str, ends: str, venue: Venue | None = None) -> Slot:
    return Slot(starts_at=at(begins), ends_at=at(ends), venue=venue)


TWO_DAYS = (slot("2022-07-14 14:00", "2022-07-14 17:00"), slot("2022-07-15 14:00", "2022-07-15 17:00"))


@dataclass
class Catalogue:
    central: Program
    own: Program  # of the digital bureau
    policy: CompletionPolicy
    seminar: Course  # lectures, for everybody
    video: Course  # on demand, of the digital bureau
    room: Venue
    online: Venue
    lecturer: Instructor
    manager: User  # programme manager of the central programme

    def draft(self, course: Course | None = None, meetings: tuple[Slot, ...] = TWO_DAYS, **fields: Any) -> Session:
        return sessions.create_session(
            course_id=(course or self.seminar).pk,
            meetings=meetings,
            by=None,
            **fields,
        )

    def published(self, course: Course | None = None, **fields: Any) -> Session:
        return sessions.publish_session(session_id=self.draft(course, **fields).pk, by=None)


def program(code: str, mode: Mode, organization: Organization | None = None) -> Program:
    return programs.create_program(
        code=code, title_ja=f"研修{code}", tier=Tier.LITERACY, mode=mode, organization=organization, by=None
    )


def assemble(cast: Cast) -> Catalogue:
    policy = CompletionPolicy.objects.create(code="attend", name_ja="全回出席", attendance_numerator=1)
    central, own = program("central", Mode.LECTURE), program("own", Mode.ON_DEMAND, cast.digital)
    manager = User.objects.create(username="manager")
    RoleGrant.objects.create(user=manager, role="programme_manager", program=central.public_id, during=ALWAYS)
    return Catalogue(
        central=central,
        own=own,
        policy=policy,
        seminar=programs.create_course(program=central, code="seminar", title_ja="セミナー", policy=policy, by=None),
        video=programs.create_course(program=own, code="video", title_ja="動画講座", policy=policy, by=None),
        room=places.create_venue(code="room", name_ja="会議室", seats=30, by=None),
        online=places.create_venue(code="online", name_ja="オンライン", online=True, by=None),
        lecturer=places.create_instructor(name="佐藤 四郎", affiliation="人材課", staff=cast.trainer, by=None),
        manager=manager,
    )
