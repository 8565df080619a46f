"""Names of invented people: common family and given names with their usual readings, none of a real person.

Variant kanji that registers really hold are among them: 髙, 﨑 and 𠮷 (outside the Basic Multilingual Plane).
"""

import random
from dataclasses import dataclass

FAMILY = """
佐藤 サトウ|鈴木 スズキ|高橋 タカハシ|髙橋 タカハシ|田中 タナカ|伊藤 イトウ|渡辺 ワタナベ|渡邉 ワタナベ|山本 ヤマモト|中村 ナカムラ
小林 コバヤシ|加藤 カトウ|吉田 ヨシダ|𠮷田 ヨシダ|山田 ヤマダ|佐々木 ササキ|山口 ヤマグチ|松本 マツモト|井上 イノウエ|木村 キムラ
林 ハヤシ|斎藤 サイトウ|齋藤 サイトウ|清水 シミズ|山崎 ヤマザキ|山﨑 ヤマザキ|森 モリ|池田 イケダ|橋本 ハシモト|阿部 アベ
石川 イシカワ|山下 ヤマシタ|中島 ナカジマ|石井 イシイ|小川 オガワ|前田 マエダ|岡田 オカダ|長谷川 ハセガワ|藤田 フジタ|後藤 ゴトウ
近藤 コンドウ|村上 ムラカミ|遠藤 エンドウ|青木 アオキ|坂本 サカモト|福田 フクダ|太田 オオタ|西村 ニシムラ|藤井 フジイ|金子 カネコ
岡本 オカモト|藤原 フジワラ|中野 ナカノ|三浦 ミウラ|原田 ハラダ|中川 ナカガワ|松田 マツダ|竹内 タケウチ|小野 オノ|田村 タムラ
中山 ナカヤマ|和田 ワダ|石田 イシダ|森田 モリタ|上田 ウエダ|原 ハラ|内田 ウチダ|柴田 シバタ|酒井 サカイ|宮崎 ミヤザキ
宮﨑 ミヤザキ|横山 ヨコヤマ|高木 タカギ|髙木 タカギ|安藤 アンドウ|宮本 ミヤモト|大野 オオノ|小島 コジマ|谷口 タニグチ|今井 イマイ
工藤 クドウ|高田 タカダ|増田 マスダ|丸山 マルヤマ|杉山 スギヤマ|村田 ムラタ|大塚 オオツカ|新井 アライ|小山 コヤマ|平野 ヒラノ
藤本 フジモト|河野 コウノ|上野 ウエノ|野口 ノグチ|武田 タケダ|松井 マツイ|千葉 チバ|岩崎 イワサキ|岩﨑 イワサキ|菅原 スガワラ
木下 キノシタ|久保 クボ|佐野 サノ|野村 ノムラ|松尾 マツオ|市川 イチカワ|菊地 キクチ|杉本 スギモト|古川 フルカワ|大西 オオニシ
島田 シマダ|水野 ミズノ|桜井 サクライ|櫻井 サクライ|高野 タカノ|吉川 ヨシカワ|𠮷野 ヨシノ|山内 ヤマウチ|西田 ニシダ|飯田 イイダ
"""
GIVEN = """
翔太 ショウタ|健太 ケンタ|大輔 ダイスケ|拓也 タクヤ|直樹 ナオキ|誠 マコト|隆 タカシ|浩 ヒロシ|修 オサム|学 マナブ
達也 タツヤ|和也 カズヤ|亮 リョウ|淳 ジュン|剛 ツヨシ|哲也 テツヤ|秀樹 ヒデキ|博之 ヒロユキ|正樹 マサキ|康平 コウヘイ
悠斗 ユウト|陽介 ヨウスケ|雄大 ユウダイ|慎一 シンイチ|智也 トモヤ|洋平 ヨウヘイ|裕介 ユウスケ|真一 シンイチ|和彦 カズヒコ|英明 ヒデアキ
美咲 ミサキ|愛 アイ|陽子 ヨウコ|恵子 ケイコ|由美子 ユミコ|智子 トモコ|真由美 マユミ|裕子 ユウコ|明日香 アスカ|彩 アヤ
舞 マイ|恵 メグミ|香織 カオリ|麻衣 マイ|沙織 サオリ|千尋 チヒロ|美穂 ミホ|直美 ナオミ|久美子 クミコ|里奈 リナ
結衣 ユイ|葵 アオイ|遥 ハルカ|優子 ユウコ|加奈子 カナコ|理恵 リエ|京子 キョウコ|典子 ノリコ|幸子 サチコ|奈々 ナナ
"""


@dataclass(frozen=True)
class Name:
    family: str
    given: str
    family_kana: str
    given_kana: str


def _pairs(text: str) -> list[tuple[str, str]]:
    entries = [entry.split() for line in text.split("\n") for entry in line.split("|") if entry]
    return [(written, reading) for written, reading in entries]


_FAMILY = _pairs(FAMILY)
_GIVEN = _pairs(GIVEN)


def invent(chance: random.Random) -> Name:
    family, family_kana = chance.choice(_FAMILY)
    given, given_kana = chance.choice(_GIVEN)
    return Name(family, given, family_kana, given_kana)


def another_family_name(chance: random.Random) -> str:
    """旧姓."""
    return chance.choice(_FAMILY)[0]
