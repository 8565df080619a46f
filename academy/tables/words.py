"""Words of cells: which meaning a word has in a vocabulary, and the marks for yes and no."""

from collections.abc import Mapping

from academy.folding import fold
from academy.tables.characters import Unacceptable, visible

YES, NO = "yes", "no"
FLAGS: Mapping[str, str] = {
    YES: "○ ◯ 〇 ● ◎ 1 はい 有 あり 該当 true yes y t on",
    NO: "× ✕ ✖ ☓ x - ー 0 いいえ 無 なし 非該当 false no n f off",
}


def meanings(words: Mapping[str, str]) -> dict[str, str]:
    """From the words of each meaning, separated by spaces, to the meaning of each word; words are compared folded."""
    return {fold(word): meaning for meaning, several in words.items() for word in several.split()}


def meaning_of(text: str, known: Mapping[str, str], code: str) -> str:
    """A word that is not known is never guessed: it is the fault `code`."""
    meaning = known.get(fold(visible(text)))
    if meaning is None:
        raise Unacceptable(code)
    return meaning


_FLAGS = meanings(FLAGS)


def flag(text: str) -> bool:
    """○ or ×, and the other ways of writing them."""
    return meaning_of(text, _FLAGS, "not_a_flag") == YES
