"""The two counters of a course's sessions: within the fiscal year, and of all, which no year resets."""

import pytest

from courses.errors import OrdinalTaken
from courses.errors.sessions import AllTimeOrdinalTaken
from courses.operations import sessions
from tests.courses.catalogue import Catalogue, slot
from tests.courses.test_sessions import row

MARCH, APRIL = (slot("2023-03-30 10:00", "2023-03-30 12:00"),), (slot("2023-04-06 10:00", "2023-04-06 12:00"),)


def test_the_number_of_all_goes_on_over_the_years_and_the_other_begins_again(catalogue: Catalogue) -> None:
    made = [
        catalogue.draft(meetings=MARCH),
        catalogue.draft(meetings=MARCH, all_time_ordinal=21),  # the first is set by hand
        catalogue.draft(meetings=MARCH),
        catalogue.draft(meetings=APRIL),
        catalogue.draft(meetings=MARCH, all_time_ordinal=None),  # outside the count, by hand
        catalogue.draft(meetings=APRIL),
        catalogue.draft(catalogue.video, meetings=APRIL),  # another course
    ]
    assert [(each.fiscal_year, each.ordinal, each.all_time_ordinal) for each in map(row, made)] == [
        (2022, 1, None),
        (2022, 2, 21),
        (2022, 3, 22),
        (2023, 1, 23),
        (2022, 4, None),
        (2023, 2, 24),
        (2023, 1, None),
    ]


def test_a_draft_that_moves_over_the_years_end_keeps_its_number_of_all(catalogue: Catalogue) -> None:
    made = catalogue.draft(meetings=MARCH, all_time_ordinal=21)
    catalogue.draft(meetings=APRIL)
    sessions.change_session(session_id=made.pk, meetings=APRIL, by=None)
    assert (row(made).fiscal_year, row(made).ordinal, row(made).all_time_ordinal) == (2023, 2, 21)


def test_a_number_that_was_given_is_not_given_again(catalogue: Catalogue) -> None:
    catalogue.draft(all_time_ordinal=21)
    last = catalogue.draft(all_time_ordinal=30)
    assert row(catalogue.draft()).all_time_ordinal == 31
    with pytest.raises(AllTimeOrdinalTaken):
        catalogue.draft(all_time_ordinal=21)
    with pytest.raises(AllTimeOrdinalTaken):
        sessions.change_session(session_id=last.pk, all_time_ordinal=21, by=None)
    with pytest.raises(OrdinalTaken):
        sessions.change_session(session_id=last.pk, ordinal=1, by=None)
    assert row(last).all_time_ordinal == 30
