"""`skill-frameworks/`, `skills/`, `job-types/` and `assessment-cycles/`: what everybody reads and the office writes."""

from collections.abc import Callable
from pathlib import Path

from rest_framework.test import APIClient

from academy.models import Role, RoleGrant
from skills.models import AssessmentCycle, JobType, SkillFramework
from skills.operations import frameworks
from tests.cast import ALWAYS, Cast
from tests.skills import small_map
from tests.skills.small_map import items

ClientOf = Callable[[object], APIClient]


def head_of(framework: SkillFramework, status: str, label: str) -> dict[str, object]:
    return {
        "id": str(framework.public_id),
        "code": "small",
        "version": "1",
        "name_ja": "小さなマップ",
        "name_en": "Small map",
        "sample": True,
        "source": "made for tests",
        "status": status,
        "status_label": label,
    }


def test_a_framework_is_read_whole(cast: Cast, framework: SkillFramework, client_of: ClientOf) -> None:
    client = client_of(cast.staff)
    body = client.get(f"/api/v1/skill-frameworks/{framework.public_id}/").json()
    first, second, third = items(framework)
    business, data = framework.categories.order_by("position")
    planner, analyst = JobType.objects.order_by("number")
    assert body.pop("created_at").endswith("+09:00")

    def required(item: object, number: int, ja: str, en: str, level: int) -> dict[str, object]:
        return {"item": str(item), "number": number, "name_ja": ja, "name_en": en, "level": level}

    def listed(item: object, category: object, category_ja: str, number: int, ja: str, en: str) -> dict[str, object]:
        return {
            "id": str(item),
            "framework": str(framework.public_id),
            "category": str(category),
            "category_name_ja": category_ja,
            "number": number,
            "name_ja": ja,
            "name_en": en,
        }

    expected_items = [
        listed(first.public_id, business.public_id, "ビジネス", 1, "企画", "Planning"),
        listed(second.public_id, business.public_id, "ビジネス", 2, "要件定義", "Requirements"),
        listed(third.public_id, data.public_id, "データ", 3, "分析", "Analytics"),
    ]
    expected_job_types = [
        {
            "id": str(planner.public_id),
            "framework": str(framework.public_id),
            "number": 1,
            "name_ja": "企画者",
            "name_en": "Planner",
            "requirements": [
                required(first.public_id, 1, "企画", "Planning", 3),
                required(second.public_id, 2, "要件定義", "Requirements", 2),
            ],
        },
        {
            "id": str(analyst.public_id),
            "framework": str(framework.public_id),
            "number": 2,
            "name_ja": "分析者",
            "name_en": "Analyst",
            "requirements": [
                required(second.public_id, 2, "要件定義", "Requirements", 1),
                required(third.public_id, 3, "分析", "Analytics", 2),
            ],
        },
    ]
    assert body == {
        **head_of(framework, "published", "Published"),
        "levels": [
            {"value": 0, "descriptor_ja": "なし", "descriptor_en": "None"},
            {"value": 1, "descriptor_ja": "基礎", "descriptor_en": "Basics"},
            {"value": 2, "descriptor_ja": "自立", "descriptor_en": "Independent"},
            {"value": 3, "descriptor_ja": "指導", "descriptor_en": "Leads"},
        ],
        "categories": [
            {"id": str(business.public_id), "position": 1, "name_ja": "ビジネス", "name_en": "Business"},
            {"id": str(data.public_id), "position": 2, "name_ja": "データ", "name_en": "Data"},
        ],
        "items": expected_items,
        "job_types": expected_job_types,
    }
    query = f"?framework={framework.public_id}"
    assert client.get(f"/api/v1/skills/{query}").json()["results"] == expected_items
    assert client.get(f"/api/v1/skills/?category={data.public_id}").json()["results"] == expected_items[2:]
    assert client.get(f"/api/v1/job-types/{query}").json()["results"] == expected_job_types
    assert client.get(f"/api/v1/job-types/{analyst.public_id}/").json() == expected_job_types[1]


def test_a_draft_is_hidden_until_the_office_publishes_it(cast: Cast, tmp_path: Path, client_of: ClientOf) -> None:
    draft = frameworks.load_framework(path=small_map.written(tmp_path), by=None)
    here = f"/api/v1/skill-frameworks/{draft.public_id}/"
    assert client_of(cast.ict).get(here).status_code == 404
    assert client_of(cast.ict).get("/api/v1/skills/").json()["results"] == []
    assert client_of(cast.ict).post(f"{here}publish/").status_code == 404
    response = client_of(cast.hr).post(f"{here}publish/")
    body = response.json()
    assert body.pop("created_at").endswith("+09:00")
    assert (response.status_code, body) == (200, head_of(draft, "published", "Published"))
    assert client_of(cast.ict).post(f"{here}retire/").status_code == 403
    assert client_of(cast.hr).post(f"{here}publish/").json()["code"] == "illegal_transition"
    assert client_of(cast.hr).post(f"{here}retire/").json()["status_label"] == "Retired"
    listed = client_of(cast.ict).get("/api/v1/skill-frameworks/?status=retired").json()["results"]
    assert [row["id"] for row in listed] == [str(draft.public_id)]


def test_the_skill_office_opens_and_moves_a_cycle(cast: Cast, framework: SkillFramework, client_of: ClientOf) -> None:
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.SKILL_OFFICE, during=ALWAYS)
    given = {
        "framework": str(framework.public_id),
        "fiscal_year": 2022,
        "name_ja": "DSM 2022",
        "opens_at": "2022-06-01T00:00:00+09:00",
        "closes_at": "2022-07-01T00:00:00+09:00",
    }
    for somebody in (cast.ict, cast.head, cast.bureau_hr, cast.auditor):
        assert client_of(somebody).post("/api/v1/assessment-cycles/", given).status_code == 403
    office = client_of(cast.trainer)
    response = office.post("/api/v1/assessment-cycles/", given)
    cycle = AssessmentCycle.objects.get()
    expected = {
        "id": str(cycle.public_id),
        "framework": str(framework.public_id),
        "framework_name_ja": "小さなマップ",
        "sample": True,
        "fiscal_year": 2022,
        "name_ja": "DSM 2022",
        "name_en": "",
        "opens_at": "2022-06-01T00:00:00+09:00",
        "closes_at": "2022-07-01T00:00:00+09:00",
        "open": True,
    }
    assert (response.status_code, response.json()) == (201, expected)
    here = f"/api/v1/assessment-cycles/{cycle.public_id}/"
    response = office.post(f"{here}move/", {"closes_at": "2022-06-20T00:00:00+09:00"})
    expected |= {"closes_at": "2022-06-20T00:00:00+09:00", "open": False}
    assert (response.status_code, response.json()) == (200, expected)
    assert client_of(cast.ict).get(here).json() == expected
    assert client_of(cast.ict).post(f"{here}move/", {}).status_code == 403
    listed = client_of(cast.ict).get("/api/v1/assessment-cycles/?fiscal_year=2022").json()["results"]
    assert listed == [expected]
    backwards = office.post(f"{here}move/", {"opens_at": "2022-07-20T00:00:00+09:00"})
    assert backwards.json()["errors"] == [
        {"pointer": "/closes_at", "code": "before_start", "detail": "The end lies before the start."}
    ]
    again = office.post("/api/v1/assessment-cycles/", given)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
