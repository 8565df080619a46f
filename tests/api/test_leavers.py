"""Who holds no post today does not come in: by token, by password, by the cookie of a page; on the very next request."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Assignment, Role, RoleGrant, Staff, Token, User
from academy.operations.accounts import create_service_token, sign_in
from tests.cast import ALWAYS, PASSWORD, SINCE, Cast, account, person, post, repost

URL = "/api/v1/auth/token/"
ME = "/api/v1/me/"
TODAY = dt.date(2022, 6, 28)
DAY = dt.timedelta(days=1)


def bearer(secret: str) -> APIClient:
    return APIClient(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})


def signed_in(name: str) -> APIClient:
    return bearer(sign_in(username=name, password=PASSWORD).secret)


def leave(staff: Staff, last: dt.date) -> None:
    repost(staff, during=DateRange(SINCE, last + DAY))


def test_the_token_of_a_leaver_is_dead_on_the_next_request(cast: Cast) -> None:
    client = signed_in("ict")
    leave(cast.ict, TODAY)
    assert client.get(ME).status_code == 200
    leave(cast.ict, TODAY - DAY)
    dead = client.get(ME)
    assert (dead.status_code, dead.json()) == (401, bearer("tda_invented").get(ME).json())
    assert signed_in("ict2").get(ME).status_code == 200


def test_any_post_keeps_the_token_alive_and_a_secondment_is_one(cast: Cast) -> None:
    client = signed_in("ict")
    leave(cast.ict, TODAY - DAY)
    for kind in ("concurrent", "secondment"):
        post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, kind=kind)
        assert client.get(ME).status_code == 200
        Assignment.objects.filter(staff=cast.ict, kind=kind).supersede()
        assert client.get(ME).status_code == 401


def test_a_token_is_read_with_one_statement(cast: Cast) -> None:
    client = signed_in("hr")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/api/v1/job-families/?count=true").status_code == 200
    assert [("academy_token" in each["sql"]) for each in captured].count(True) == 1


def test_a_leaver_and_who_has_not_begun_are_refused_like_a_wrong_password(cast: Cast, anonymous: APIClient) -> None:
    leave(cast.ict, TODAY - DAY)
    repost(cast.ict2, during=DateRange(TODAY + DAY, None))
    without_a_post = person(
        ("無", "職", "ム", "ショク"), None, issuer=cast.tmg, hiring=cast.hiring, user=account("none")
    )
    assert without_a_post.assignments.count() == 0
    wrong = anonymous.post(URL, {"username": "head", "password": "wrong"})
    assert wrong.status_code == 401
    for name in ("ict", "ict2", "none", "nobody"):
        refused = anonymous.post(URL, {"username": name, "password": PASSWORD})
        assert (refused.status_code, refused.content, dict(refused.headers)) == (
            wrong.status_code,
            wrong.content,
            {**wrong.headers, "X-Request-Id": refused["X-Request-Id"]},
        )


def test_who_begins_today_comes_in_and_the_day_before_not_yet(cast: Cast, anonymous: APIClient) -> None:
    repost(cast.ict, during=DateRange(TODAY + DAY, None))
    assert anonymous.post(URL, {"username": "ict", "password": PASSWORD}).status_code == 401
    repost(cast.ict, during=DateRange(TODAY, None))
    assert anonymous.post(URL, {"username": "ict", "password": PASSWORD}).status_code == 200


def test_the_old_token_of_a_re_joiner_stays_dead(cast: Cast) -> None:
    client = signed_in("ict")
    Token.objects.update(created_at=dt.datetime.now(dt.UTC) - 30 * DAY)
    assert client.get(ME).status_code == 200
    leave(cast.ict, TODAY - 10 * DAY)
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(TODAY - 5 * DAY, None))
    assert client.get(ME).status_code == 401
    assert signed_in("ict").get(ME).status_code == 200


def test_a_move_without_a_gap_ends_no_token(cast: Cast) -> None:
    client = signed_in("ict")
    Token.objects.update(created_at=dt.datetime.now(dt.UTC) - 30 * DAY)
    leave(cast.ict, TODAY - 10 * DAY)
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(TODAY - 9 * DAY, None))
    assert client.get(ME).status_code == 200


def test_somebody_without_a_metropolitan_number_comes_in_and_leaves_like_others(cast: Cast) -> None:
    clerk = person(("島", "守", "シマ", "マモル"), None, issuer=cast.trade, hiring=cast.hiring, user=account("island"))
    post(clerk, cast.trade, cast.grades["shuji"], cast.office_family)
    client = signed_in("island")
    assert client.get(ME).json()["staff"]["staff_number"] is None
    leave(clerk, TODAY - DAY)
    assert client.get(ME).status_code == 401


def test_who_is_no_person_here_and_machines_have_no_post_to_lose(cast: Cast) -> None:
    assert [signed_in(name).get(ME).status_code for name in ("auditor", "bureau-hr", "hr")] == [200, 200, 200]
    issued = create_service_token(username="feed", scopes=["me:read"], by=None)
    machine = User.objects.get(username="feed")
    person(("機", "械", "キ", "カイ"), None, issuer=cast.tmg, hiring=cast.hiring, user=machine)
    assert bearer(issued.secret).get(ME).status_code == 200


@pytest.fixture
def page(cast: Cast) -> Client:
    """A browser in which `ict`, central HR for the day, has signed in on the admin site's own page."""
    User.objects.filter(username="ict").update(is_staff=True)
    RoleGrant.objects.create(user=cast.user("ict"), role=Role.ACADEMY_HR, during=ALWAYS)
    client = Client(headers={"accept-language": "en"})
    signed = client.post("/admin/login/?next=/admin/", {"username": "ict", "password": PASSWORD})
    assert (signed.status_code, signed.headers["Location"]) == (302, "/admin/")
    return client


def test_the_cookie_of_a_leaver_is_dead_on_the_next_request(cast: Cast, page: Client) -> None:
    assert [page.get(address).status_code for address in ("/admin/", ME)] == [200, 200]
    leave(cast.ict, TODAY - DAY)
    assert [page.get(address).status_code for address in ("/admin/", ME)] == [302, 401]


def test_a_cookie_does_not_last_through_a_gap_in_service(cast: Cast, page: Client) -> None:
    assert 0 < page.session.get_expiry_age() <= 12 * 60 * 60


def test_the_page_of_the_admin_site_refuses_as_the_api_does(cast: Cast) -> None:
    User.objects.filter(username__in=("ict", "ict2")).update(is_staff=True)
    leave(cast.ict, TODAY - DAY)
    client = Client()
    for name in ("ict", "nobody"):
        answer = client.post("/admin/login/", {"username": name, "password": PASSWORD})
        assert (answer.status_code, "_auth_user_id" in client.session) == (200, False)
    for _ in range(10):
        client.post("/admin/login/", {"username": "ict2", "password": "wrong"})
    client.post("/admin/login/", {"username": "ict2", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
