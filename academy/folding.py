"""Search keys: how text is folded before it is compared, so that 髙橋 is found under 高橋 and ﾔﾏﾀﾞ under ヤマダ.

NFKC, lower case, hiragana as katakana, variant kanji as their common form, no selectors of shapes, no spaces. The database keeps the folded
text with COLLATE "C": the embedded server has no ICU, and byte order is what a prefix search needs.
"""

import unicodedata

# A variant that names are written with, and its common form (通用字体). Source of the pairs: 法務省「戸籍統一文字」 and everyday registers.
_PAIRS = """
    髙高 﨑崎 碕崎 嵜崎 𠮷吉 濵浜 濱浜 邉辺 邊辺 齋斎 齊斎 斉斎 澤沢 櫻桜 廣広 國国 嶋島 嶌島 眞真 惠恵 德徳 瀨瀬 槇槙 彌弥
    龍竜 瀧滝 藪薮 籔薮 桒桑 栁柳 榮栄 會会 假仮 圓円 萬万 冨富 嶽岳 峯峰 寬寛 寳宝 寶宝 壽寿 學学 實実 條条 將将 關関 觀観
    龜亀 黑黒 黃黄 橫横 鐵鉄 遙遥 藝芸 聰聡 收収 數数 曾曽 增増 蘆芦 藏蔵 薗園 豐豊 賴頼 郞郎 鄕郷 劔剣 劍剣 釼剣 靜静 顯顕
    舘館 鷗鴎 鹽塩 淵渕 渊渕 涉渉 淸清 穗穂 稻稲 緖緒 舩船 莊荘 衞衛 讓譲 靑青 靍鶴 靏鶴 麴麹 檜桧 權権 歲歳 步歩 溪渓 滿満
    澁渋 澀渋 爲為 瑤瑶 當当 禮礼 祿禄 穐秋 經経 絲糸 總総 聲声 臺台 與与 乕虎 螢蛍 覺覚 豬猪 釋釈 鎭鎮 點点 齡齢 昻昂 曻昇
    晉晋 槗橋 檢検 氣気 濟済 珎珍 皐皋 稟禀 竝並 繩縄 續続 耻恥 肅粛 菴庵 萠萌 蔣蒋 蠟蝋 裝装 讚讃 賤賎 軰輩 邨村 隱隠 雙双
    靈霊 驛駅 驒騨 鬪闘 鷄鶏 麥麦 黙默
"""
VARIANTS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
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
