"""Every broken file of the corpus is refused with its exact places, and changes nothing."""

import pytest

from courses.models import Session
from courses.schedules.faults import TEXTS
from tests.courses.catalogue import Catalogue
from tests.courses.schedules import corpus
from tests.courses.schedules.files import faults_of, snapshot


def test_the_corpus_is_large_enough() -> None:
    cases = corpus.everything()
    assert len(cases) >= 60
    assert len({case.name for case in cases}) == len(cases)


def test_every_broken_file_is_refused_with_its_places(catalogue: Catalogue) -> None:
    before = snapshot()
    differences = {}
    for case in corpus.everything():
        found = faults_of(case.data)
        if found != case.faults:
            differences[case.name] = (found, case.faults)
        assert snapshot() == before, case.name
    assert differences == {}
    assert not Session.objects.exists()


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_fault_says_what_to_do_in_both_languages(code: str) -> None:
    text = TEXTS[code]
    assert text.ja.endswith("。")
    assert text.en.rstrip(")").endswith((".", "…"))
    assert not {"{", "}"} & set(text.ja + text.en)
