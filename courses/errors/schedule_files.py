"""What is refused of a file: every fault with its row and column, as many as are shown, and how many there are."""

from collections.abc import Iterable

from academy.errors import Fault, InvalidInput
from academy.text import Text

SHOWN = 200


class FileFaulty(InvalidInput):
    """The file as a whole is not taken in. Nothing was changed."""

    text = Text(
        "ファイルに{count}件の誤りがあります(errors に{shown}件)。何も変更していません。",
        "The file has {count} faults ({shown} of them in errors). Nothing was changed.",
    )

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = list(faults)
        super().__init__(faults=found[:SHOWN], count=len(found), shown=min(len(found), SHOWN))
