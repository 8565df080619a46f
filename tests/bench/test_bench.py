import pytest
from django.test import override_settings

from tests.bench import audiences, run, seed
from tests.bench.figures import Figure, table
from tests.bench.sizes import Size

SIZE = Size(200, 2_000, 20)
ONCE = run.Effort(
    list_turns=1,
    attempts=16,
    many_sessions=4,
    apply_turns=1,
    people=50,
    assign_turns=1,
    applicants=40,
    seats=30,
    report_turns=1,
    roster_rows=200,
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_the_day")
def test_every_work_of_the_bench_is_measured_beside_its_rival() -> None:
    """The works themselves refuse an answer that oversells or counts differently."""
    seed.fill(SIZE)
    with override_settings(ROOT_URLCONF="tests.bench.rivals"):
        found = run.measure(SIZE, ONCE, lambda text: None)
    assert [each.work for each in found] == WORKS
    assert all(each.ours > 0 and (each.rival is None or each.rival > 0) for each in found)
    assert all(each.reached is None or each.target for each in found)


LISTS = [
    f"list of 100 enrolments, {who}, {depth}"
    for who in ("central HR", "HR of a bureau (3 % of the rows)", "HR of a town (0.2 % of the rows)")
    for depth in ("first page", "nine tenths down")
]
APPLYING = [
    f"apply for a seat in {where}, 8 clients{figure}"
    for where in ("one hot session", "4 sessions")
    for figure in ("", ": p50", ": p95", ": beside hand-written SQL")
]
DECISION = "decision over 40 applicants for 30 seats, over HTTP and by its job"
REPORTS = [f"completion report by {by}, all enrolments" for by in ("program", "grade")]
WORKS = [
    *LISTS,
    *APPLYING,
    "50 people assigned in one call",
    "50 people assigned in one call: undone",
    *(f"{DECISION}: {part}" for part in ("rehearsed", "drafted", "published")),
    *(
        f"roster of 200 people: {part}"
        for part in ("read, checked, applied", "upload", "check", "apply", "peak memory")
    ),
    audiences.WORDS,
    f"{audiences.WORDS}, over HTTP",
    *(f"{report}{way}" for report in REPORTS for way in ("", ", over HTTP")),
]


def test_a_target_that_is_not_reached_is_printed_as_such() -> None:
    figure = Figure("work", "s", 20.0, 10.0, 0.5, "≥ 1 ×", False)
    assert table([figure]).splitlines()[2] == "| work | s | 20.0 | 10.0 | 0.50 × | ≥ 1 × | NO |"


@pytest.mark.parametrize(("staff", "enrollments", "sessions"), [(200, 2_000, 25), (200, 2_005, 20), (150, 2_000, 20)])
def test_a_size_that_would_break_the_rules_of_the_schema_is_refused(
    staff: int, enrollments: int, sessions: int
) -> None:
    with pytest.raises(ValueError, match=r"sessions|staff"):
        Size(staff, enrollments, sessions)
