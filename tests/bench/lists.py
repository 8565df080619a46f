"""Lists of 100 enrolments, the newest first: all of them, those of a bureau, those of a small town; first page and deep."""

import statistics
from collections.abc import Callable
from urllib.parse import urlencode

from api.pagination import Cursor
from enrollments.models import Enrollment
from tests.bench import seed
from tests.bench.calls import expect
from tests.bench.figures import Figure, in_turns, rate, seconds_of

ORDER = "-applied_at"
VIEWERS = (
    ("central HR", seed.HR, None),
    ("HR of a bureau (3 % of the rows)", seed.BUREAU_HR, seed.BUREAU),
    ("HR of a town (0.2 % of the rows)", seed.TOWN_HR, seed.TOWN),
)


def measure(*, turns: int) -> list[Figure]:
    """Requests per second beside the bare view; each page is asked for in turns."""
    figures = []
    for who, username, body in VIEWERS:
        for depth, share in (("first page", None), ("nine tenths down", 0.1)):
            ours, rival = pages(username, body, share)
            first, second = in_turns(ours, rival, turns=turns)
            figures.append(rate(f"list of 100 enrolments, {who}, {depth}", 1 / first, 1 / second, at_least=1.0))
    return figures


def pages(username: str, body: int | None, share: float | None) -> tuple[Callable[[], object], Callable[[], object]]:
    """One page by us and by the rival; a deep one goes on from the row with that share of all rows behind it."""
    ours, rival = {"page_size": "100"}, {"bureau": str(body)} if body else {}
    if share is not None:
        number = Enrollment.objects.order_by("-pk").values_list("pk", flat=True)[0]
        row = Enrollment.objects.get(pk=max(1, int(number * share)))
        ours["cursor"] = str(Cursor("n", ORDER, row.applied_at, row.pk))
        rival["before"] = f"{row.applied_at.isoformat()},{row.pk}"
    return (
        lambda: expect(200, f"/api/v1/enrollments/?{urlencode(ours)}", username),
        lambda: expect(200, f"/rival/enrollments/?{urlencode(rival)}", username),
    )


def flatness(large: Callable[[], None], least: Callable[[], None], words: str, *, turns: int) -> list[Figure]:
    """Our own lists in a large set beside the same in the least one; `large` and `least` connect to them in turns."""
    figures = []
    for depth, share in (("first page", None), ("nine tenths down", 0.1)):
        per_second: dict[Callable[[], None], list[float]] = {}
        for connect in (least, large) * 4:
            connect()
            page, _ = pages(seed.HR, None, share)
            page()
            per_second.setdefault(connect, []).extend(1 / seconds_of(page) for _ in range(turns))
        ours, small = (statistics.median(per_second[connect]) for connect in (large, least))
        figures.append(rate(f"list of 100 enrolments, central HR, {depth}: {words}", ours, small, at_least=0.8))
    return figures
