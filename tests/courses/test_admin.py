"""The catalogue on the admin site: who sees and does what; no page changes a row by itself."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academy.admin import OperationAdmin, ReadOnlyAdmin
from academy.models import AuditEvent, User
from courses.models import Course, Instructor, Program, Session, Venue
from courses.operations import places
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, slot
from tests.office import address, office_of, page_of, text

SESSIONS = "/admin/courses/session/"
OURS = ("academy", "courses")


@pytest.fixture
def office(cast: Cast, client: Client) -> Client:
    client.force_login(cast.hr)
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


WHO = ("hr", "bureau_hr", "manager", "auditor", "staff", "head", "trainer")


def client_named(name: str, catalogue: Catalogue, cast: Cast) -> Client:
    user = catalogue.manager if name == "manager" else cast.user(name)
    # Django's flags open nothing.
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return office_of(User.objects.get(pk=user.pk))


@pytest.mark.parametrize("name", WHO)
def test_who_gets_which_page(catalogue: Catalogue, cast: Cast, name: str) -> None:
    """`central` is the manager's programme, `own` is of the bureau of `bureau_hr`."""
    central, own = catalogue.draft(), catalogue.draft(catalogue.video)
    client = client_named(name, catalogue, cast)

    def status(path: str) -> int:
        return client.get(path).status_code

    found = {
        "lists": {status(address(model)) for model in (Program, Course, Session, Venue, Instructor)},
        "central session": {status(page_of(central)), status(address(central, "do", "publish"))},
        "own session": {status(page_of(own)), status(address(own, "do", "publish"))},
        "central course": {status(page_of(catalogue.seminar)), status(address(catalogue.seminar, "do", "change"))},
        "own programme": {status(page_of(catalogue.own)), status(address(catalogue.own, "do", "change"))},
        "central programme": {status(page_of(catalogue.central)), status(address(catalogue.central, "do", "change"))},
        "new programme": {status(address(Program, "add"))},
        "new session": {status(address(Session, "add"))},
        "venue": {status(page_of(catalogue.room)), status(address(Venue, "add"))},
        "people": {status("/admin/academy/staff/"), status("/admin/academy/auditevent/")},
    }
    everything = {key: {200} for key in found}
    expected = {
        "hr": everything,
        # Rows that are others' are not there: Django's page of a row leads back to its list, a button is missing.
        "bureau_hr": everything
        | {key: {302, 404} for key in ("central session", "central course", "central programme")}
        | {"people": {403}},
        "manager": everything
        | {"own session": {302, 404}, "own programme": {302, 404}, "people": {403}}
        | {"central programme": {200, 403}, "new programme": {403}},
    }
    assert found == expected.get(name, {key: {403} for key in found})


@pytest.mark.parametrize("name", WHO)
def test_who_may_press(catalogue: Catalogue, cast: Cast, name: str) -> None:
    central, own = catalogue.draft(), catalogue.draft(catalogue.video)
    client = client_named(name, catalogue, cast)
    for session in (central, own):
        client.post(address(session, "do", "publish"))
        client.post(SESSIONS, {"action": "publish", "_selected_action": [str(session.pk)]})
    done = {"hr": {central.pk, own.pk}, "bureau_hr": {own.pk}, "manager": {central.pk}}.get(name, set())
    assert set(Session.objects.published().values_list("pk", flat=True)) == done


def test_lists_show_what_one_works_on(catalogue: Catalogue, cast: Cast) -> None:
    catalogue.draft(title_ja="全庁の回")
    catalogue.draft(catalogue.video, title_ja="局の回")
    shown = {}
    for name, user in (("hr", cast.hr), ("bureau_hr", cast.bureau_hr), ("manager", catalogue.manager)):
        page = text(office_of(user).get(SESSIONS))
        shown[name] = [title for title in ("全庁の回", "局の回") if title in page]
    assert shown == {"hr": ["全庁の回", "局の回"], "bureau_hr": ["局の回"], "manager": ["全庁の回"]}


def test_no_page_saves_a_model_by_itself(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    """Everything that is written is written inside an operation: with the operations away, nothing is."""
    draft = catalogue.draft()
    saved: list[str] = []

    def count(self: Model, *args: object, **kwargs: object) -> None:
        saved.append(type(self).__name__)

    with patch.object(Model, "save", count), patch.object(Model, "delete", count):
        for model, shown in admin.site._registry.items():
            assert isinstance(shown, ReadOnlyAdmin)
            office.post(address(model, "add"), {"title_ja": "題"})
            first = model._default_manager.first()
            if first is not None:
                office.post(page_of(first), {"title_ja": "題"})
                office.post(address(first, "delete"), {"post": "yes"})
            if isinstance(shown, OperationAdmin):
                for button in shown.buttons:
                    assert office.get(address(first or draft, "do", button.name)).status_code in {200, 404}
    assert saved == []


def test_without_its_operation_a_valid_form_writes_nothing(
    catalogue: Catalogue, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def instead(**given: object) -> Venue:
        asked.append(given)
        return catalogue.room

    form = {"code": "room-b", "name_ja": "研修室B", "seats": "40"}
    monkeypatch.setattr(places, "create_venue", instead)
    before = (Venue.objects.count(), AuditEvent.objects.count())
    assert office.post(address(Venue, "add"), form).status_code == 302
    assert (Venue.objects.count(), AuditEvent.objects.count()) == before
    [given] = asked
    assert (given["code"], given["name_ja"], given["seats"]) == ("room-b", "研修室B", 40)
    monkeypatch.undo()
    assert office.post(address(Venue, "add"), form).status_code == 302
    assert Venue.objects.filter(code="room-b").exists(), "control: with it, it does"


def test_a_button_that_does_not_suit_is_not_shown(catalogue: Catalogue, office: Client) -> None:
    def offered(session: Session) -> list[str]:
        return [button["label"] for button in office.get(page_of(session)).context["buttons"]]

    draft, published = catalogue.draft(), catalogue.published()
    assert offered(draft) == [
        *(
            "変更する",
            "公開する",
            "複製する",
            "ひな型にする",
            "定員を変更する",
            "枠を決める",
            "開催を中止する",
            "重なりを見る",
            "開催の候補を見る",
            "資料を配る",
        ),
    ]
    assert offered(published) == [
        *("申込みを開始する", "申込みを締め切る", "終了にする", "期限を変更する"),
        *("複製する", "ひな型にする"),
        *(
            "追加募集する",
            "定員を変更する",
            "枠を決める",
            "日程・定員・講師を変更する",
            "開催を中止する",
            "重なりを見る",
            "資料を配る",
        ),
    ]


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


@pytest.mark.parametrize("model", [Program, Course, Session, Venue, Instructor])
def test_a_list_takes_the_statements_of_one_row(catalogue: Catalogue, office: Client, model: type[Model]) -> None:

    catalogue.draft()
    few = statements(lambda: office.get(address(model)))
    for number in range(12):
        stage.session(stage.course())
        stage.venue(f"room-{number}", "会議室")
        stage.instructor(f"講師{number}")
    assert statements(lambda: office.get(address(model))) == few


def test_the_page_of_a_session_takes_the_statements_of_one_meeting(catalogue: Catalogue, office: Client) -> None:

    days = [slot(f"2022-07-{day:02} 14:00", f"2022-07-{day:02} 15:00", catalogue.room) for day in range(1, 15)]
    short, long = catalogue.draft(meetings=(days[0],)), catalogue.draft(meetings=tuple(days))
    assert statements(lambda: office.get(page_of(long))) == statements(lambda: office.get(page_of(short)))
    pages = [address(each, "do", "change") for each in (short, long)]
    assert statements(lambda: office.get(pages[1])) == statements(lambda: office.get(pages[0]))


@pytest.mark.parametrize("lookup", ["password__startswith=md5", "tokens__digest__startswith=a", "staff__email=a"])
def test_a_hidden_column_cannot_be_read_by_filtering(cast: Cast, office: Client, lookup: str) -> None:
    assert office.get(f"/admin/academy/user/?{lookup}").status_code == 400
    assert office.get("/admin/academy/user/?kind__exact=person").status_code == 200
