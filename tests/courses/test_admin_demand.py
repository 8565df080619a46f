"""A demand survey by mouse: drafted, opened, answered by the HR of each organisation, closed."""

from typing import Any

from academy.models import AuditEvent, RoleGrant
from courses.models import DemandAnswer, DemandSurvey
from tests.cast import ALWAYS, Cast, account
from tests.courses.catalogue import Catalogue
from tests.office import address, faults, office_of, page_of, press, text


def survey_of(catalogue: Catalogue, **fields: Any) -> dict[str, Any]:
    return {
        "fiscal_year": "2022",
        "title_ja": "来期の需要",
        "answer_by": "2022-07-31",
        "courses": [str(catalogue.seminar.public_id)],
        "organizations": "digital\nindustry",
        **fields,
    }


def test_a_survey_lives_by_its_buttons(catalogue: Catalogue, cast: Cast) -> None:
    client, course = office_of(cast.hr), catalogue.seminar
    assert client.post(address(DemandSurvey, "add"), survey_of(catalogue)).status_code == 302
    survey = DemandSurvey.objects.get()
    assert set(survey.requests.values_list("organization__code", flat=True)) == {"digital", "industry"}
    bureau = office_of(cast.bureau_hr)
    assert bureau.get(address(survey, "do", "answer")).status_code == 404, "not asked yet"
    assert press(client, survey, "open").status_code == 302
    assert faults(press(client, survey, "open")).keys() == {"__all__"}

    page = bureau.get(page_of(survey))
    assert [button["label"] for button in page.context["buttons"]] == ["回答する"]
    assert "産業労働局" not in text(page), "what others are asked is not theirs to read"
    form = bureau.get(address(survey, "do", "answer")).context["form"]
    [asked] = form.fields["organization"].rows
    sent = {"organization": asked, f"expected-{course.public_id}": "12", "comment": "見込み"}
    assert press(bureau, survey, "answer", **sent).status_code == 302
    answer = DemandAnswer.objects.get()
    assert (answer.expected, answer.request.organization, answer.request.answered_by) == (
        12, cast.digital, cast.bureau_hr,
    )  # fmt: skip
    nothing = {"organization": asked, f"expected-{course.public_id}": ""}
    assert faults(press(bureau, survey, "answer", **nothing)).keys() == {"__all__"}
    assert "セミナー デジタルサービス局 12" in text(client.get(page_of(survey)))

    assert press(client, survey, "change", title_ja="需要調査", answer_by="2022-08-15").status_code == 302
    assert press(client, survey, "close").status_code == 302
    assert faults(press(bureau, survey, "answer", **sent)).keys() == {"__all__"}
    survey.refresh_from_db()
    assert (survey.title_ja, str(survey.answer_by), survey.closed_at is not None) == ("需要調査", "2022-08-15", True)
    assert AuditEvent.objects.filter(action="courses.answer_demand", by=cast.bureau_hr).count() == 1


def test_what_is_wrong_with_a_survey_stands_at_its_field(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.hr)

    def wrong(**fields: Any) -> dict[str, list[str]]:
        return faults(client.post(address(DemandSurvey, "add"), survey_of(catalogue, **fields)))

    assert wrong(organizations="digital nowhere") == {"organizations": ["このコードの組織はありません: nowhere"]}
    assert wrong(organizations="digital skills") == {"organizations": ["人材課: 局等・区市町村・団体だけです。"]}
    assert wrong(courses=[]) == {"courses": ["この項目は必須です。"]}
    assert wrong(title_ja="") == {"title_ja": ["この項目は必須です。"]}
    assert DemandSurvey.objects.count() == 0


def test_one_asks_about_the_courses_that_one_plans(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.bureau_hr)
    assert faults(client.post(address(DemandSurvey, "add"), survey_of(catalogue))).keys() == {"courses"}
    own = survey_of(catalogue, courses=[str(catalogue.video.public_id)])
    assert client.post(address(DemandSurvey, "add"), own).status_code == 302
    survey = DemandSurvey.objects.get()
    other = account("other-hr")
    RoleGrant.objects.create(user=other, role="bureau_hr", organization=cast.industry, during=ALWAYS)
    assert office_of(other).get(address(survey, "do", "open")).status_code == 404
    press(client, survey, "open")
    assert office_of(other).get(address(survey, "do", "close")).status_code == 403
    assert press(office_of(other), survey, "close").status_code == 403
    assert office_of(catalogue.manager).get(address(survey, "do", "answer")).status_code == 404
