"""`sessions/{id}/quotas/` by grade, new recruits and time of release, while people sit in the session."""

from collections.abc import Callable

from rest_framework.test import APIClient

from tests.cast import Cast
from tests.enrollments.scene import apply, line, open_session

ClientOf = Callable[[object], APIClient]

BARE = {
    "organization": None,
    "organization_code": None,
    "organization_name_ja": None,
    "grade": None,
    "grade_name_ja": None,
    "new_recruits": False,
    "ceiling": None,
    "release_at": None,
}


def test_quotas_are_about_a_grade_or_new_recruits_and_count_their_seats(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=6)
    for person in (cast.ict, cast.ict2):
        apply(session, person)
    client, path = client_of(cast.hr), f"/api/v1/sessions/{session.public_id}/quotas/"
    grade = cast.grades["shuji"]
    released = "2022-07-01T09:00:00+09:00"
    body = {
        "quotas": [
            {"grade": str(grade.public_id), "seats": 1, "ceiling": 3},
            {"new_recruits": True, "seats": 2, "release_at": released},
        ]
    }
    response = client.post(path, body)
    assert response.status_code == 200, response.json()
    by_grade = {
        **BARE,
        "grade": str(grade.public_id),
        "grade_name_ja": grade.name_ja,
        "seats": 1,
        "ceiling": 3,
        "seats_taken": 1,
    }
    of_recruits = {**BARE, "new_recruits": True, "seats": 2, "release_at": released, "seats_taken": 0}
    assert client.get(path).json()["results"] == [by_grade, of_recruits]
    low = client.post(path, {"quotas": [{"organization": str(cast.digital.public_id), "seats": 0, "ceiling": 1}]})
    assert (low.status_code, low.json()["errors"]) == (
        400,
        [{"pointer": "/quotas/0/ceiling", "code": "below_seats_taken", "detail": "2 seats are taken already."}],
    )
    nothing = client.post(path, {"quotas": [{"seats": 1}]}).json()["errors"]
    assert [(each["pointer"], each["code"]) for each in nothing] == [("/quotas/0/organization", "required")]
    much = client.post(path, {"quotas": [{"new_recruits": True, "seats": 5}]})
    assert (much.status_code, much.json()["code"]) == (409, "more_kept_than_free")
    assert client.get(path).json()["results"] == [by_grade, of_recruits], "what was refused changed nothing"


def test_what_a_higher_ceiling_frees_goes_to_the_queue(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=6)
    client, path = client_of(cast.hr), f"/api/v1/sessions/{session.public_id}/quotas/"
    bureau = {"organization": str(cast.digital.public_id), "seats": 0}
    client.post(path, {"quotas": [{**bureau, "ceiling": 1}]})
    for person in (cast.ict, cast.ict2):
        apply(session, person)
    assert [status for _, status in line(session)] == ["enrolled", "waitlisted"]
    assert client.post(f"{path}?dry_run=true", {"quotas": [{**bureau, "ceiling": 2}]}).status_code == 200
    assert [status for _, status in line(session)] == ["enrolled", "waitlisted"], "a preview"
    assert client.post(path, {"quotas": [{**bureau, "ceiling": 2}]}).json()["quotas"][0]["seats_taken"] == 2
    assert [status for _, status in line(session)] == ["enrolled", "enrolled"]
