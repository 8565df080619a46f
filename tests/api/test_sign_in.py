"""`auth/token/`: a token for a password, which nobody can find out from the answers."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from academy.models import AuditEvent, Role, RoleGrant, SignInAttempt, Token, User
from academy.operations.accounts import MOST_FAILURES, create_service_token
from tests import stage
from tests.cast import ALWAYS, PASSWORD, Cast

URL = "/api/v1/auth/token/"
REFUSED = {
    "type": "urn:digital-academy:problem:sign_in_refused",
    "title": "Sign-in refused",
    "status": 401,
    "detail": "The user name or the password is wrong.",
    "code": "sign_in_refused",
    "errors": [],
}


def bearer(token: str) -> APIClient:
    return APIClient(headers={"authorization": f"Bearer {token}", "accept-language": "en"})


def test_a_right_password_gives_a_token_that_opens(cast: Cast, anonymous: APIClient) -> None:
    response = anonymous.post(URL, {"username": "ict", "password": PASSWORD})
    assert response.status_code == 200
    assert set(response.json()) == {"token", "expires_at"}
    assert response["Cache-Control"] == "no-store"
    me = bearer(response.json()["token"]).get("/api/v1/me/")
    assert (me.status_code, me.json()["username"]) == (200, "ict")


def test_the_secret_is_not_stored(cast: Cast, anonymous: APIClient) -> None:
    secret = anonymous.post(URL, {"username": "ict", "password": PASSWORD}).json()["token"]
    assert secret not in str(Token.objects.values().get())
    assert secret not in str(AuditEvent.objects.values().get())


def test_a_wrong_password_a_missing_user_and_an_inactive_one_look_alike(cast: Cast, anonymous: APIClient) -> None:
    User.objects.filter(username="ict2").update(is_active=False)
    answers = [
        anonymous.post(URL, {"username": "ict", "password": "wrong"}),
        anonymous.post(URL, {"username": "nobody", "password": PASSWORD}),
        anonymous.post(URL, {"username": "ict2", "password": PASSWORD}),
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, REFUSED)] * 3


def test_too_many_failures_are_throttled_whether_or_not_the_user_exists(cast: Cast, anonymous: APIClient) -> None:
    for name in ("ict", "nobody"):
        for _ in range(MOST_FAILURES):
            assert anonymous.post(URL, {"username": name, "password": "wrong"}).status_code == 401
        answer = anonymous.post(URL, {"username": name, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_sign_ins")
        assert answer["Retry-After"] == "60"
    assert "ict" not in str(list(SignInAttempt.objects.values_list("name_digest", flat=True)))


def test_an_unknown_field_is_refused(cast: Cast, anonymous: APIClient) -> None:
    answer = anonymous.post(URL, {"username": "ict", "password": PASSWORD, "admin": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/admin")


def test_an_expired_a_revoked_and_an_invented_token_are_refused(cast: Cast, anonymous: APIClient) -> None:
    secret = anonymous.post(URL, {"username": "ict", "password": PASSWORD}).json()["token"]
    client = bearer(secret)
    Token.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/api/v1/me/").json()["code"] == "not_authenticated"
    Token.objects.update(expires_at=timezone.now() + dt.timedelta(hours=1))
    assert client.get("/api/v1/me/").status_code == 200
    assert client.delete("/api/v1/auth/token/current/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401
    assert bearer("tda_invented").get("/api/v1/me/").status_code == 401


def test_a_service_account_has_a_token_and_no_password(cast: Cast, anonymous: APIClient) -> None:
    issued = create_service_token(username="roster-feed", scopes=["me:read"], by=cast.hr)
    me = bearer(issued.secret).get("/api/v1/me/").json()
    assert me == {"username": "roster-feed", "staff": None, "roles": []}
    answer = anonymous.post(URL, {"username": "roster-feed", "password": "!"})
    assert answer.status_code == 401


def test_a_service_account_reaches_only_what_its_token_names(cast: Cast) -> None:
    out = StringIO()
    call_command("create_service_token", "feed", "staff:read", "roles:read", stdout=out)
    RoleGrant.objects.create(user=User.objects.get(username="feed"), role=Role.ACADEMY_HR, during=ALWAYS)
    client = bearer(out.getvalue().strip())
    assert client.get("/api/v1/staff/").status_code == 200
    assert client.get("/api/v1/roles/").status_code == 200
    assert client.get("/api/v1/organizations/").status_code == 403
    body = {"user": str(cast.user("trainer").public_id), "role": "statistics"}
    assert client.post("/api/v1/roles/", body).status_code == 403


def test_a_scope_for_sessions_does_not_open_the_people_in_them(cast: Cast) -> None:
    session = stage.session(status="published")
    out = StringIO()
    call_command("create_service_token", "feed", "sessions:read", "sessions:write", stdout=out)
    RoleGrant.objects.create(user=User.objects.get(username="feed"), role=Role.ACADEMY_HR, during=ALWAYS)
    client = bearer(out.getvalue().strip())
    assert client.get(f"/api/v1/sessions/{session.public_id}/").status_code == 200
    for part in ("roster/", "attendance/", f"eligibility/?staff={cast.ict.public_id}"):
        assert client.get(f"/api/v1/sessions/{session.public_id}/{part}").status_code == 403
    assert client.post(f"/api/v1/sessions/{session.public_id}/cancel/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(("name", "scope"), [("feed", "everything"), ("feed", "staff:admin"), ("ict", "staff:read")])
def test_a_service_token_that_makes_no_sense_is_refused(cast: Cast, name: str, scope: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_service_token", name, scope)
    assert Token.objects.count() == 0
