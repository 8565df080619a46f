"""Far more come at once than can be served: some are turned away with 503, and nothing of theirs has happened."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from academy import clock
from academy.models import AuditEvent, IdempotencyRecord, Token
from academy.models.accounts import token_digest
from enrollments.models import Enrollment
from tests.attacks.test_kill import SEATS, SECRET, upcoming, web_server
from tests.cast import assemble
from tests.records import crowd

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 64
PEOPLE = 256


def test_who_is_turned_away_left_no_trace_and_may_come_again() -> None:
    cast = assemble()
    Token.objects.create(user=cast.hr, digest=token_digest(SECRET), expires_at=clock.real_now() + dt.timedelta(hours=1))
    session, people = upcoming(), [each.public_id for each in crowd(cast, PEOPLE)]
    narrow = {"ACADEMY_REQUESTS_AT_ONCE": "1", "ACADEMY_REQUESTS_WAITING": "2", "ACADEMY_REQUEST_PATIENCE": "10"}
    with web_server(threads=32, **narrow) as web, ThreadPoolExecutor(CLIENTS) as clients:
        answers = dict(zip(people, clients.map(lambda person: web.apply(session, person), people), strict=True))
        met = Counter(answer[0] for answer in answers.values() if answer)
        assert met.keys() == {201, 503}, "each was served or turned away"
        assert sum(met.values()) == PEOPLE
        served = {person for person, answer in answers.items() if answer and answer[0] == 201}
        assert set(Enrollment.objects.values_list("staff__public_id", flat=True)) == served
        assert IdempotencyRecord.objects.count() == AuditEvent.objects.count() == len(served)

        left = [person for person in people if person not in served]
        again = [web.apply(session, person) for person in left]
        assert {answer and answer[0] for answer in again} == {201}
    session.refresh_from_db()
    assert session.seats_taken == Enrollment.objects.seated().count() == SEATS
