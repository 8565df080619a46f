"""Telling people: once for each occasion, in words that every kind has."""

import datetime as dt

import pytest

from academy.models import Notice
from academy.notices import GROUPS, WORDS, text_of, title_of
from academy.operations.notices import Letter, tell, tell_each
from tests import stage
from tests.cast import Cast

SLOT = {"starts_at": "2022-07-14T05:00:00+00:00", "ends_at": "2022-07-14T07:00:00+00:00", "month": None}
FACTS = {
    "session_ja": "学ぶ",
    "session_en": "Learn",
    "number": 7,
    "reason": "台風",
    "moved": [{"before": SLOT, "after": {"month": "2022-08-01", "venue_ja": "研修室"}}],
    "added": [{"after": {**SLOT, "ends_at": "2022-07-14T16:00:00+00:00"}}],
}


def test_a_person_is_told_of_an_occasion_once(cast: Cast) -> None:
    session = stage.session()
    people = [cast.ict.pk, cast.ict2.pk, cast.ict.pk]
    assert tell(kind="seat_given", occasion="a", recipients=people, subject=session, facts={"session_ja": "学ぶ"}) == 2
    again = [cast.ict2.pk, cast.head.pk]
    assert tell(kind="session_cancelled", occasion="a", recipients=again, subject=session, facts={}) == 1
    assert tell(kind="session_cancelled", occasion="b", recipients=[cast.ict.pk], subject=session, facts={}) == 1
    rows = Notice.objects.order_by("pk").values_list("recipient", "kind", "occasion")
    assert sorted(rows) == sorted(
        [
            (cast.ict.pk, "seat_given", "a"),
            (cast.ict2.pk, "seat_given", "a"),
            (cast.head.pk, "session_cancelled", "a"),
            (cast.ict.pk, "session_cancelled", "b"),
        ]
    )
    made = Notice.objects.filter(recipient=cast.ict, occasion="a").get()
    assert (made.subject_kind, made.subject, made.read_at) == ("courses.session", session.public_id, None)
    assert made.created_at.astimezone(stage.TOKYO).date() == dt.date(2022, 6, 28)


def test_nobody_is_told_in_no_words(cast: Cast) -> None:
    with pytest.raises(ValueError, match="without words"):
        tell(kind="x", occasion="a", recipients=[cast.ict.pk], subject=stage.session(), facts={})


@pytest.mark.parametrize("kind", WORDS)
def test_every_kind_has_words_in_both_languages(kind: str) -> None:
    title, text = title_of(kind, FACTS), text_of(kind, FACTS)
    about = ("7", "7") if kind in {"approvals_waiting", "learners_overdue"} else ("学ぶ", "Learn")
    assert about[0] in title.ja
    assert about[1] in title.en
    assert not set("{}") & set(title.ja + title.en + text.ja + text.en)
    assert WORDS[kind].group in GROUPS
    assert text.ja.splitlines()[1:] == [
        "変更:2022-07-14 14:00–16:00 → 2022-08 (研修室)",
        "追加:2022-07-14 14:00–2022-07-15 01:00",
        "理由:台風",
    ]
    assert text.en.splitlines()[1:] == [
        "Moved: 2022-07-14 14:00–16:00 → 2022-08 (研修室)",
        "Added: 2022-07-14 14:00–2022-07-15 01:00",
        "Reason: 台風",
    ]


def test_facts_that_stand_alone_are_lines_of_their_own() -> None:
    facts = {"session_ja": "学ぶ", "position": 3, "until": "2022-07-14T05:00:00+00:00"}
    assert text_of("waitlisted", facts).en.splitlines()[1:] == [
        "Your place in the queue: 3",
        "Answer by: 2022-07-14 14:00",
    ]
    assert text_of("waitlisted", facts).ja.splitlines()[1:] == ["現在の順番:3番目", "回答期限:2022-07-14 14:00"]


def test_each_is_told_something_of_their_own_once(cast: Cast) -> None:
    session = stage.session()
    about = ("courses.session", session.public_id)
    letters = [
        Letter("seat_taken", "a", cast.ict.pk, *about, {"session_ja": "学ぶ"}),
        Letter("waitlisted", "b", cast.ict2.pk, *about, {"session_ja": "学ぶ", "position": 1}),
    ]
    assert (tell_each(letters), tell_each([*letters, letters[0]]), tell_each([])) == (2, 0, 0)
    rows = Notice.objects.order_by("recipient").values_list("recipient", "kind", "occasion", "facts")
    assert list(rows) == [(each.recipient, each.kind, each.occasion, each.facts) for each in letters]
    with pytest.raises(ValueError, match="without words"):
        tell_each([Letter("x", "c", cast.ict.pk, *about, {})])
