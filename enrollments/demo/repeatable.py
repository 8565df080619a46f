"""What makes two loads equal: ids from names, chance from seeds, and times from the calendar of the story."""

import datetime as dt
import hashlib
import random
import uuid

from django.conf import settings

# The day on which the story stands: nothing but plans is dated on or after it.
STORY_DAY = dt.date(2022, 6, 28)
FISCAL_YEAR = 2022
FIRST_DAY = dt.date(2022, 4, 1)


def seeded(part: str) -> random.Random:
    """Chance for one part of the story; the parts do not disturb each other."""
    return random.Random(f"academy demonstration 2022: {part}")  # noqa: S311 - invented data, it must be repeatable


def moment(day: dt.date, hour: int = 0, minute: int = 0) -> dt.datetime:
    """A time of day in Tokyo."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=settings.BUSINESS_TIME_ZONE)


def story_id(table: str, name: str) -> uuid.UUID:
    """A public id in the layout of UUIDv7 (RFC 9562, 5.7) whose random bits are a digest of the row's name."""
    milliseconds = int(moment(FIRST_DAY).timestamp() * 1000)
    digest = int.from_bytes(hashlib.sha256(f"{table}/{name}".encode()).digest()[:10], "big")
    value = milliseconds << 80 | digest
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
