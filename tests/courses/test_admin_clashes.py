"""Conflicts and suggestions of a session on the admin site; a suggestion is put into the draft by its button."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Meeting, Session
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, slot
from tests.office import address, faults, office_of, press, said, text
from tests.stage import tokyo

ASKED = {"first": "2022-08-01", "weeks": "1", "minutes": "120"}


def rows(answer: Any) -> list[list[str]]:
    [table] = answer.context["form"].preview
    return [[str(cell) for cell in cells] for cells in table.rows]


def keys(answer: Any) -> list[str]:
    return re.findall(r'name="take" value="([^"]*)"', answer.content.decode())


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def booked(catalogue: Catalogue, *times: tuple[str, str], title: str = "別の回", **fields: Any) -> Session:
    """A published session in the room."""
    made = stage.session(times=times, status="published", title_ja=title, **fields)
    Meeting.objects.filter(session=made).update(venue=catalogue.room, exclusive_venue_id=catalogue.room.pk)
    return made


def test_each_conflict_is_explained(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.hr)
    free = catalogue.draft()
    assert rows(client.get(address(free, "do", "conflicts"))) == [["", "重なりはありません。", "", ""]]
    booked(catalogue, ("2022-07-14 15:00", "2022-07-14 16:00"))
    session = catalogue.draft(meetings=(slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),))
    answer = client.get(address(session, "do", "conflicts"))
    found = rows(answer)
    assert found[0][0] == "公開・変更できない"
    assert "別の回" in found[0][1]
    assert 'type="submit" class="default"' not in answer.content.decode(), "there is nothing to send"
    assert rows(press(client, session, "conflicts")) == found
    assert "Refused by the database" in text(office_of(cast.hr, "en").get(address(session, "do", "conflicts")))


def test_a_suggestion_goes_into_the_draft(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.hr)
    planned = (slot("2022-07-14 14:00", "2022-07-14 16:00", catalogue.room),)
    session = catalogue.draft(meetings=planned, title_ja="夏の回")
    Meeting.objects.filter(session=session).update(title_ja="第一部")
    assert rows(client.get(address(session, "do", "suggestions"))), "at once, from tomorrow"
    page = press(client, session, "suggestions", **ASKED)
    first, *others = keys(page)
    assert len(others) == 9
    sent = page.content.decode()
    assert sent.index('value="もう一度調べる"') < sent.index('name="take"'), (
        "Enter in a field looks again and takes none"
    )
    assert "2022-08-01 09:30 – 11:30 会議室" in re.sub(r"<[^>]+>", "", rows(page)[0][0])
    answer = press(client, session, "suggestions", **ASKED, take=first)
    assert said(client, answer) == ["開催の候補を見る: 夏の回"]
    [meeting] = Meeting.objects.filter(session=session)
    assert meeting.during is not None
    assert (meeting.during.lower, meeting.during.upper) == (tokyo("2022-08-01 09:30"), tokyo("2022-08-01 11:30"))
    assert (meeting.venue, meeting.title_ja) == (catalogue.room, "第一部")
    session.refresh_from_db()
    assert str(session.starts_on) == "2022-08-01"


def test_a_suggestion_that_was_taken_since_is_not_done(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.hr)
    session = catalogue.draft(meetings=(slot("2022-07-14 14:00", "2022-07-14 16:00", catalogue.room),))
    first, *_ = keys(press(client, session, "suggestions", **ASKED))
    booked(catalogue, ("2022-08-01 09:00", "2022-08-01 18:00"))
    answer = press(client, session, "suggestions", **ASKED, take=first)
    assert faults(answer) == {"__all__": ["選んだ候補はもうありません。下の候補から選んでください。"]}
    assert first not in keys(answer)
    session.refresh_from_db()
    assert str(session.starts_on) == "2022-07-14"


def test_months_get_their_days_and_a_pattern_keeps_its_order(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.hr)
    session = catalogue.draft()
    first, *_ = keys(press(client, session, "suggestions", **ASKED))
    assert press(client, session, "suggestions", **ASKED, take=first).status_code == 302
    days = [
        each.during.lower.astimezone(stage.TOKYO).date()
        for each in session.meetings.order_by("position")
        if each.during
    ]
    assert len(days) == 2
    assert (days[1] - days[0]).days == 1
    undated = stage.session(catalogue.seminar)
    first, *_ = keys(press(client, undated, "suggestions", **ASKED))
    assert press(client, undated, "suggestions", **ASKED, take=first).status_code == 302
    assert undated.meetings.count() == 1


def test_what_is_asked_wrongly_and_by_whom(catalogue: Catalogue, cast: Cast) -> None:
    client, session = office_of(cast.hr), catalogue.draft()
    wrong = press(client, session, "suggestions", first="2022-06-28", weeks="13", minutes="5")
    assert faults(wrong).keys() == {"first", "weeks", "minutes"}
    published = catalogue.published()
    page = client.get(address(published, "do", "suggestions"))
    assert page.context["form"].preview[0].rows, "why there are none is said"
    assert faults(press(client, published, "suggestions", **ASKED)).keys() == {"__all__"}
    for button in ("conflicts", "suggestions"):
        assert office_of(cast.bureau_hr).get(address(session, "do", button)).status_code == 404
        assert office_of(cast.staff).get(address(session, "do", button)).status_code in {403, 404}


def test_pages_take_the_statements_of_one_other_session(catalogue: Catalogue, cast: Cast) -> None:
    client, session = office_of(cast.hr), catalogue.draft()
    pages = [address(session, "do", button) for button in ("conflicts", "suggestions")]
    stage.session(times=(("2022-07-14 14:00", "2022-07-14 15:00"),), status="published")
    few = [statements(lambda page=page: client.get(page)) for page in pages]  # type: ignore[misc]
    for _ in range(8):
        stage.session(times=(("2022-07-14 14:00", "2022-07-14 15:00"),), status="published")
    assert [statements(lambda page=page: client.get(page)) for page in pages] == few  # type: ignore[misc]
