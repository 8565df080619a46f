"""`calendar-feeds/` and what its addresses open: made, read without sign-in, closed; and where the secret does not go."""

import datetime as dt
import io
import logging
import zlib
from collections.abc import Callable

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from academy import clock
from academy.logs import LEFT_OUT, SERVER_LOGS, WithoutAddresses, guard_server_logs
from academy.models import AuditEvent, CalendarFeed, IdempotencyRecord, User
from academy.models.accounts import token_digest
from tests import records, stage
from tests.attacks.test_canary import log as log  # the fixture
from tests.attacks.test_canary import tables_with
from tests.cast import SINCE, Cast, repost

ClientOf = Callable[[object], APIClient]
FEEDS = "/api/v1/calendar-feeds/"
NOT_FOUND = {
    "type": "urn:digital-academy:problem:not_found",
    "title": "Not found",
    "status": 404,
    "detail": "There is no such thing.",
    "code": "not_found",
    "errors": [],
}


def made(client: APIClient, **fields: str) -> tuple[CalendarFeed, str]:
    """A feed, and the path of its address."""
    body = client.post(FEEDS, fields).json()
    return CalendarFeed.objects.get(public_id=body["id"]), body["address"].removeprefix("http://testserver")


def secret_of(address: str) -> str:
    return address.removeprefix("/api/v1/calendar/").removesuffix(".ics")


def test_an_address_is_told_once(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ict)
    answer = client.post(FEEDS, {"name": "電話"})
    feed = CalendarFeed.objects.get()
    body = answer.json()
    secret = secret_of(body["address"].removeprefix("http://testserver"))
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    row = {
        "id": str(feed.public_id),
        "name": "電話",
        "created_at": clock_text(feed.created_at),
        "expires_at": clock_text(feed.expires_at),
        "revoked_at": None,
    }
    assert body == {**row, "address": f"http://testserver/api/v1/calendar/{secret}.ics"}
    assert len(secret) == 43, "256 bits"
    assert feed.digest == token_digest(secret)
    assert feed.expires_at - feed.created_at == pytest.approx(dt.timedelta(days=400), abs=dt.timedelta(minutes=1))
    assert client.get(FEEDS).json()["results"] == [row]
    assert client.get(f"{FEEDS}{feed.public_id}/").json() == row
    assert tables_with(secret) == set()
    event = AuditEvent.objects.get(action="academy.create_calendar_feed")
    assert (event.by, event.target, event.detail) == (cast.ict.user, feed.public_id, {})


def clock_text(instant: dt.datetime) -> str:
    return instant.astimezone(stage.TOKYO).isoformat()


def test_the_address_reads_the_calendar_of_its_person(cast: Cast, client_of: ClientOf, anonymous: APIClient) -> None:
    records.enrolled(stage.session(times=(("2022-07-14 14:00", "2022-07-14 16:00"),), status="published"), cast.ict)
    _, address = made(client_of(cast.ict))
    answer = anonymous.get(address)
    assert answer.status_code == 200
    assert answer.content == client_of(cast.ict).get("/api/v1/me/calendar.ics").content
    assert answer.content.count(b"BEGIN:VEVENT") == 1
    _, of_another = made(client_of(cast.staff))
    assert b"VEVENT" not in anonymous.get(of_another).content
    # A program that sends what it has, signed in or not, is answered by the address alone.
    stranger = APIClient(headers={"authorization": "Bearer wrong", "accept": "text/calendar"})
    assert stranger.get(address).status_code == 200
    assert anonymous.head(address).status_code == 200
    assert anonymous.post(address).status_code == 405


def test_wrong_revoked_expired_and_left_are_one_answer(cast: Cast, client_of: ClientOf, anonymous: APIClient) -> None:
    revoked, revoked_address = made(client_of(cast.ict))
    assert client_of(cast.ict).delete(f"{FEEDS}{revoked.public_id}/").status_code == 204
    expired, expired_address = made(client_of(cast.ict))
    CalendarFeed.objects.filter(pk=expired.pk).update(expires_at=clock.real_now())
    _, left_address = made(client_of(cast.ict2))
    _, inactive_address = made(client_of(cast.trainer))
    _, open_address = made(client_of(cast.ict))
    # Who left and came back is somebody else to the address, too.
    addresses = [revoked_address, expired_address, left_address, inactive_address]
    assert anonymous.get(left_address).status_code == anonymous.get(inactive_address).status_code == 200
    repost(cast.ict2, during=DateRange(SINCE, dt.date(2022, 6, 28)))
    User.objects.filter(pk=cast.user("trainer").pk).update(is_active=False)
    digest = CalendarFeed.objects.get(user=cast.ict2.user).digest
    ids = [str(revoked.public_id), str(cast.ict.public_id), digest, "x" * 43, "%00", "é"]
    wrong = [f"/api/v1/calendar/{each}.ics" for each in ids]
    found = [anonymous.get(address) for address in [*addresses, *wrong]]
    assert [(answer.status_code, answer.json()) for answer in found] == [(404, NOT_FOUND)] * len(found)
    told = [{name: value for name, value in answer.headers.items() if name != "X-Request-Id"} for answer in found]
    assert told == [told[0]] * len(told)
    assert anonymous.get(open_address).status_code == 200


def test_a_feed_is_its_owners_alone(cast: Cast, client_of: ClientOf) -> None:
    feed, _ = made(client_of(cast.ict))
    for somebody in (cast.hr, cast.ict2, cast.head):
        assert client_of(somebody).get(f"{FEEDS}{feed.public_id}/").status_code == 404
        assert client_of(somebody).delete(f"{FEEDS}{feed.public_id}/").status_code == 404
    assert client_of(cast.hr).post(FEEDS).status_code == 403, "who is no person here has no calendar"
    feed.refresh_from_db()
    assert feed.revoked_at is None


def test_to_revoke_twice_is_to_revoke_once(cast: Cast, client_of: ClientOf) -> None:
    feed, _ = made(client_of(cast.ict))
    client_of(cast.ict).delete(f"{FEEDS}{feed.public_id}/")
    feed.refresh_from_db()
    first = feed.revoked_at
    assert client_of(cast.ict).delete(f"{FEEDS}{feed.public_id}/").status_code == 204
    feed.refresh_from_db()
    assert first is not None
    assert feed.revoked_at == first


def test_ten_addresses_at_a_time(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ict)
    feeds = [made(client)[0] for _ in range(10)]
    refused = client.post(FEEDS)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_calendar_feeds")
    client.delete(f"{FEEDS}{feeds[0].public_id}/")
    assert client.post(FEEDS).status_code == 201
    assert client_of(cast.ict2).post(FEEDS).status_code == 201


def test_a_repeat_makes_no_second_and_tells_no_address(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ict)
    first = client.post(FEEDS, headers={"Idempotency-Key": "k"})
    again = client.post(FEEDS, headers={"Idempotency-Key": "k"})
    assert first.json()["address"] is not None
    assert again.json() == {**first.json(), "address": None}
    assert (again.status_code, again["Idempotency-Replayed"], again["Cache-Control"]) == (201, "true", "no-store")
    assert CalendarFeed.objects.count() == 1
    kept = zlib.decompress(bytes(IdempotencyRecord.objects.get().body or b"")).decode()
    assert '"address":null' in kept
    assert secret_of(first.json()["address"].removeprefix("http://testserver")) not in kept


def test_a_dry_run_makes_none(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ict).post(f"{FEEDS}?dry_run=true")
    assert (answer.status_code, answer.json()["result"]["address"]) == (200, None)
    assert CalendarFeed.objects.count() == 0


def test_the_secret_is_in_no_log(
    cast: Cast, client_of: ClientOf, anonymous: APIClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, address = made(client_of(cast.ict))
    anonymous.get(address)
    anonymous.get(f"{address}?secret=1")  # 400
    anonymous.post(address)  # 405
    anonymous.get(address.removesuffix(".ics"))  # 404
    anonymous.get(f"{address}/")
    client_of(cast.ict).delete(f"{FEEDS}{feed.public_id}/")
    anonymous.get(address)
    monkeypatch.setattr("api.enrollments.calendars.token_digest", lambda secret: 1 / 0)
    broken = APIClient(raise_request_exception=False)
    assert broken.get(address).status_code == 500
    said = log.getvalue()
    assert f"Not Found: /api/v1/calendar/{LEFT_OUT}" in said
    assert f"Internal Server Error: /api/v1/calendar/{LEFT_OUT}" in said
    assert secret_of(address) not in said
    assert tables_with(secret_of(address)) == set()


class Atoms(dict[str, str]):
    """What gunicorn hands to its access log: a dictionary of its own kind."""

    def __missing__(self, name: str) -> str:
        return "-"


@pytest.mark.parametrize("name", SERVER_LOGS)
def test_the_web_server_logs_the_path_without_it(name: str) -> None:
    guard_server_logs()
    guard_server_logs()
    server, written = logging.getLogger(name), io.StringIO()
    assert [type(each) for each in server.filters].count(WithoutAddresses) == 1
    handler = logging.StreamHandler(written)
    server.addHandler(handler)
    try:
        line = "GET /api/v1/calendar/abc-DEF_123.ics?x=1 HTTP/1.1"
        server.warning('%(h)s "%(r)s" %(s)s', Atoms(r=line, s="200", f="https://a/api/v1/Calendar/abc-DEF_123.ics"))
        server.warning('%s - "%s" %d', "10.0.0.1", line, 200)
        server.warning("Error handling request /api/v1/calendar/abc-DEF_123.ics")
        server.warning("GET /api/v1/sessions/1/calendar.ics")
    finally:
        server.removeHandler(handler)
    assert written.getvalue().splitlines() == [
        f'- "GET /api/v1/calendar/{LEFT_OUT}?x=1 HTTP/1.1" 200',
        f'10.0.0.1 - "GET /api/v1/calendar/{LEFT_OUT}?x=1 HTTP/1.1" 200',
        f"Error handling request /api/v1/calendar/{LEFT_OUT}",
        "GET /api/v1/sessions/1/calendar.ics",
    ]
