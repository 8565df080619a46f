"""Searching for a reading in Latin letters, however it is spelt and however much of it is typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from academy.romaji import is_latin, romaji_key, romaji_prefixes, spelt

# Kana, Hepburn, Kunrei where it differs.
SYLLABLES = """
ア a|イ i|ウ u|エ e|オ o|カ ka|キ ki|ク ku|ケ ke|コ ko|サ sa|シ shi si|ス su|セ se|ソ so|タ ta|チ chi ti|ツ tsu tu|テ te|ト to
ナ na|ニ ni|ヌ nu|ネ ne|ノ no|ハ ha|ヒ hi|フ fu hu|ヘ he|ホ ho|マ ma|ミ mi|ム mu|メ me|モ mo|ヤ ya|ユ yu|ヨ yo
ラ ra|リ ri|ル ru|レ re|ロ ro|ワ wa|ヲ o|ガ ga|ギ gi|グ gu|ゲ ge|ゴ go|ザ za|ジ ji zi|ズ zu|ゼ ze|ゾ zo
ダ da|ヂ ji zi|ヅ zu|デ de|ド do|バ ba|ビ bi|ブ bu|ベ be|ボ bo|パ pa|ピ pi|プ pu|ペ pe|ポ po
キャ kya|キュ kyu|キョ kyo|シャ sha sya|シュ shu syu|ショ sho syo|チャ cha tya|チュ chu tyu|チョ cho tyo|ニャ nya|ニュ nyu|ニョ nyo
ヒャ hya|ヒョ hyo|ミャ mya|ミョ myo|リャ rya|リュ ryu|リョ ryo|ギャ gya|ギュ gyu|ギョ gyo|ジャ ja zya|ジュ ju zyu|ジョ jo zyo
ビャ bya|ビョ byo|ピャ pya|ピョ pyo
"""
MORAS = [
    (kana, spellings) for kana, *spellings in (each.split() for each in SYLLABLES.replace("\n", "|").split("|") if each)
]
LONG = {"o": "ō", "u": "ū"}


@st.composite
def names(draw: st.DrawFn) -> tuple[str, str]:
    """A reading and one way to type it: Hepburn (also the traditional one, with m) or Kunrei, marked long vowels or not."""
    kunrei, marked, traditional = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    kana, typed = "", ""
    for mora, spellings in draw(st.lists(st.sampled_from(MORAS), min_size=1, max_size=6)):
        sound = spellings[-1 if kunrei else 0]
        before = draw(st.sampled_from(["", "", "", "ン", "ッ"]))
        if before == "ン" and kana:
            kana += "ン"
            typed += "m" if traditional and not kunrei and sound[0] in "bmp" else "n'" if sound[0] in "aiueoy" else "n"
        elif before == "ッ" and kana and sound[0] in "kstp" + ("c" if not kunrei else ""):
            kana += "ッ"
            typed += "t" if sound.startswith("ch") else sound[0]
        kana += mora
        typed += sound
        if sound[-1] in LONG and draw(st.booleans()):
            kana += "ウ"
            typed = typed[:-1] + LONG[sound[-1]] if marked else typed + "u"
    return kana, typed


def finds(typed: str, kana: str) -> bool:
    return romaji_key(kana).startswith(romaji_prefixes(typed))


@given(names(), st.data())
def test_whatever_part_is_typed_finds_the_name(name: tuple[str, str], data: st.DataObject) -> None:
    kana, typed = name
    part = typed[: data.draw(st.integers(1, len(typed)))]
    assert finds(part, kana) or not romaji_prefixes(part)
    assert finds(typed.upper(), kana)


@given(names(), names())
@example(("カ", "ka"), ("ガ", "ga"))
def test_a_whole_name_finds_no_name_that_is_spelt_otherwise(one: tuple[str, str], other: tuple[str, str]) -> None:
    """However it is typed, a name is one key: two names that are found by each other have the same key."""
    if finds(one[1], other[0]) and finds(other[1], one[0]):
        assert romaji_key(one[0]) == romaji_key(other[0])


@pytest.mark.parametrize(
    ("kana", "typed"),
    [
        ("サトウ", "sato satō satô satou satoh SATO Ｓａｔｏ"),
        ("オオノ", "ono oono ohno ōno"),
        ("オオウチ", "ouchi oouchi ōuchi outi"),
        ("シンイチロウ", "shinichiro shin'ichirō sinitiro shin-ichiro sin"),
        ("ホンマ", "honma homma hom hon"),
        ("ナンバ", "nanba namba nam"),
        ("チバ", "chiba tiba c ch t"),
        ("ハッチョウ", "hatcho hacchou hattyo hatc hac hat"),
        ("ニイミ", "niimi nimi nīmi ni"),
        ("カヲル", "kaoru kaworu kaw"),
        ("アヅマ", "azuma aduma ad az"),
        ("コウヘイ", "kohei kouhei koh kouh"),
        ("モリ タロウ", "moritaro mori taro"),
    ],
)
def test_each_spelling_finds_the_name(kana: str, typed: str) -> None:
    assert [each for each in typed.split(" ") if not finds(each, kana) and not finds(each, kana.split()[-1])] == []


@pytest.mark.parametrize(
    ("kana", "typed"), [("サトウ", "saito"), ("カトウ", "gato"), ("ナカムラ", "nakab"), ("ダテ", "tate")]
)
def test_another_name_is_not_found(kana: str, typed: str) -> None:
    assert not finds(typed, kana)


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Sato", True), ("Satō Hanako", True), ("shin'ichi", True), ("Ｓａｔｏ", True), ("佐藤", False), ("サトウ a", False),
     ("00012", False), ("A0012", False), ("'", False), ("", False)],
)  # fmt: skip
def test_what_is_a_search_in_latin_letters(text: str, latin: bool) -> None:
    assert is_latin(text) is latin


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    assert len(romaji_key(text)) <= 200
    assert all(romaji_prefixes(text)) or romaji_prefixes(text) == ()


@given(names())
def test_a_key_is_its_own_spelling(name: tuple[str, str]) -> None:
    key = romaji_key(name[0])
    assert spelt(key) == key
