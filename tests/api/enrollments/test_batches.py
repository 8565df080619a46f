"""`sessions/{id}/batches/`, `seat-batches/{id}/undo/` and `sessions/{id}/cancel-seats/`."""

from collections.abc import Callable

from rest_framework.test import APIClient

from academy.models import Job
from academy.operations import jobs
from enrollments.models import Enrollment, SeatBatch
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import assign, crowd, open_session

ClientOf = Callable[[object], APIClient]


def test_hr_reads_the_batches_of_a_session_and_undoes_one(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    assign(session, [cast.ict, cast.ict2], cast)
    batch, client = SeatBatch.objects.get(), client_of(cast.hr)
    address, undo = f"/api/v1/sessions/{session.public_id}/batches/", f"/api/v1/seat-batches/{batch.public_id}/undo/"
    [row] = client.get(address).json()["results"]
    made = row.pop("created_at")
    assert made.startswith("2022-06-28T")
    assert row == {
        "id": str(batch.public_id), "session": str(session.public_id), "given": 2, "seated": 2, "undone_at": None,
    }  # fmt: skip
    one = client.get(f"/api/v1/seat-batches/{batch.public_id}/")
    assert one.json() == row | {"created_at": made}
    ids = [str(each) for each in Enrollment.objects.order_by("pk").values_list("public_id", flat=True)]
    answer = {
        "asked": 2,
        "succeeded": 2,
        "codes": {},
        "results": [{"enrollment": each, "succeeded": True, "codes": []} for each in ids],
    }
    rehearsed = client.post(undo + "?dry_run=true", {"reason": "誤り"}).json()
    assert (rehearsed["dry_run"], rehearsed["result"]) == (True, answer)
    assert Enrollment.objects.seated().count() == 2
    assert client.post(undo, {}).status_code == 400
    done = client.post(undo, {"reason": "誤り"}, headers={"if-match": one["ETag"]})
    assert (done.status_code, done.json()) == (200, answer)
    again = client.post(undo, {"reason": "誤り"})
    assert (again.status_code, again.json()["code"]) == (409, "batch_undone")
    [row] = client.get(address).json()["results"]
    assert (row["given"], row["seated"], row["undone_at"] is None) == (2, 0, False)


def test_a_batch_is_hidden_from_others_than_who_made_it(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(course=stage.course(stage.program(organization=cast.digital)))
    assign(session, [cast.ict], cast)
    batch = SeatBatch.objects.get()
    undo = f"/api/v1/seat-batches/{batch.public_id}/undo/"
    assert client_of(cast.bureau_hr).post(undo, {"reason": "x"}).status_code == 404
    assert client_of(cast.bureau_hr).get(f"/api/v1/seat-batches/{batch.public_id}/").status_code == 404
    assert client_of(cast.bureau_hr).get(f"/api/v1/sessions/{session.public_id}/batches/").json()["results"] == []
    SeatBatch.objects.update(by=cast.bureau_hr)
    assert client_of(cast.bureau_hr).post(undo, {"reason": "x"}).status_code == 200


def test_many_seats_under_a_key_are_taken_back_by_a_job(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    assign(session, crowd(cast, 2), cast)
    gone, stays = Enrollment.objects.order_by("pk")
    named = [str(gone.public_id)] * 300 + [str(cast.ict.public_id)]
    address = f"/api/v1/sessions/{session.public_id}/cancel-seats/"
    response = client_of(cast.hr).post(
        address, {"enrollments": named, "reason": "会場"}, headers={"Idempotency-Key": "k"}
    )
    assert response.status_code == 202
    assert jobs.run_next_job()
    assert Job.objects.get().result == {
        "asked": 2,
        "succeeded": 1,
        "codes": {"not_found": 1},
        "failed": [{"enrollment": str(cast.ict.public_id), "codes": ["not_found"]}],
    }
    assert list(Enrollment.objects.order_by("pk").values_list("status", "ended_as")) == [
        ("cancelled", "by_office"), ("enrolled", ""),
    ]  # fmt: skip
    assert stays.status == "enrolled"


def test_an_undone_batch_as_a_job(cast: Cast) -> None:
    session = open_session()
    assign(session, [cast.ict], cast)
    batch = SeatBatch.objects.get()
    jobs.request_job(kind="enrollments.undo_batch", parameters={"batch_id": batch.pk, "reason": "誤り"}, by=cast.hr)
    assert jobs.run_next_job()
    assert Job.objects.get().result == {"asked": 1, "succeeded": 1, "codes": {}, "failed": []}
