import datetime as dt

import pytest

from tests.bench.sizes import TODAY
from tests.conftest import TOKYO, Clock


@pytest.fixture
def on_the_day(business_time: Clock) -> None:
    """The business day on which a bench runs."""
    business_time(dt.datetime.combine(dt.date.fromisoformat(TODAY), dt.time(10), tzinfo=TOKYO))
