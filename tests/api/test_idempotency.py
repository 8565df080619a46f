"""`Idempotency-Key` and `If-Match`, also from many clients at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from rest_framework.test import APIClient

from academy.models import AuditEvent, IdempotencyRecord, RoleGrant
from api import idempotency
from courses.models import Instructor
from tests.cast import Cast, assemble

ClientOf = Callable[[object], APIClient]
ROLES = "/api/v1/roles/"
CLIENTS = 16


def grant(cast: Cast) -> dict[str, str]:
    return {"user": str(cast.user("trainer").public_id), "role": "statistics"}


def test_a_repeat_says_that_it_is_one(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    first = client.post(ROLES, grant(cast), headers={"Idempotency-Key": "k"})
    again = client.post(ROLES, grant(cast), headers={"Idempotency-Key": "k"})
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert (again.content, again["Content-Type"]) == (first.content, "application/json")


def test_a_refusal_is_not_kept(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    refused = client.post(ROLES, {**grant(cast), "role": "bureau_hr"}, headers={"Idempotency-Key": "k"})
    assert (refused.status_code, IdempotencyRecord.objects.count()) == (400, 0)
    assert client.post(ROLES, grant(cast), headers={"Idempotency-Key": "k"}).status_code == 201


def test_the_keys_of_two_users_are_two_keys(cast: Cast, client_of: ClientOf) -> None:
    RoleGrant.objects.create(user=cast.bureau_hr, role="academy_hr", during=RoleGrant.objects.first().during)  # type: ignore[union-attr]
    for somebody in (cast.hr, cast.bureau_hr):
        body = {**grant(cast), "role": "statistics" if somebody == cast.hr else "auditor"}
        answer = client_of(somebody).post(ROLES, body, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)


def test_a_repeat_by_who_lost_the_right_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    client.post(ROLES, grant(cast), headers={"Idempotency-Key": "k"})
    RoleGrant.objects.filter(user=cast.hr).delete()
    assert client_of(cast.hr).post(ROLES, grant(cast), headers={"Idempotency-Key": "k"}).status_code == 403


@pytest.mark.parametrize("key", ["k" * 256, "ключ", "a\x01b"])
def test_a_key_that_is_none(cast: Cast, client_of: ClientOf, key: str) -> None:
    answer = client_of(cast.hr).post(ROLES, grant(cast), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "Idempotency-Key")


def test_if_match_lets_only_the_first_change_through(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    created = client.post(ROLES, grant(cast)).json()
    address = f"{ROLES}{created['id']}/"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    stale = client.post(f"{address}end/", {}, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_if_match")
    assert client.post(f"{address}end/", {}, headers={"If-Match": etag}).status_code == 200
    assert client.post(f"{address}end/", {}, headers={"If-Match": etag}).status_code == 412


def test_an_etag_is_one_in_both_languages(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    address = f"{ROLES}{client.post(ROLES, grant(cast)).json()['id']}/"
    tags = {client.get(address, headers={"Accept-Language": each})["ETag"] for each in ("ja", "en")}
    assert len(tags) == 1
    changed = client.post(f"{address}end/", {}, headers={"If-Match": tags.pop(), "Accept-Language": "ja"})
    assert changed.status_code == 200


def test_a_dry_run_refuses_what_the_real_call_would(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    address = f"{ROLES}{client.post(ROLES, grant(cast)).json()['id']}/"
    assert client.post(f"{address}end/?dry_run=true", {}, headers={"If-Match": '"0"'}).status_code == 412


def test_an_answer_too_large_to_keep_is_refused_and_changes_nothing(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LARGEST_ANSWER", 100)
    before = RoleGrant.objects.count()
    answer = client_of(cast.hr).post(ROLES, grant(cast), headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (400, "answer_too_large")
    assert (RoleGrant.objects.count(), IdempotencyRecord.objects.count()) == (before, 0)


def send_at_once(cast: Cast, client_of: ClientOf, key: str | None) -> list[tuple[int, bytes]]:
    """The same request from many clients, released together."""
    start = threading.Barrier(CLIENTS)
    answers: list[tuple[int, bytes]] = []
    body = {"name": "伊藤 一"}

    def send() -> None:
        client = client_of(cast.hr)
        start.wait()
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.post("/api/v1/instructors/", body, headers=headers)
        answers.append((answer.status_code, answer.content))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_many_at_once_under_one_key_are_one(business_time: object, client_of: ClientOf) -> None:
    cast = assemble()
    answers = send_at_once(cast, client_of, "k")
    assert {status for status, _ in answers} <= {201, 409}
    assert len({body for status, body in answers if status == 201}) == 1
    assert Instructor.objects.count() == 1
    assert AuditEvent.objects.filter(action="courses.create_instructor").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_each_has_its_effect(business_time: object, client_of: ClientOf) -> None:
    cast = assemble()
    answers = send_at_once(cast, client_of, None)
    assert [status for status, _ in answers] == [201] * CLIENTS
    assert Instructor.objects.count() == CLIENTS
