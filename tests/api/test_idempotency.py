"""`Idempotency-Key` and `If-Match`, also from many clients at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from rest_framework.test import APIClient

from academy.models import AuditEvent, IdempotencyRecord, RoleGrant
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
        answer = client_of(somebody).post(ROLES, grant(cast), headers={"Idempotency-Key": "k"})
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


def send_at_once(cast: Cast, client_of: ClientOf, key: str | None) -> list[tuple[int, bytes]]:
    """The same request from many clients, released together."""
    start = threading.Barrier(CLIENTS)
    answers: list[tuple[int, bytes]] = []
    body = grant(cast)

    def send() -> None:
        client = client_of(cast.hr)
        start.wait()
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.post(ROLES, body, headers=headers)
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
    assert RoleGrant.objects.filter(role="statistics").count() == 1
    assert AuditEvent.objects.filter(action="academy.grant_role").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_each_has_its_effect(business_time: object, client_of: ClientOf) -> None:
    cast = assemble()
    answers = send_at_once(cast, client_of, None)
    assert [status for status, _ in answers] == [201] * CLIENTS
    assert RoleGrant.objects.filter(role="statistics").count() == CLIENTS
