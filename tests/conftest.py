"""What every test may ask for: the cast, clients that act as one of it, and a business time that the test sets."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from academy.models import Staff, User
from tests import database, whole_cast
from tests.cast import Cast, assemble
from tests.plugin_postgres import OWN_SERVER
from tests.whole_cast import Everybody

TOKYO = ZoneInfo("Asia/Tokyo")
THE_DAY = dt.datetime(2022, 6, 28, 10, 0, tzinfo=TOKYO)

# The longest tests begin first: pytest-django would leave those without a database, the longest of all, to the end, where
# one process waits for the other.
FIRST = (
    "tests/embedded/test_run.py",
    "tests/production_shape/",
    "tests/demo/",
    "tests/test_walkthrough.py",
    "tests/attacks/",
    "tests/enrollments/test_mixed_races.py",
)

Clock = Callable[[dt.datetime], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Each process copies the migrated database; on a server that is not the suite's own nothing may be left behind."""
    if OWN_SERVER in os.environ:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = database.template()


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_deleting() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: database.empty())
        yield


@contextmanager
def business_clock() -> Iterator[Clock]:
    """Business time as it is set, in Python and on every connection; it goes on ticking. It begins on the day."""

    def apply(offset: dt.timedelta, on: BaseDatabaseWrapper) -> None:
        with on.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('academy.clock_offset_seconds', %s, false)", [str(offset.total_seconds())]
            )

    def on_new_connection(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
        apply(settings.BUSINESS_OFFSET, connection)

    def set_to(instant: dt.datetime) -> None:
        settings.BUSINESS_OFFSET = instant - timezone.now()
        if connection.connection is not None:
            apply(settings.BUSINESS_OFFSET, connection)

    usual = settings.BUSINESS_OFFSET
    connection_created.connect(on_new_connection)
    set_to(THE_DAY)
    yield set_to
    connection_created.disconnect(on_new_connection)
    settings.BUSINESS_OFFSET = usual
    if connection.connection is not None and connection.is_usable():
        apply(usual, connection)


@pytest.fixture
def business_time() -> Iterator[Clock]:
    """Set business time; it begins on 2022-06-28, 10:00."""
    with business_clock() as set_to:
        yield set_to


@pytest.fixture
def cast(db: None, business_time: Clock) -> Cast:
    return assemble()


@pytest.fixture(scope="module")
def shared_stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What fixtures of the module write is there for all its tests: each plays in it and is undone by itself.

    The clock of the database stands at the beginning of the module, that of Python ticks on: for tests that only read
    where they stand, or whose writes are undone one by one. No test of the module may commit.
    """
    with django_db_blocker.unblock(), database.rehearsal(), business_clock():
        yield


@pytest.fixture(scope="module")
def everybody_of_the_module(shared_stage: None, tmp_path_factory: pytest.TempPathFactory) -> Everybody:
    return whole_cast.assemble(assemble(), tmp_path_factory.mktemp("framework"))


@pytest.fixture
def everybody(everybody_of_the_module: Everybody, db: None) -> Everybody:
    """Everybody at once, put on the stage once for a module; the objects are the test's own."""
    return deepcopy(everybody_of_the_module)


@pytest.fixture
def at(business_time: Clock) -> Clock:
    return business_time


@pytest.fixture
def client_of() -> Callable[[User | Staff], APIClient]:
    """An API client that acts as somebody, reading English."""

    def make(somebody: User | Staff) -> APIClient:
        user = somebody.user if isinstance(somebody, Staff) else somebody
        client = APIClient(headers={"accept-language": "en"})
        client.force_authenticate(user)
        return client

    return make


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(headers={"accept-language": "en"})


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file's bytes are no name of a test: packages hold the second they were made in, and each process makes its own."""
    return argname if isinstance(val, bytes) else None
