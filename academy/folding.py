"""Search keys: how text is folded before it is compared, so that 髙橋 is found under 高橋 and ﾔﾏﾀﾞ under ヤマダ.

NFKC, lower case, hiragana as katakana, variant kanji as their common form, no selectors of shapes, no spaces. The database keeps the folded
text with COLLATE "C": the embedded server has no ICU, and byte order is what a prefix search needs.
"""

import unicodedata

# The common form (通用字体) of name variants. Source of the pairs: 法務省「戸籍統一文字」 and everyday registers.
VARIANTS = str.maketrans(
    {
        "髙": "高", "﨑": "崎", "碕": "崎", "嵜": "崎", "𠮷": "吉", "濵": "浜", "濱": "浜", "邉": "辺", "邊": "辺",
        "齋": "斎", "齊": "斎", "斉": "斎", "澤": "沢", "櫻": "桜", "廣": "広", "國": "国", "嶋": "島", "嶌": "島",
        "眞": "真", "惠": "恵", "德": "徳", "瀨": "瀬", "槇": "槙", "彌": "弥", "龍": "竜", "瀧": "滝",
        "藪": "薮", "桒": "桑", "栁": "柳", "榮": "栄", "會": "会", "假": "仮", "圓": "円", "萬": "万",
    }
)  # fmt: skip
LONGEST_KEY = 200  # characters: ㍿ alone folds to four, and a column must hold the key of any name
LONGEST_NUMBER = 20
KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# 異体字セレクタ (IVS, SVS) chooses a shape of a character, not another character.
SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def fold(text: str) -> str:
    """The search key of a name: equal keys are one name to whoever searches."""
    key = _once(text)
    # What a removed space kept apart (a letter and its accent) may now be one character.
    while (again := _once(key)) != key:
        key = again
    return key[:LONGEST_KEY]


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(plain.translate(KATAKANA).translate(SELECTORS).translate(VARIANTS).split())


def fold_number(text: str) -> str:
    """A staff number as it is compared: full-width digits become plain ones, leading zeros stay."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())[:LONGEST_NUMBER]
