"""Check a draw (抽選) from what was published of it, with nothing but Python: python verify_draw.py draw.json list.txt result.txt

draw.json is the answer of draws/{id}/, list.txt of draws/{id}/list/, result.txt of draws/{id}/result/. Compare by yourself,
with what you noted at the time: the commitment, before applications closed; the digest, before the day of the beacon; the
beacon, with the source that was named.
"""

import hashlib
import hmac
import json
import sys
from pathlib import Path

draw = json.loads(Path(sys.argv[1]).read_bytes())
frozen, result = (Path(name).read_bytes() for name in sys.argv[2:4])
failed: list[str] = []


def check(what: str, good: bool) -> None:
    print("ok  " if good else "FAIL", what)
    if not good:
        failed.append(what)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def key(line: str) -> tuple[int, bytes, str]:
    number, ticket = line.split(",")
    return int(number), hmac.new(bytes.fromhex(draw["seed"]), ticket.encode(), "sha256").digest(), ticket


classes = json.dumps(draw["classes"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
lines = frozen.decode("utf-8").split("\n")
head, entrants = lines[:4], lines[4:-1]
asked = [f"session {draw['session']}", f"round {draw['round']}", f"classes {sha256(classes.encode())}"]
drawn = [f"{place},{line}" for place, line in enumerate(sorted(entrants, key=key), start=1)]
check("the secret is the one that was committed to", sha256(bytes.fromhex(draw["secret"])) == draw["commitment"])
check(
    "the seed is made of the secret and the beacon",
    sha256(bytes.fromhex(draw["secret"]) + draw["beacon"].encode()) == draw["seed"],
)
check("the list is the one that was frozen", sha256(frozen) == draw["list_digest"])
check("the list is of this session, round and these classes", head == [*asked, f"entrants {draw['entrants_count']}"])
check(
    "everybody is in the list once",
    len({line.split(",")[1] for line in entrants}) == len(entrants) == draw["entrants_count"],
)
check("the result is the order of the seed", result == "".join(f"{line}\n" for line in head + drawn).encode())
print(f"{len(entrants)} entrants, beacon {draw['beacon']!r} of {draw['beacon_source']!r} ({draw['beacon_on']})")
sys.exit(1 if failed else 0)
