"""`me/calendar.ics` and `sessions/{id}/calendar.ics`: who gets which file, and what a calendar program repeats."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from courses.models import Session
from tests import content_lines, records, stage
from tests.cast import Cast

ClientOf = Callable[[object], APIClient]
MINE = "/api/v1/me/calendar.ics"
ADDRESS = "https://meet.example.jp/ict"


@pytest.fixture
def session(cast: Cast) -> Session:
    return stage.session(
        times=(("2022-07-14 14:00", "2022-07-14 16:00"),),
        title_ja="セミナー",
        title_en="Seminar",
        status="published",
        online_address=ADDRESS,
    )


def file_of(session: Session) -> str:
    return f"/api/v1/sessions/{session.public_id}/calendar.ics"


def test_the_file_says_what_it_is(cast: Cast, client_of: ClientOf, session: Session) -> None:
    records.enrolled(session, cast.ict)
    answer = client_of(cast.ict).get(MINE)
    assert answer.status_code == 200
    headers = {name: answer[name] for name in ("Content-Type", "Cache-Control", "Content-Disposition", "Vary")}
    assert headers == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, max-age=300",
        "Content-Disposition": "attachment; filename=\"calendar.ics\"; filename*=UTF-8''calendar.ics",
        "Vary": "Accept, Accept-Language",
    }
    [event] = content_lines.read(answer.content).all("VEVENT")
    assert (event.text("SUMMARY"), event.value("URL")) == ("Seminar", ADDRESS)
    japanese = client_of(cast.ict).get(MINE, headers={"accept-language": "ja"})
    assert content_lines.read(japanese.content).all("VEVENT")[0].text("SUMMARY") == "セミナー"


def test_what_did_not_change_is_not_sent_again(cast: Cast, client_of: ClientOf, session: Session) -> None:
    client, [seat] = client_of(cast.ict), records.enrolled(session, cast.ict)
    first = client.get(MINE)
    again = client.get(MINE, headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, max-age=300"
    Session.objects.filter(pk=session.pk).update(title_en="Another title")
    changed = client.get(MINE, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    seat.delete()
    assert client.get(MINE, headers={"If-None-Match": changed["ETag"]}).status_code == 200


def test_who_has_no_staff_row_has_no_calendar(cast: Cast, client_of: ClientOf, anonymous: APIClient) -> None:
    assert client_of(cast.hr).get(MINE).status_code == 403
    assert anonymous.get(MINE).status_code == 401
    assert client_of(cast.ict).get(f"{MINE}?from=2022").json()["errors"][0]["code"] == "unknown_parameter"


def test_the_address_is_in_the_file_of_who_has_a_seat(
    cast: Cast, client_of: ClientOf, anonymous: APIClient, session: Session
) -> None:
    records.enrolled(session, cast.ict)
    records.enrolled(session, cast.ict2, status="waitlisted")  # type: ignore[arg-type] # as the column holds it
    with_address = [name for name in ("ict", "ict2", "hr", "staff") if _told(client_of(cast.user(name)), session)]
    assert with_address == ["ict"]
    assert anonymous.get(file_of(session)).status_code == 401


def _told(client: APIClient, session: Session) -> bool:
    answer = client.get(file_of(session))
    assert answer.status_code == 200
    return ADDRESS.encode() in answer.content


def test_a_draft_is_its_planners_alone(cast: Cast, client_of: ClientOf) -> None:
    draft = stage.session(times=(("2022-07-14 14:00", "2022-07-14 16:00"),))
    assert client_of(cast.ict).get(file_of(draft)).status_code == 404
    [event] = content_lines.read(client_of(cast.hr).get(file_of(draft)).content).all("VEVENT")
    assert event.value("STATUS") == "TENTATIVE"


def test_the_file_of_a_cancelled_session_cancels(cast: Cast, client_of: ClientOf, session: Session) -> None:
    before = content_lines.read(client_of(cast.staff).get(file_of(session)).content)
    body = {"reason": "講師の都合"}
    assert client_of(cast.hr).post(f"/api/v1/sessions/{session.public_id}/cancel/", body).status_code == 200
    after = content_lines.read(client_of(cast.staff).get(file_of(session)).content)
    assert (before.value("METHOD"), after.value("METHOD")) == ("PUBLISH", "CANCEL")
    [was], [now] = before.all("VEVENT"), after.all("VEVENT")
    assert was.value("UID") == now.value("UID")
    assert [(event.value("STATUS"), event.value("SEQUENCE")) for event in (was, now)] == [
        ("CONFIRMED", "0"),
        ("CANCELLED", "1"),
    ]
