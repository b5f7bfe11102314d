"""Which encoding a text file is in, or that it is not certain: a wrong guess would store mojibake.

The whole file is looked at, because the first Chinese character may stand on its last line. UTF-8 proves itself.
For what is no UTF-8 the characters must look like what people write: GB18030 and Big5 accept each other's bytes, and
Korean or Western text too, but then give characters that hardly occur.
"""

from __future__ import annotations

import codecs
from typing import BinaryIO, Final

import charset_normalizer

from graph.search_text import normalise
from ingest.readers import Request
from ingest.readers.lines import Encoding, whole_lines
from terms.errors import KehutuError
from terms.texts import Texts

_SAMPLE: Final = 1 << 18
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CONTROL: Final = bytes(c for c in range(32) if c not in b"\t\n\r\x0c\x1b")
# Frequent in running text, in names and in addresses; over half of all characters in any customer sheet, and
# a quarter of what other encodings look like when they are taken for Chinese.
_FREQUENT: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长"
    "把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身"
    "果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活"
    "尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治"
    "展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领"
    "共确传师观清今切院让识候带导争运省县镇乡村街号栋楼单元室州江河湖广京沪浙苏粤川渝陈李刘杨黄赵周吴徐孙朱胡郭林梁"
    "郑罗宋谢唐韩曹邓萧冯曾蔡彭潘袁董余叶吕魏蒋田杜丁沈姜范傅钟卢汪戴崔陆廖姚邱夏谭韦贾邹石熊孟秦薛侯雷龙段郝孔邵史"
    "毛顾赖武康贺严尹钱施牛洪龚户客费账款付担借贷址话姓迁备注编城花园小店厂商贸限责股份集团农花六七八九零〇"
    "伟芳娜敏静丽磊勇艳杰娟涛超秀霞刚桂英慧巧雅凤洁梅琳素莲环雪荣香媛瑞佳嘉琼勤珍莉锦玉玲晶妍茜秋珊莎倩婷颖露瑶怡君琴"
    "薇梦岚韵聪悦冰羽希宁欣晓欢枫芸菲亚宜可舒影俊峰保辉健永兴良海仁波贵福龙胜祥才武清飞彬富顺信昌星岩茂坚彪博诚敬震振"
    "豪邦承乐绍松善厚庆友裕哲浩亮谦奇翰朗宏鸣朋斌栋维启伦翔旭鹏泽晨辰建致树德泰盛雄冠腾楠航弘户柱根贤忠义孝礼智勋耀炳铭鑫森淑兰菊翠红蓝绿黑"
)


def encoding_of(file: BinaryIO, request: Request) -> Encoding:
    """The encoding that the manifest states, else the detected one; leaves the file at its start."""
    return stated(file, request.encoding) if request.encoding else detect(file, request.name)


def detect(file: BinaryIO, name: str) -> Encoding:
    """The encoding of a whole file; leaves it at its start. O(bytes); nothing of it is kept.

    Raises:
        KehutuError: ``FILE_ENCODING_UNKNOWN`` with a guess; ``FILE_NOT_A_TABLE`` for binary data.
    """
    head = file.read(_SAMPLE)
    found = marked(head) or _without_mark(head)
    if found is None:
        if _is_binary(head):
            binary, text = Texts("binary data", "二进制数据"), Texts("text", "文本")
            raise KehutuError("FILE_NOT_A_TABLE", file=name, found=binary, expected=text)
        file.seek(0)
        found = Encoding("utf-8") if _is_utf8(file) else None
    if found is None:
        file.seek(0)
        found = _of_lines(file, name)
    file.seek(0)
    return found


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_SAMPLE):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(head: bytes) -> bool:
    """Whether a twentieth of the bytes are control characters: no text, whatever its encoding."""
    return len(head) - len(head.translate(None, _CONTROL)) > max(16, len(head) // 20)


def stated(file: BinaryIO, name: str) -> Encoding:
    """The encoding that a manifest states, and the mark to skip if the file has one. Leaves it at its start."""
    codec = codecs.lookup(name).name
    head = file.read(4)
    file.seek(0)
    mark = marked(head)
    if codec in ("utf-8-sig", "utf_8_sig"):
        codec = "utf-8"
    if codec in ("utf-16", "utf-32"):
        # Without a mark Unicode says big-endian; files say little-endian.
        return mark if mark is not None and mark.name.startswith(codec) else Encoding(f"{codec}-le")
    if mark is not None and mark.name == codec:
        return mark
    return Encoding("gb18030" if codec in ("gbk", "gb2312") else codec)


def marked(head: bytes) -> Encoding | None:
    """The encoding that the mark at the start of a file states."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    return None


def _without_mark(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: delimiters and digits leave zeros at every other place."""
    zeros = head.count(0)
    if zeros * 20 < len(head) or len(head) < 4:
        return None
    ends = (head.count(b"\n\0"), head.count(b"\0\n"), head.count(b"\n"))
    if ends[2] and not (ends[0] or ends[1]):
        return None  # a line feed of UTF-16 has a zero beside it: these are zeros in a text of single bytes
    at_odd = head[1::2].count(0)
    if at_odd > 0.98 * zeros:
        return Encoding("utf-16-le")
    return Encoding("utf-16-be") if at_odd < 0.02 * zeros else None


def _of_lines(file: BinaryIO, name: str) -> Encoding:
    proven = 0
    others: list[bytes] = []
    size = refused = 0
    for block in whole_lines(file, name):
        if block.isascii() or _decodes(block, "utf-8"):
            proven += not block.isascii()
            continue
        for line in block.splitlines():
            if line.isascii():
                continue
            if _decodes(line, "utf-8"):
                proven += 1
                continue
            refused += 1
            if size < _SAMPLE:
                others.append(line)
                size += len(line)
    if refused <= proven:
        return Encoding("utf-8")
    return _legacy(others, name)


def _legacy(lines: list[bytes], name: str) -> Encoding:
    """GB18030 or Big5, when the characters look like it."""
    scores = {codec: _score(lines, codec) for codec in ("gb18030", "big5", "cp950", "big5hkscs")}
    best = max(scores, key=lambda codec: scores[codec])
    second = scores["gb18030"] if best != "gb18030" else max(v for k, v in scores.items() if k != "gb18030")
    if scores[best] < 0.5 or scores[best] < second + 0.1:
        raise KehutuError("FILE_ENCODING_UNKNOWN", file=name, guess=_guess(b"\n".join(lines)))
    return Encoding(best)


def _score(lines: list[bytes], codec: str) -> float:
    """0 to 1: how much the lines look like Chinese text in this encoding."""
    texts = [text for line in lines if (text := _decoded(line, codec)) is not None]
    if len(texts) < 0.8 * len(lines):
        return 0.0
    found = [c for text in texts for c in text if not c.isascii() and not _is_sign(c)]
    if not found:
        return 0.0
    level_one = sum(_is_level_one(c, codec) for c in found) / len(found)
    frequent = sum(c in _FREQUENT for c in normalise("".join(found))) / len(found)
    return 0.0 if level_one < 0.8 or frequent < 0.5 else (level_one + frequent) / 2


def _is_level_one(character: str, codec: str) -> bool:
    """Whether the standard counts a character among the frequent ones."""
    if codec == "gb18030":
        code = character.encode("gb2312", "ignore")
        return len(code) == 2 and 0xB0 <= code[0] <= 0xD7
    code = character.encode("big5", "ignore")
    return len(code) == 2 and 0xA4 <= code[0] <= 0xC6


def _is_sign(character: str) -> bool:
    """Punctuation and full-width forms, which every encoding of the region has."""
    return (
        "\u2010" <= character <= "\u206f"
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uff65"
    )


def _guess(sample: bytes) -> str:
    best = charset_normalizer.from_bytes(sample[:65_536]).best()
    return best.encoding if best is not None else "no known encoding"


def _decodes(data: bytes, codec: str) -> bool:
    return _decoded(data, codec) is not None


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None
