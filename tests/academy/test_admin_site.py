"""Who comes into the admin site, in which language, and what it never shows."""

from typing import Any

import pytest
from django.test import Client

from academy.access import Viewer, office
from academy.models import Role, RoleGrant, User
from tests.cast import ALWAYS, PASSWORD, Cast
from tests.office import office_of, text

FLAGS = {"is_staff": True, "is_superuser": True}
NOBODYS = ("auditor", "staff", "ict", "head", "trainer")


@pytest.mark.parametrize("name", NOBODYS)
def test_who_has_no_work_here_stays_outside_whatever_django_thinks(cast: Cast, name: str) -> None:
    User.objects.filter(pk=cast.user(name).pk).update(**FLAGS)
    client = office_of(cast.user(name))
    pages = ("", "courses/", "courses/session/", "academy/staff/", "jsi18n/", "password_change/")
    assert {client.get(f"/admin/{page}").status_code for page in pages} == {403}


@pytest.mark.parametrize("name", ["hr", "bureau_hr"])
def test_who_has_work_here_comes_in_without_djangos_flags(cast: Cast, name: str) -> None:
    assert not cast.user(name).is_staff
    client = Client()
    signed = client.post("/admin/login/?next=/admin/", {"username": cast.user(name).username, "password": PASSWORD})
    assert (signed.status_code, signed.headers["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_a_manager_of_a_part_and_hr_of_a_job_family_have_no_work_here(cast: Cast) -> None:
    program = cast.digital.public_id  # any
    scopes: list[tuple[Role, dict[str, Any], bool]] = [
        (Role.PROGRAMME_MANAGER, {"program": program}, True),
        (Role.PROGRAMME_MANAGER, {"program": program, "organization": cast.digital}, False),
        (Role.BUREAU_HR, {"organization": cast.trade}, True),
        (Role.BUREAU_HR, {"organization": cast.trade, "job_family": cast.ict_family}, False),
        (Role.SKILL_OFFICE, {}, False),
        (Role.STATISTICS, {}, False),
    ]
    for role, scope, comes_in in scopes:
        grant = RoleGrant.objects.create(user=cast.user("staff"), role=role, during=ALWAYS, **scope)
        assert office(Viewer(cast.user("staff")), None) is comes_in, (role, scope)
        assert office_of(cast.staff).get("/admin/").status_code == (200 if comes_in else 403)
        grant.delete()


def test_the_sign_in_page_does_not_tell_who_holds_a_role(cast: Cast) -> None:
    client, messages = Client(headers={"accept-language": "en"}), []
    for name, password in (("ict", PASSWORD), ("hr", "wrong"), ("nobody", PASSWORD)):
        answer = client.post("/admin/login/", {"username": name, "password": password})
        assert (answer.status_code, "_auth_user_id" in client.session) == (200, False)
        messages.append(text(answer).split("Log in")[0])
    assert messages == [messages[0]] * 3


@pytest.mark.parametrize("path", ["/admin/", "/admin/courses/session/", "/admin/login/"])
def test_each_page_speaks_both_languages(cast: Cast, path: str) -> None:
    client = Client() if path.endswith("login/") else office_of(cast.hr)
    assert "デジタルアカデミー 事務局" in text(client.get(path))
    switch = client.post("/admin/language/", {"language": "en", "next": path})
    assert (switch.status_code, switch.headers["Location"]) == (302, path)
    english = client.get(path)
    assert "Digital Academy office" in text(english)
    assert 'value="ja"' in english.content.decode(), "and back again"
    client.post("/admin/language/", {"language": "ja", "next": path})
    assert 'value="en"' in client.get(path).content.decode()


def test_the_work_is_named_in_both_languages(cast: Cast) -> None:
    japanese, english = text(office_of(cast.hr).get("/admin/")), text(office_of(cast.hr, "en").get("/admin/"))
    for ja, en in (
        ("研修", "Training"),
        ("回", "Sessions"),
        ("会場", "Venues"),
        ("人と組織", "People and organisations"),
    ):
        assert ja in japanese
        assert en in english
    assert "講座" not in english


def test_a_page_sends_nothing_without_its_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.hr)
    body = {"code": "room-1", "name_ja": "会議室"}
    assert client.post("/admin/courses/venue/add/", body).status_code == 403


def test_djangos_own_forms_are_closed(cast: Cast) -> None:
    client = office_of(cast.hr)
    for path in ("password_change/", "auth/group/", "auth/group/add/", f"academy/user/{cast.hr.pk}/history/"):
        assert client.get(f"/admin/{path}").status_code == 404, path
