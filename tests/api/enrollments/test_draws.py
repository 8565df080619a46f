"""`sessions/{id}/draws/` and `draws/{id}/`: what is published when, to whom, and that the verifier finds what was changed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from courses.models import AudiencePerson, PriorityClass, Session
from enrollments import lottery
from enrollments.models import Draw
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import apply
from tests.enrollments.test_draws import BEACON, CLOSED, KNOWN, SOURCE, lottery_session

ClientOf = Callable[[object], APIClient]
VERIFIER = settings.BASE_DIR / "docs" / "verify_draw.py"
GIVEN = {"beacon_source": SOURCE, "beacon_on": "2022-07-12"}
FILES = ("draw.json", "list.txt", "result.txt")


def session_of_the_bureau(cast: Cast) -> Session:
    """Its programme is the digital bureau's: central HR and the bureau's HR both run it."""
    return lottery_session(course=stage.course(stage.program(organization=cast.digital)))


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return response.json()


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_what_is_published_when(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = session_of_the_bureau(cast)
    PriorityClass.objects.create(
        course=session.course, position=1, label_ja="管理職", rule={"grade_at_least": "tmg.kacho"}
    )
    hr, second, reader = client_of(cast.hr), client_of(cast.bureau_hr), client_of(cast.staff)
    committed = ok(hr.post(f"/api/v1/sessions/{session.public_id}/draws/", GIVEN), 201)
    row = Draw.objects.get()
    assert committed == {
        "id": str(row.public_id), "session": str(session.public_id), "round": 1, "commitment": row.commitment,
        "beacon_source": SOURCE, "beacon_on": "2022-07-12",
        "classes": [
            {
                "number": 1, "label_ja": "管理職", "label_en": "", "rule": {"grade_at_least": "tmg.kacho"},
                "not_selected_before": False, "within_years": None,
            }
        ],
        "committed_at": committed["committed_at"], "frozen_at": None, "entrants_count": None, "list_digest": "",
        "drawn_at": None, "beacon": "", "secret": None, "seed": "",
    }  # fmt: skip
    path = f"/api/v1/draws/{row.public_id}/"
    assert ok(reader.get(path)) == committed
    assert ok(reader.get(f"/api/v1/sessions/{session.public_id}/draws/"))["results"] == [committed]
    assert reader.get(f"{path}list/").status_code == reader.get(f"{path}result/").status_code == 404
    for each in (cast.ict, cast.head):
        apply(session, each)
    at(CLOSED)
    frozen = ok(hr.post(f"{path}freeze/", {}))
    assert (frozen["entrants_count"], frozen["secret"], frozen["seed"]) == (2, None, "")
    listed = reader.get(f"{path}list/")
    assert listed["Content-Type"] == "text/plain; charset=utf-8"
    assert lottery.digest_of(listed.content.decode()) == frozen["list_digest"]
    mine = ok(client_of(cast.ict).get(f"{path}ticket/"))
    assert (mine["priority_class"], mine["position"], mine["left_out"]) == (2, None, [])
    assert f"2,{mine['ticket']}\n" in listed.content.decode()
    assert reader.get(f"{path}ticket/").status_code == 404
    at(KNOWN)
    PriorityClass.objects.all().delete()
    drawn = ok(second.post(f"{path}hold/", {"beacon": BEACON}))
    row.refresh_from_db()
    assert drawn == {
        **frozen, "beacon": BEACON, "secret": row.secret, "seed": lottery.seed_of(row.secret, BEACON),
        "drawn_at": drawn["drawn_at"],
    }  # fmt: skip
    assert ok(reader.get(path)) == drawn
    assert ok(client_of(cast.head).get(f"{path}ticket/"))["position"] == 1
    assert f"2,2,{mine['ticket']}\n" in reader.get(f"{path}result/").content.decode()


def test_a_dry_run_of_the_draw_would_tell_the_secret(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    path, second = frozen_draw(cast, client_of, at), client_of(cast.bureau_hr)
    assert refusal(second.post(f"{path}hold/?dry_run=true", {"beacon": BEACON})) == (400, "invalid_input")
    assert Draw.objects.get().drawn_at is None
    assert Draw.objects.get().secret.encode() not in second.get(path).content


def test_who_runs_the_session_runs_its_draw(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    path = frozen_draw(cast, client_of, at)
    for somebody in (cast.ict, cast.head, cast.auditor):
        client = client_of(somebody)
        for name in ("freeze", "hold", "put-off"):
            assert refusal(client.post(f"{path}{name}/", {})) == (403, "forbidden")
        assert client.get(f"{path}left-out/").status_code == 403
    assert refusal(client_of(cast.hr).post(f"{path}hold/", {"beacon": BEACON})) == (403, "draw_takes_two_people")


def test_the_office_reads_who_is_left_out_and_the_person_why(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = session_of_the_bureau(cast)
    hr = client_of(cast.hr)
    path = f"/api/v1/draws/{ok(hr.post(f'/api/v1/sessions/{session.public_id}/draws/', GIVEN), 201)['id']}/"
    seat = apply(session, cast.ict)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict, kind="exclude", reason="対象外")
    at(CLOSED)
    ok(hr.post(f"{path}freeze/", {}))
    assert [(each["enrollment"], each["codes"]) for each in ok(hr.get(f"{path}left-out/"))["results"]] == [
        (str(seat.public_id), ["excluded_by_name"])
    ]
    assert ok(client_of(cast.ict).get(f"{path}ticket/")) == {
        "ticket": None, "priority_class": None, "position": None, "left_out": ["excluded_by_name"],
    }  # fmt: skip


# The verifier.


def frozen_draw(cast: Cast, client_of: ClientOf, at: Clock) -> str:
    session = session_of_the_bureau(cast)
    PriorityClass.objects.create(
        course=session.course, position=1, label_ja="管理職", rule={"grade_at_least": "tmg.kacho"}
    )
    hr = client_of(cast.hr)
    draw = ok(hr.post(f"/api/v1/sessions/{session.public_id}/draws/", GIVEN), 201)
    for each in (cast.ict, cast.ict2, cast.head, cast.trainer):
        apply(session, each)
    at(CLOSED)
    path = f"/api/v1/draws/{draw['id']}/"
    ok(hr.post(f"{path}freeze/", {}))
    at(KNOWN)
    return path


@pytest.fixture
def published(cast: Cast, client_of: ClientOf, at: Clock, tmp_path: Path) -> Path:
    """A folder with the three files as anybody downloads them."""
    path = frozen_draw(cast, client_of, at)
    ok(client_of(cast.bureau_hr).post(f"{path}hold/", {"beacon": BEACON}))
    reader = client_of(cast.staff)
    for address, name in zip((path, f"{path}list/", f"{path}result/"), FILES, strict=True):
        (tmp_path / name).write_bytes(reader.get(address).content)
    return tmp_path


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    files = [str(folder / name) for name in FILES]
    # Isolated, and elsewhere: nothing of this project can be imported.
    return subprocess.run([sys.executable, "-I", str(VERIFIER), *files], cwd=folder, capture_output=True, text=True)


def test_anybody_can_check_a_draw(published: Path, cast: Cast, client_of: ClientOf) -> None:
    done = verified(published)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ok   the secret is the one that was committed to",
        "ok   the seed is made of the secret and the beacon",
        "ok   the list is the one that was frozen",
        "ok   the list is of this session, round and these classes",
        "ok   everybody is in the list once",
        "ok   the result is the order of the seed",
        f"4 entrants, beacon '{BEACON}' of '{SOURCE}' (2022-07-12)",
    ]
    assert client_of(cast.staff).get("/api/v1/draws/verifier/").content == VERIFIER.read_bytes()


def in_draw(**changes: Any) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        draw = json.loads((folder / "draw.json").read_bytes())
        (folder / "draw.json").write_text(json.dumps(draw | changes))

    return tamper


def in_lines(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        lines = (folder / name).read_text().splitlines()
        (folder / name).write_text("".join(f"{line}\n" for line in [*lines[:4], *change(lines[4:])]))

    return tamper


def resealed(folder: Path) -> None:
    """An entrant is added, and the digest and the count are made to fit: the order is another then."""
    in_lines("list.txt", lambda lines: [*lines, "2,ffffffff-ffff-4fff-bfff-ffffffffffff"])(folder)
    text = (folder / "list.txt").read_text().replace("entrants 4", "entrants 5")
    (folder / "list.txt").write_text(text)
    in_draw(list_digest=lottery.digest_of(text), entrants_count=5)(folder)


def another_seed(folder: Path) -> None:
    """Another beacon with the seed that it makes: the first that changes the order of these tickets."""
    secret = json.loads((folder / "draw.json").read_bytes())["secret"]
    lines = [line.split(",") for line in (folder / "result.txt").read_text().splitlines()[4:]]
    drawn = [lottery.Entrant(int(number), UUID(ticket)) for _, number, ticket in lines]
    beacon = next(text for text in map(str, range(100)) if lottery.order(lottery.seed_of(secret, text), drawn) != drawn)
    in_draw(beacon=beacon, seed=lottery.seed_of(secret, beacon))(folder)


ORDER, LIST = "the result is the order of the seed", "the list is the one that was frozen"


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (in_lines("list.txt", lambda lines: [*lines, "2,ffffffff-ffff-4fff-bfff-ffffffffffff"]), LIST),
        (in_lines("list.txt", lambda lines: lines[1:]), LIST),
        (in_lines("list.txt", lambda lines: lines[::-1]), LIST),
        (in_lines("list.txt", lambda lines: [lines[0], *(f"1{line[1:]}" for line in lines[1:])]), LIST),
        (in_lines("result.txt", lambda lines: [lines[1], lines[0], *lines[2:]]), ORDER),
        (in_lines("result.txt", lambda lines: [f"1{lines[1][1:]}", f"2{lines[0][1:]}", *lines[2:]]), ORDER),
        (in_lines("result.txt", lambda lines: lines[:-1]), ORDER),
        (resealed, ORDER),
        (another_seed, ORDER),
        (in_draw(beacon="1"), "the seed is made of the secret and the beacon"),
        (in_draw(secret="0" * 64), "the secret is the one that was committed to"),
        (in_draw(seed="0" * 64), "the seed is made of the secret and the beacon"),
        (in_draw(classes=[]), "the list is of this session, round and these classes"),
        (in_draw(round=2), "the list is of this session, round and these classes"),
    ],
)
def test_the_verifier_finds_what_was_changed(published: Path, tamper: Callable[[Path], None], found: str) -> None:
    tamper(published)
    done = verified(published)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"FAIL {found}" in done.stdout.splitlines()
