"""2022-07-01: the roster by which thousands of hospital posts leave the metropolis on one day."""

import datetime as dt

from academy.access import Viewer, staff_visible_to
from academy.facts import facts_of
from academy.models import Assignment, Organization, Role, RoleGrant, RosterChange
from academy.operations.rosters.applying import approve_roster
from tests import hospitals
from tests.cast import ALWAYS, account
from tests.rosters import applied, sent, undone, written

REFORM = dt.date(2022, 7, 1)
HEADINGS = ["職員番号", "氏", "名", "氏カナ", "名カナ", "異動区分"]


def test_they_are_gone_with_the_day_and_their_past_is_not(db: None) -> None:
    first = hospitals.load_places()
    people = hospitals.hospital_staff(hospitals.POSTS_THAT_LEFT)
    hospitals.employ(people, until=None)
    second = account("hr-2")
    RoleGrant.objects.create(user=second, role=Role.ACADEMY_HR, during=ALWAYS)
    office = Organization.objects.get(code="B12")
    rows = [
        dict(
            zip(
                HEADINGS,
                (p.staff_number, p.family_name, p.given_name, p.family_kana, p.given_kana, "転出"),
                strict=True,
            )
        )
        for p in people
    ]
    made = sent(written(rows, headings=HEADINGS), office, effective_on=REFORM, by=first, mode="changes")
    assert (made.status, made.ending, made.serving_before) == ("held", 6_838, 6_838)
    assert made.summary["kinds"] == {"leaver": 6_838}
    assert made.summary["bureaus"] == [
        {"code": "B12", "name_ja": "病院経営本部", "kinds": {"leaver": 6_838}},
    ]
    approve_roster(roster_id=made.pk, by=second)
    applied(made, by=first)

    everybody = list(Assignment.objects.live().filter(organization__code__in=hospitals.HOSPITALS))
    assert len(everybody) == 6_838
    assert {post.during.upper for post in everybody} == {REFORM}
    assert not Assignment.objects.on(REFORM).exists()
    keys = [post.staff_id for post in everybody]
    assert len(facts_of(keys, on=REFORM - dt.timedelta(days=1))) == 6_838
    assert facts_of(keys, on=REFORM) == {}
    assert RosterChange.objects.filter(roster=made, bureau_before=office, bureau_after=None).count() == 6_838
    assert staff_visible_to(Viewer(first, day=REFORM)).count() == 6_838, "history stays with central HR"

    undone(made, by=first)
    assert Assignment.objects.on(REFORM).count() == 6_838
