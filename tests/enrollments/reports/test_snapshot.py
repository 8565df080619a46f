"""A report reads one state of the database and cannot write; two runs of one state agree to the byte."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer
from academy.models import GradeLadder
from enrollments.reports import REPORTS, answer, completion
from enrollments.reports.completion import Params
from enrollments.reports.snapshot import snapshot
from tests import stage
from tests.cast import Cast
from tests.conftest import THE_DAY
from tests.enrollments.reports.roster import entry


def meanwhile(write: Callable[[], object]) -> None:
    """Commit something on another connection."""

    def run() -> None:
        write()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def add_ladder() -> None:
    GradeLadder.objects.create(code="other", name_ja="区市町村")


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_meanwhile_is_not_seen() -> None:
    with snapshot():
        before = GradeLadder.objects.count()
        meanwhile(add_ladder)
        assert GradeLadder.objects.count() == before
    assert GradeLadder.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_without_a_snapshot_it_is_seen() -> None:
    """The control: an ordinary transaction mixes two states."""
    with transaction.atomic():
        before = GradeLadder.objects.count()
        meanwhile(add_ladder)
        assert GradeLadder.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_inside_it_nothing_can_be_written() -> None:
    with pytest.raises(DatabaseError, match="read-only"), snapshot():
        add_ladder()
    assert not GradeLadder.objects.exists()
    add_ladder()


@pytest.mark.django_db
def test_inside_a_transaction_it_joins_it(cast: Cast) -> None:
    with snapshot() as watermark:
        GradeLadder.objects.create(code="other", name_ja="区市町村")
    assert abs(watermark - THE_DAY) < dt.timedelta(minutes=10)


@pytest.mark.django_db
def test_equal_states_have_equal_digests_and_different_ones_do_not(cast: Cast) -> None:
    session = stage.session()
    entry(cast, session, cast.ict, "enrolled")
    viewer = Viewer(cast.hr)
    for report in REPORTS.values():
        first, second = (answer(report, report.Params(), viewer=viewer).digest for _ in range(2))
        assert first == second
    before = answer(completion, Params(), viewer=viewer).digest
    entry(cast, session, cast.ict2, "enrolled")
    assert answer(completion, Params(), viewer=viewer).digest != before


@pytest.mark.django_db
def test_more_rows_take_no_more_statements(cast: Cast) -> None:
    def statements() -> dict[str, int]:
        found = {}
        for name, report in REPORTS.items():
            with CaptureQueriesContext(
                connection,
            ) as captured:
                report.rows(report.Params(), viewer=Viewer(cast.hr))
            found[name] = len(captured)
        return found

    entry(cast, stage.session(), cast.ict, "enrolled")
    # The viewer's grants, then: counts and names; the curve; lists and names, plans and what came.
    few = {"completion": 3, "cohort-completion": 2, "audience-coverage": 3, "plan-against-actual": 3}
    assert statements() == few
    for _ in range(10):
        entry(cast, stage.session(stage.course()), cast.ict2, "completed", grade=cast.grades["bucho"])
    assert statements() == few
