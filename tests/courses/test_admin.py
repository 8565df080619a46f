"""The admin site shows the catalogue to central HR, changes no row by itself, and its buttons are operations."""

import pytest
from django.contrib import admin
from django.test import Client

from academy.admin import ReadOnlyAdmin
from academy.models import AuditEvent, User
from courses.models import Session
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

SESSIONS = "/admin/courses/session/"
OURS = ("academy", "courses")


@pytest.fixture
def office(cast: Cast, client: Client) -> Client:
    User.objects.filter(pk=cast.hr.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=cast.hr.pk))
    return client


def press(client: Client, button: str, *sessions: Session) -> list[str]:
    body = {"action": button, "_selected_action": [str(session.pk) for session in sessions]}
    return [str(message) for message in client.post(SESSIONS, body, follow=True).context["messages"]]


def test_a_button_is_an_operation(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    good, bad = catalogue.draft(), catalogue.draft()
    bad.meetings.all().delete()
    assert press(office, "publish", good, bad) == [
        "セミナー: コマのない回は公開できません。各自が進める形式の講座だけがコマなしで公開できます。",
        "1件",
    ]
    assert Session.objects.get(pk=good.pk).status == "published"
    event = AuditEvent.objects.get(action="courses.publish_session")
    assert (event.by, event.target) == (cast.hr, good.public_id)
    assert press(office, "open", good) == ["1件"]
    assert press(office, "close", good) == ["1件"]
    closed = Session.objects.get(pk=good.pk)
    assert closed.apply_from is not None
    assert closed.apply_until is not None


def test_pages_are_read_only(catalogue: Catalogue, office: Client) -> None:
    session = catalogue.published(instructors=[catalogue.lecturer])
    page = office.get(f"{SESSIONS}{session.pk}/change/")
    assert page.status_code == 200
    assert "佐藤 四郎" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert office.post(f"{SESSIONS}{session.pk}/change/", {"title_ja": "改"}).status_code == 403
    assert office.get(f"{SESSIONS}add/").status_code == 403
    assert office.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Session.objects.get(pk=session.pk).title_ja == "セミナー"


def test_every_list_and_page_opens(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    catalogue.published()
    for model, shown in admin.site._registry.items():
        if model._meta.app_label not in OURS:
            continue
        assert isinstance(shown, ReadOnlyAdmin)
        root = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert office.get(f"{root}?q=a" if shown.search_fields else root).status_code == 200
        first = model._default_manager.first()
        if first is not None:
            assert office.get(f"{root}{first.pk}/change/").status_code == 200


def test_no_password_is_shown(cast: Cast, office: Client) -> None:
    page = office.get(f"/admin/academy/user/{cast.hr.pk}/change/").content.decode()
    assert "hr" in page
    assert cast.hr.password not in page


@pytest.mark.parametrize("name", ["bureau_hr", "auditor", "staff"])
def test_only_central_hr_sees_anything(catalogue: Catalogue, cast: Cast, client: Client, name: str) -> None:
    user = cast.user(name)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=user.pk))
    draft = catalogue.draft()
    for path in (SESSIONS, f"{SESSIONS}{draft.pk}/change/", "/admin/academy/staff/"):
        assert client.get(path).status_code == 403
    assert client.post(SESSIONS, {"action": "publish", "_selected_action": [str(draft.pk)]}).status_code == 403
    assert Session.objects.get(pk=draft.pk).status == "draft"


@pytest.mark.parametrize("lookup", ["password__startswith=md5", "tokens__digest__startswith=a", "staff__email=a"])
def test_a_hidden_column_cannot_be_read_by_filtering(cast: Cast, office: Client, lookup: str) -> None:
    assert office.get(f"/admin/academy/user/?{lookup}").status_code == 400
    assert office.get("/admin/academy/user/?kind__exact=person").status_code == 200
