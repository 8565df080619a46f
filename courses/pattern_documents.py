"""A pattern as it is kept with a template: written, and read again with every fault named. Reads and writes no row.

A list of meetings, each `{"offset", "unit", "starts", "ends", "days", "title_ja", "title_en", "form", "archive_of",
"venue"}`: see `courses.patterns.Part`; times as "14:00", the venue by its id. Only `offset` is always needed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from academy.errors import Faults
from courses.models import MeetingForm, Venue
from courses.patterns import Distance, Part
from courses.scheduling import MOST_MEETINGS

MOST = 1_000  # days, or months, from the first day
MOST_LETTERS = 200
_KEYS = frozenset({"offset", "unit", "starts", "ends", "days", "title_ja", "title_en", "form", "archive_of", "venue"})


def written(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The pattern as JSON."""
    return [
        {
            "offset": part.offset,
            "unit": part.unit.value,
            "starts": part.starts and f"{part.starts:%H:%M}",
            "ends": part.ends and f"{part.ends:%H:%M}",
            "days": part.days,
            "title_ja": part.title_ja,
            "title_en": part.title_en,
            "form": part.form.value,
            "archive_of": part.archive_of,
            "venue": str(part.venue.public_id) if part.venue else None,
        }
        for part in parts
    ]


def venues_in(document: Any) -> list[UUID]:
    """The venues that a pattern names, to be looked up before it is read; what is no id names none."""
    entries = document if isinstance(document, list) else []
    named = [entry.get("venue") for entry in entries if isinstance(entry, dict)]
    return [found for each in named if isinstance(each, str) and (found := _id(each)) is not None]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read(document: Any, venues: Mapping[str, Venue], faults: Faults, *, at: str = "/pattern") -> list[Part]:
    """The pattern of a document; where a fault was added, what could be read."""
    if not isinstance(document, list) or len(document) > MOST_MEETINGS:
        faults.add(at, "not_a_list", f"{MOST_MEETINGS}個までのコマの並びです。", f"A list of at most {MOST_MEETINGS}.")
        return []
    parts = [_Reader(entry, faults, f"{at}/{index}").part(venues) for index, entry in enumerate(document)]
    for index, part in enumerate(parts):
        recorded = part.archive_of
        live = recorded is not None and recorded <= len(parts) and parts[recorded - 1].form == MeetingForm.LIVE
        if recorded is not None and not live:
            faults.add(f"{at}/{index}/archive_of", "not_found", "元のコマがありません。", "There is no such meeting.")
    return parts


class _Reader:
    """One meeting of a document, and where its faults go."""

    def __init__(self, entry: Any, faults: Faults, at: str) -> None:
        self.faults, self.at = faults, at
        self.entry: dict[str, Any] = entry if isinstance(entry, dict) else {}
        if not isinstance(entry, dict):
            faults.add(at, "not_an_object", "項目の組ではありません。", "It is no object.")
        for name in sorted({str(name) for name in self.entry} - _KEYS):
            faults.add(f"{at}/{name}", "unknown_field", "この項目はありません。", "There is no such field.")

    def part(self, venues: Mapping[str, Venue]) -> Part:
        unit = self._choice("unit", Distance, Distance.BUSINESS_DAY)
        starts, ends = self._time("starts"), self._time("ends")
        if (starts is None or ends is None) is not (unit == Distance.MONTH):
            self._fault("starts", "no_time", "開始と終了の時刻が必要です。", "A begin and an end go with days.")
        return Part(
            offset=self._whole("offset", 0, MOST) or 0,
            unit=unit,
            starts=starts,
            ends=ends,
            days=self._whole("days", 0, MOST, needed=False) or 0,
            title_ja=self._text("title_ja"),
            title_en=self._text("title_en"),
            form=self._choice("form", MeetingForm, MeetingForm.LIVE),
            archive_of=self._whole("archive_of", 1, MOST_MEETINGS, needed=False),
            venue=self._venue(venues),
        )

    def _fault(self, name: str, code: str, ja: str, en: str) -> None:
        self.faults.add(f"{self.at}/{name}", code, ja, en)

    def _whole(self, name: str, least: int, most: int, *, needed: bool = True) -> int | None:
        value = self.entry.get(name)
        if value is None and not needed:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._fault(
                name, "out_of_range", f"{least}から{most}までの整数です。", f"A whole number, {least} to {most}."
            )
            return None
        return value

    def _choice(self, name: str, choices: Any, otherwise: Any) -> Any:
        value = self.entry.get(name, otherwise)
        if value not in [each.value for each in choices]:
            self._fault(name, "invalid_choice", "選択肢にありません。", "It is not among the choices.")
            return otherwise
        return choices(value)

    def _time(self, name: str) -> dt.time | None:
        value = self.entry.get(name)
        if value is None:
            return None
        try:
            return dt.time.fromisoformat(value).replace(tzinfo=None)
        except (TypeError, ValueError):
            self._fault(name, "invalid", "「14:00」の形の時刻です。", "A time such as 14:00.")
            return None

    def _text(self, name: str) -> str:
        value = self.entry.get(name, "")
        if not isinstance(value, str) or len(value) > MOST_LETTERS or "\x00" in value:
            self._fault(name, "invalid", f"{MOST_LETTERS}字までの文字列です。", f"A text of at most {MOST_LETTERS}.")
            return ""
        return value

    def _venue(self, venues: Mapping[str, Venue]) -> Venue | None:
        value = self.entry.get("venue")
        if value is None:
            return None
        if not isinstance(value, str) or value not in venues:
            self._fault("venue", "not_found", "会場がなくなりました。", "The venue is there no more.")
            return None
        return venues[value]
