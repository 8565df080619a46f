"""The forms of the catalogue: what HR enters is what the operation gets, and its refusals stand at their fields."""

import json
from typing import Any

import pytest
from django.test import Client

from academy.models import AuditEvent
from courses.models import (
    AudiencePerson,
    CompletionPolicy,
    Course,
    Instructor,
    Meeting,
    Program,
    Session,
    SessionInstructor,
    Venue,
)
from tests import stage
from tests.cast import Cast
from tests.conftest import TOKYO
from tests.courses.catalogue import Catalogue, slot
from tests.office import address, faults, office_of, page_of, press, said, text

NEW_PROGRAM = {
    "code": "dx",
    "title_ja": "DX研修",
    "title_en": "DX",
    "working_label": "",
    "tier": "literacy",
    "pillar": "training",
    "organiser": "central",
    "mode": "live",
    "organization": "",
}


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


def stands(row: Any, *names: str) -> tuple[Any, ...]:
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in names)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# Programmes.


def test_a_programme_is_made_and_changed(cast: Cast, office: Client) -> None:
    assert said(office, office.post(address(Program, "add"), NEW_PROGRAM)) == ["研修を追加する: DX研修"]
    program = Program.objects.get()
    assert stands(program, "code", "title_en", "tier", "organiser", "organization") == (
        "dx", "DX", "literacy", "central", None,
    )  # fmt: skip
    change = {**NEW_PROGRAM, "title_ja": "DX推進研修", "organiser": "bureau", "organization": "digital"}
    assert said(office, press(office, program, "change", **change)) == ["変更する: DX推進研修"]
    assert stands(program, "title_ja", "organization", "code") == ("DX推進研修", cast.digital, "dx")
    assert events() == ["courses.create_program", "courses.change_program"]
    changed = AuditEvent.objects.get(action="courses.change_program")
    assert changed.by == cast.hr
    assert changed.detail == {"changed": ["organiser", "organization", "title_ja"]}, (
        "and nothing that was left as it is"
    )


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"title_ja": ""}, {"title_ja": ["この項目は必須です。"]}),
        ({"title_ja": "　"}, {"title_ja": ["この項目は必須です。"]}),
        ({"organiser": "bureau"}, {"organization": ["局研修・職場研修には組織が必要です。"]}),
        ({"organization": "nowhere"}, {"organization": ["このコードの組織はありません。"]}),
        ({"tier": "none-such"}, {"tier": ["正しく選択してください。 none-such は候補にありません。"]}),
        ({"code": "全角"}, {"code": ["“slug” には半角の英数字、アンダースコア、ハイフン以外は使用できません。"]}),
    ],
)
def test_what_is_wrong_with_a_programme_is_said_at_its_field(
    cast: Cast, office: Client, wrong: dict[str, str], found: dict[str, list[str]]
) -> None:
    answer = office.post(address(Program, "add"), {**NEW_PROGRAM, **wrong})
    assert list(faults(answer)) == list(found)
    if "code" not in found:
        assert faults(answer) == found
    assert (Program.objects.count(), events()) == (0, [])


def test_a_refusal_is_told_in_the_readers_language(cast: Cast) -> None:
    for language, sentence in (("ja", "同じものがすでにあります。"), ("en", "The same thing exists already.")):
        client = office_of(cast.hr, language)
        client.post(address(Program, "add"), NEW_PROGRAM)
        answer = client.post(address(Program, "add"), NEW_PROGRAM)
        assert faults(answer) == {"__all__": [sentence]}
        assert sentence in text(answer)
    assert Program.objects.count() == 1


def test_hr_of_a_bureau_makes_programmes_of_its_bureau_alone(cast: Cast) -> None:
    client = office_of(cast.bureau_hr)
    own = {**NEW_PROGRAM, "organiser": "bureau", "organization": "digital"}
    assert faults(client.post(address(Program, "add"), NEW_PROGRAM)) == {
        "__all__": ["この操作を行う権限がありません。"]
    }
    other = client.post(address(Program, "add"), {**own, "organization": "industry"})
    assert faults(other) == {"__all__": ["この操作を行う権限がありません。"]}
    assert client.post(address(Program, "add"), own).status_code == 302
    program = Program.objects.get()
    given_away = press(client, program, "change", **{**own, "organization": "industry"})
    assert faults(given_away) == {"__all__": ["この操作を行う権限がありません。"]}
    assert stands(program, "organization") == (cast.digital,)


# Courses.


def new_course(catalogue: Catalogue, **fields: Any) -> dict[str, Any]:
    return {
        "program": str(catalogue.central.public_id),
        "code": "data",
        "title_ja": "データ利活用",
        "title_en": "",
        "summary": "",
        "policy": str(catalogue.policy.public_id),
        "rule": '{"job_family": ["ict"]}',
        "note_ja": "ICT職",
        **fields,
    }


def test_a_course_is_made_and_its_rule_edited(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    assert office.post(address(Course, "add"), new_course(catalogue)).status_code == 302
    course = Course.objects.get(code="data")
    assert (course.program, course.policy, course.repeatable) == (catalogue.central, catalogue.policy, False)
    assert (course.audience.rule, course.audience.note_ja) == ({"job_family": ["ict"]}, "ICT職")
    form = office.get(address(course, "do", "change")).context["form"]
    assert json.loads(form["rule"].value()) == {"job_family": ["ict"]}
    change = {name: value for name, value in new_course(catalogue).items() if name not in ("program", "code")}
    change |= {"rule": "", "repeatable": "on"}
    assert press(office, course, "change", **change).status_code == 302
    course.audience.refresh_from_db()
    assert (stands(course, "repeatable"), course.audience.rule) == ((True,), {})
    assert "ICT職" not in text(office.get(page_of(course)))


@pytest.mark.parametrize(
    ("rule", "said_there"),
    [
        ("{", "JSONを正しく入力してください。"),
        ('{"job_family": ["none-such"]}', "/job_family/0: このコードはありません。"),
        ('{"no_such_condition": 1}', "/no_such_condition: この条件はありません。"),
        ("[]", "条件は項目が一つのオブジェクトです。"),
    ],
)
def test_the_faults_of_a_rule_stand_at_the_rule(
    catalogue: Catalogue, office: Client, rule: str, said_there: str
) -> None:
    answer = office.post(address(Course, "add"), new_course(catalogue, rule=rule))
    assert list(faults(answer)) == ["rule"]
    assert faults(answer)["rule"] == [said_there]
    assert not Course.objects.filter(code="data").exists()


def test_what_decides_about_results_stays_once_a_course_is_offered(catalogue: Catalogue, office: Client) -> None:
    catalogue.published()
    change = {"title_ja": "セミナー", "policy": str(catalogue.policy.public_id), "rule": "{}", "repeatable": "on"}
    answer = press(office, catalogue.seminar, "change", **change)
    assert faults(answer) == {"__all__": ["修了条件と再受講の可否は、最初の回を公開する前だけ変更できます。"]}


def test_a_course_is_made_in_a_programme_that_one_plans(catalogue: Catalogue, cast: Cast) -> None:
    answer = office_of(cast.bureau_hr).post(address(Course, "add"), new_course(catalogue))
    assert list(faults(answer)) == ["program"]
    shown = answer.context["form"].fields["program"].rows
    assert list(shown) == [str(catalogue.own.public_id)]


def test_people_are_named_by_staff_number_with_a_reason(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    course = catalogue.seminar
    assert press(office, course, "include", staff="00000001", reason="本人の希望").status_code == 302
    named = AudiencePerson.objects.get()
    assert (named.staff, named.kind, named.reason, named.by) == (cast.staff, "include", "本人の希望", cast.hr)
    assert "00000001 森 太郎 追加 本人の希望" in text(office.get(page_of(course)))
    assert press(office, course, "exclude", staff="TMG:00000001", reason="異動").status_code == 302
    assert AudiencePerson.objects.get().kind == "exclude"
    assert press(office, course, "unname", staff="00000001").status_code == 302
    assert AudiencePerson.objects.count() == 0
    wrong = press(office, course, "include", staff="99999999", reason="")
    assert faults(wrong) == {
        "staff": ["この職員番号の職員は担当範囲にいません。"],
        "reason": ["この項目は必須です。"],
    }


def test_hr_of_a_bureau_names_its_own_people(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.bureau_hr)
    assert list(faults(press(client, catalogue.video, "include", staff="00000001", reason="希望"))) == ["staff"]
    assert press(client, catalogue.video, "include", staff="00000002", reason="希望").status_code == 302
    assert AudiencePerson.objects.get().staff == cast.ict


# Places.


def test_venues_and_instructors_are_kept(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(catalogue.manager)
    room = {"code": "room-b", "name_ja": "研修室B", "name_en": "", "seats": "40"}
    assert said(client, client.post(address(Venue, "add"), room)) == ["会場を追加する: 研修室B"]
    venue = Venue.objects.get(code="room-b")
    assert stands(venue, "seats", "online") == (40, False)
    assert press(client, venue, "change", name_ja="大研修室B", seats="").status_code == 302
    assert stands(venue, "name_ja", "seats") == ("大研修室B", None)
    assert faults(press(client, venue, "change", name_ja="大研修室B", seats="0")) == {
        "seats": ["この値は 1 以上でなければなりません。"]
    }
    outside = {"name": "山田 花", "affiliation": "大学"}
    assert client.post(address(Instructor, "add"), outside).status_code == 302
    instructor = Instructor.objects.get(name="山田 花")
    assert press(client, instructor, "change", name="山田 花", affiliation="研究所").status_code == 302
    assert stands(instructor, "affiliation", "staff") == ("研究所", None)


def test_an_instructor_from_inside_is_listed_once(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    answer = office.post(address(Instructor, "add"), {"name": "佐藤 四郎", "staff": "00000005"})
    assert faults(answer) == {"__all__": ["同じものがすでにあります。"]}
    assert office.post(address(Instructor, "add"), {"name": "髙橋 花子", "staff": "00000002"}).status_code == 302
    assert Instructor.objects.get(name="髙橋 花子").staff == cast.ict


def test_central_hr_makes_completion_policies(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    policy = {
        "code": "three-quarters", "name_ja": "4分の3出席", "certifies": "on",
        "attendance_numerator": "3", "attendance_denominator": "4",
    }  # fmt: skip
    assert office.post(address(CompletionPolicy, "add"), policy).status_code == 302
    made = CompletionPolicy.objects.get(code="three-quarters")
    assert stands(made, "attendance_numerator", "attendance_denominator", "certifies") == (3, 4, True)
    wrong = office.post(address(CompletionPolicy, "add"), {**policy, "code": "x", "attendance_numerator": "5"})
    assert faults(wrong) == {"attendance_numerator": ["割合は1までです。"]}
    in_use = press(office, catalogue.policy, "change", name_ja="全回出席", attendance_numerator="1",
                   attendance_denominator="2", certifies="on")  # fmt: skip
    assert list(faults(in_use)) == ["__all__"]
    assert office_of(cast.bureau_hr).get(address(CompletionPolicy, "add")).status_code == 403
    assert office_of(cast.bureau_hr).get(page_of(made)).status_code == 200


# Sessions.


def meetings(*rows: dict[str, str], before: int = 0) -> dict[str, str]:
    """The rows of a formset as a browser sends them; `before` of them were there."""
    sent = {"meetings-TOTAL_FORMS": str(len(rows)), "meetings-INITIAL_FORMS": str(before)}
    for number, row in enumerate(rows):
        sent |= {f"meetings-{number}-form": "live"} | {f"meetings-{number}-{name}": text for name, text in row.items()}
    return sent


DAY_1 = {"starts_at": "2022-07-14T14:00", "ends_at": "2022-07-14T17:00"}
DAY_2 = {"starts_at": "2022-07-15T14:00", "ends_at": "2022-07-15T17:00", "title_ja": "演習"}


def new_session(catalogue: Catalogue, **fields: Any) -> dict[str, Any]:
    return {"course": str(catalogue.seminar.public_id), "selection": "first_come", **fields}


def test_a_session_is_drafted_with_its_meetings(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    room = str(catalogue.room.public_id)
    sent = new_session(
        catalogue,
        capacity="30",
        apply_from="2022-07-01T09:00",
        apply_until="2022-07-10T17:00",
        online_address="https://meet.example.jp/1",
        instructors=[str(catalogue.lecturer.public_id)],
        **meetings({**DAY_1, "venue": room}, {}, DAY_2, {"month": "2022-08-01"}),
    )
    assert said(office, office.post(address(Session, "add"), sent)) == ["回を追加する: セミナー"]
    session = Session.objects.get()
    assert stands(session, "title_ja", "fiscal_year", "ordinal", "status", "capacity", "minimum") == (
        "セミナー", 2022, 1, "draft", 30, None,
    )  # fmt: skip
    assert session.apply_from == stage.tokyo("2022-07-01 09:00"), "the page tells the time of Tokyo"
    assert session.online_address == "https://meet.example.jp/1"
    found = [
        (each.position, each.during.lower.astimezone(TOKYO).isoformat() if each.during else str(each.month),
         each.venue and each.venue.code, each.title_ja)
        for each in Meeting.objects.order_by("position")
    ]  # fmt: skip
    assert found == [
        (1, "2022-07-14T14:00:00+09:00", "room", ""),
        (2, "2022-07-15T14:00:00+09:00", None, "演習"),
        (3, "2022-08-01", None, ""),
    ]
    assert [each.instructor for each in SessionInstructor.objects.all()] == [catalogue.lecturer]
    page = text(office.get(page_of(session)))
    assert "佐藤 四郎 人材課" in page
    assert "1 2022-07-14 14:00 – 17:00 実施 会議室" in page
    assert "準備中" in page
    assert "meet.example.jp" not in page, "the address is for seats"


def change_of(session: Session, client: Client, **fields: Any) -> dict[str, Any]:
    """What a browser sends back of the page as it stands, with some fields changed."""
    form = client.get(address(session, "do", "change")).context["form"]
    sent: dict[str, Any] = {}
    for bound in [*form, *(each for row in form.meetings for each in row), *form.meetings.management_form]:
        value = bound.value()
        if value is True or (value not in (None, "", False)):
            shown = bound.field.widget.format_value(value) if hasattr(bound.field.widget, "format_value") else value
            sent[bound.html_name] = shown if not isinstance(value, list) else value
    return {**sent, **fields}


def test_a_page_sent_back_as_it_stands_changes_nothing(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft(
        instructors=[catalogue.lecturer], capacity=30, apply_from=stage.tokyo("2022-07-01 09:00").replace(second=5),
        online_address="https://meet.example.jp/1",
    )  # fmt: skip
    before = list(Meeting.objects.order_by("pk").values())
    sent = change_of(session, office)
    assert sent["meetings-0-starts_at"] == "2022-07-14T14:00"
    assert press(office, session, "change", **sent).status_code == 302
    assert list(Meeting.objects.order_by("pk").values()) == before
    assert stands(session, "apply_from", "online_address") == (
        stage.tokyo("2022-07-01 09:00").replace(second=5),
        "https://meet.example.jp/1",
    )
    assert AuditEvent.objects.get(action="courses.change_session").detail["changed"] == []


def test_a_draft_is_changed_and_a_row_taken_away(catalogue: Catalogue, office: Client) -> None:
    session = catalogue.draft()
    sent = change_of(session, office, title_ja="夏のセミナー", capacity="20", minimum="5")
    sent |= {"meetings-0-DELETE": "on", "meetings-1-venue": str(catalogue.online.public_id)}
    assert press(office, session, "change", **sent).status_code == 302
    assert stands(session, "title_ja", "capacity", "minimum") == ("夏のセミナー", 20, 5)
    [left] = Meeting.objects.filter(session=session)
    assert (left.during.lower, left.venue) == (stage.tokyo("2022-07-15 14:00"), catalogue.online)
    assert str(session.starts_on) == "2022-07-15"


def test_what_is_wrong_with_a_meeting_stands_in_its_row(catalogue: Catalogue, office: Client) -> None:
    backwards = {"starts_at": "2022-07-15T14:00", "ends_at": "2022-07-15T13:00"}
    sent = new_session(catalogue, **meetings({}, DAY_1, backwards, {"month": "2022-08-02"}))
    answer = office.post(address(Session, "add"), sent)
    rows = [dict(row.errors) for row in answer.context["form"].meetings]
    assert rows == [
        {},
        {},
        {"ends_at": ["終了は開始より後です。"]},
        {"month": ["月の初日で指定します。"]},
    ]
    assert "終了は開始より後です。" in text(answer)
    assert Session.objects.count() == 0
    overlap = office.post(address(Session, "add"), new_session(catalogue, **meetings(DAY_1, DAY_1)))
    [_, second] = overlap.context["form"].meetings
    assert second.non_field_errors() == ["同じ回のコマと時間が重なっています。"]


def test_what_is_wrong_with_a_session_stands_at_its_field(catalogue: Catalogue, office: Client) -> None:
    window = {"apply_from": "2022-07-10T09:00", "apply_until": "2022-07-01T09:00"}
    answer = office.post(address(Session, "add"), new_session(catalogue, **window, **meetings(DAY_1)))
    assert faults(answer) == {"apply_until": ["終了は開始より後です。"]}
    empty = office.post(address(Session, "add"), new_session(catalogue, **meetings()))
    assert faults(empty) == {"starts_on": ["コマのない回には日付が必要です。"]}
    assert Session.objects.count() == 0


def test_more_rows_are_asked_for_without_losing_what_was_entered(catalogue: Catalogue, office: Client) -> None:
    sent = new_session(catalogue, title_ja="夏期講座", **meetings(DAY_1, {}), _more="1")
    answer = office.post(address(Session, "add"), sent)
    form = answer.context["form"]
    assert len(form.meetings.forms) == 12
    assert form["title_ja"].value() == "夏期講座"
    assert form.meetings[0]["starts_at"].value() == "2022-07-14T14:00"
    assert Session.objects.count() == 0
    tampered = office.post(address(Session, "add"), {**new_session(catalogue), "_more": "1"})
    assert tampered.status_code == 200


def test_a_formset_that_lies_about_its_rows_is_refused(catalogue: Catalogue, office: Client) -> None:
    sent = new_session(catalogue, **{"meetings-TOTAL_FORMS": "x", "meetings-INITIAL_FORMS": "0"})
    assert office.post(address(Session, "add"), sent).status_code == 200
    many = new_session(catalogue, **{"meetings-TOTAL_FORMS": "100000", "meetings-INITIAL_FORMS": "0"})
    assert office.post(address(Session, "add"), many).status_code == 200
    assert Session.objects.count() == 0


def test_a_session_without_a_date_collects_demand(catalogue: Catalogue, office: Client) -> None:
    sent = new_session(catalogue, undated="on", fiscal_year="2022", **meetings())
    assert office.post(address(Session, "add"), sent).status_code == 302
    assert stands(Session.objects.get(), "undated", "fiscal_year") == (True, 2022)


def test_a_session_lives_by_its_buttons(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft()
    asked = office.get(address(session, "do", "publish"))
    assert "全職員に見えるようになり、会場と講師を確保します。" in text(asked)
    assert stands(session, "status") == ("draft",), "to look is not to do"
    assert said(office, press(office, session, "publish")) == ["公開する: セミナー"]
    assert faults(press(office, session, "publish")) == {
        "__all__": ["状態「公開」から「公開」へは変更できません。"],
    }
    assert press(office, session, "open", apply_until="2022-07-10T17:00").status_code == 302
    assert stands(session, "apply_until") == (stage.tokyo("2022-07-10 17:00"),)
    assert faults(press(office, session, "open", apply_until="2022-06-01T17:00")) == {
        "apply_until": ["終了は現在より後です。"]
    }
    assert press(office, session, "close").status_code == 302
    assert faults(press(office, session, "finish")) == {"__all__": ["最終日(2022-07-15)より前に終了にはできません。"]}
    assert faults(press(office, session, "change", title_ja="改", selection="first_come", **meetings())) == {
        "__all__": ["内容と日程を変更できるのは準備中の回だけです(現在:公開)。"]
    }
    assert events()[-3:] == ["courses.publish_session", "courses.open_session", "courses.close_session"]
    assert "公開 hr" in text(office.get(page_of(session))), "the page tells its history"


def test_a_room_that_is_taken_is_refused_on_the_page(catalogue: Catalogue, cast: Cast) -> None:

    same = (slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),)
    catalogue.published(meetings=same)
    second = catalogue.draft(meetings=same)
    answer = press(office_of(cast.hr, "en"), second, "publish")
    assert faults(answer) == {"__all__": ["Another meeting uses a room at the same time."]}
    assert stands(second, "status") == ("draft",)
