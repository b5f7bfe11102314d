"""Names of persons, enterprises and places. The city of Yunze (云泽) does not exist, and nobody is meant."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.world.draws import Ints, pick, uniform

CITY = "云泽市"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓"
    "许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
)
_FIRST = "文明志建国海云思雨晓佳嘉梓子宇浩俊伟永德立新春秋成家景安怀若书清亦之知远承启令仲季"
_SECOND = "华军平芳敏静丽强磊洋勇艳杰娟涛超霞刚玲桂英辉鹏飞波斌宁琳怡然航轩涵瑶婷颖欣"
_STREETS = "望川临河青禾晴岚枫桥石桐云栖长乐柳溪东篱南陌西泠北辰金穗银杏玉兰白鹭丹霞翠屏"
_STREET_KINDS = ("路", "街", "大道", "巷")
_BRAND_A = "禾澜岚泽垚昇祺瀚沐恒景翎卓铭岳颐弘臻朗骏"
_BRAND_B = "盛泰源达丰信诚和润晟瑞隆安远捷旭航博"
DISTRICTS = ("青禾区", "望川区", "临溪区", "石桥区", "枫林区", "东陌区", "白鹭县", "云栖县")


def persons(seed: int, numbers: Ints) -> pa.Array:
    """Full names; namesakes occur, as they do."""
    second = np.where(
        uniform(seed, "given name length", numbers) < 0.2,
        len(_SECOND),
        pick(seed, "given name 2", numbers, len(_SECOND)),
    )
    return pc.binary_join_element_wise(
        _chosen(list(_SURNAMES), _skewed(seed, "surname", numbers, len(_SURNAMES))),
        _chosen(list(_FIRST), pick(seed, "given name 1", numbers, len(_FIRST))),
        _chosen([*_SECOND, ""], second),
        "",
    )


def enterprises(seed: int, numbers: Ints, words: list[str], industries: Ints) -> pa.Array:
    """Registered names: place, brand, line of business, legal form. ``words``: by industry."""
    form = np.where(uniform(seed, "legal form", numbers) < 0.06, 1, 0)
    return pc.binary_join_element_wise(
        _chosen(["云泽", "云泽市"], pick(seed, "place in name", numbers, 2)),
        _chosen(list(_BRAND_A), pick(seed, "brand 1", numbers, len(_BRAND_A))),
        _chosen(list(_BRAND_B), pick(seed, "brand 2", numbers, len(_BRAND_B))),
        _chosen(
            [*_FIRST, ""], np.where(numbers < 400, len(_FIRST), pick(seed, "brand 3", numbers, len(_FIRST)))
        ),
        _chosen(words, industries),
        _chosen(["有限公司", "股份有限公司"], form),
        "",
    )


def homes(numbers: Ints, areas: Ints) -> pa.Array:
    """Addresses of flats, each of its own: a building has 96 of them."""
    room = (numbers // 4 % 6 + 1) * 100 + numbers % 4 + 1
    return _address(CITY, areas, numbers // 96, (numbers // 24 % 4 + 1, "单元"), room)


def homes_elsewhere(numbers: Ints, areas: Ints) -> pa.Array:
    """Addresses in the place that migrants come from."""
    room = (numbers // 4 % 6 + 1) * 100 + numbers % 4 + 1
    return _address("远川市", areas, numbers // 96, (numbers // 24 % 4 + 1, "单元"), room)


def premises(numbers: Ints, areas: Ints) -> pa.Array:
    """Addresses of business premises, each of its own: a site has 40 of them."""
    return _address(CITY, areas, numbers // 40, (numbers // 10 % 4 + 1, "幢"), (numbers % 10 + 1) * 100 + 1)


def _address(city: str, areas: Ints, buildings: Ints, part: tuple[Ints, str], room: Ints) -> pa.Array:
    # A building's street and house number together tell it apart, so no two buildings share an address.
    streets = [_STREETS[i : i + 2] + kind for kind in _STREET_KINDS for i in range(0, len(_STREETS), 2)]
    return pc.binary_join_element_wise(
        city,
        _chosen(list(DISTRICTS), areas % len(DISTRICTS)),
        _chosen(streets, buildings % len(streets)),
        _digits(buildings // len(streets) + 1),
        "号",
        _digits(part[0]),
        part[1],
        _digits(room),
        "室",
        "",
    )


def _digits(numbers: Ints) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _skewed(seed: int, field: str, numbers: Ints, count: int) -> Ints:
    """Frequent ones first: a fifth of the names belongs to the first few surnames."""
    return np.asarray((uniform(seed, field, numbers) ** 1.8 * count).astype(np.int64))


def _chosen(values: list[str], index: Ints) -> pa.Array:
    return pa.array(values).take(pa.array(index))
