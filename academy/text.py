"""Text in the two languages of the service; a reader gets one of them by `Accept-Language`."""

from dataclasses import dataclass

from django.utils.functional import lazy
from django.utils.translation import get_language, override


def in_english() -> bool:
    """Japanese is the language of the house: English only for who asks for it."""
    return (get_language() or "ja").startswith("en")


def _choose(ja: str, en: str) -> str:
    return en if in_english() else ja


bilingual = lazy(_choose, str)
"""A label that is Japanese or English when it is shown, not when it is written."""


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `str()` gives the reader's, `format` fills the named places in both."""

    ja: str
    en: str

    def __str__(self) -> str:
        return _choose(self.ja, self.en)

    def __add__(self, more: "Text") -> "Text":
        return Text(self.ja + more.ja, self.en + more.en)

    def format(self, **places: object) -> "Text":
        ja = {name: place.ja if isinstance(place, Text) else place for name, place in places.items()}
        en = {name: place.en if isinstance(place, Text) else place for name, place in places.items()}
        return Text(self.ja.format(**ja), self.en.format(**en))


def in_both(label: object) -> Text:
    """Both languages of a bilingual label, so that it can be a place in a sentence."""
    with override("ja"):
        ja = str(label)
    with override("en"):
        return Text(ja, str(label))
