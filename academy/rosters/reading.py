"""Reading a roster: a table (`academy.tables.reading`) of the columns of a roster, as large as one may be."""

from typing import BinaryIO

from academy.rosters.columns import VOCABULARY
from academy.tables import reading
from academy.tables.reading import Limits, Table, Unreadable

__all__ = ["LIMITS", "Table", "Unreadable", "read"]

LIMITS = Limits(
    file=64 << 20,  # 170,000 rows of 22 columns are 35 MB of CSV; nothing larger is a roster of this service
    rows=400_000,  # all staff twice over, with their concurrent posts
    columns=100,  # four times the columns that are known: personnel systems export what they have
    cell=10_000,  # no field is longer than 254 characters; longer cells stand in columns that are not read
)


def read(stream: BinaryIO, *, mode: str) -> Table:
    """Recognise a file and understand its headings; refused whole where no row of it could be read."""
    return reading.read(stream, vocabulary=VOCABULARY, mode=mode, limits=LIMITS)
