"""Forms of masked values: enough to tell two of them apart by eye and to check one that is known, not to learn one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from graph.schema.model import PersonalData, Property
from services.access.policy_file import CLASSES, Form

STARS: Final = "****"
_NAME: Final = "[^路街道号巷村组\\d]{1,9}?"
"""The name of a province, city or district: no street, number or village in it."""
_DISTRICT: Final = re.compile(
    f"(?:{_NAME}(?:自治区|省))?(?:{_NAME}(?:自治州|地区|市|盟))?{_NAME}(?:区|县|旗|市)"
)
_DIGITS: Final = 4
_STEPS: Final = 3


def shown(forms: Mapping[PersonalData, Form], declared: tuple[Property, ...], value: object) -> object:
    """A value of one of some properties as a policy shows its class: as it is, masked, or None.

    Where several properties are possible the strictest of their forms counts.
    """
    strictest, decisive = "clear", declared[0]
    for one in declared:
        form = forms[one.personal] if one.personal in CLASSES else "clear"
        if _STRICT[form] > _STRICT[strictest]:
            strictest, decisive = form, one
    if strictest == "clear":
        return value
    return masked(decisive, value) if strictest == "masked" else None


def masked(declared: Property, value: object) -> object:
    """The form of a value; None of what is no text, as a number has no form that tells nothing."""
    if isinstance(value, list):
        return [masked(declared, one) for one in value]
    if not isinstance(value, str) or declared.type != "text":
        return None
    return _FORMS.get(declared.name, number)(value)


def telephone(value: str) -> str:
    """The first three characters and the last four; of a short number the last two.

    >>> telephone("13800000042"), telephone("0571-88886666"), telephone("95598")
    ('138****0042', '057****6666', '****98')
    """
    return f"{value[:3]}{STARS}{value[-_DIGITS:]}" if len(value) >= 9 else STARS + value[-2:]


def number(value: str) -> str:
    """The first three characters and the last two, of an identity number and any other; of a short one neither.

    >>> number("330106199001011234"), number("A1")
    ('330****34', '****')
    """
    return f"{value[:3]}{STARS}{value[-2:]}" if len(value) >= 8 else STARS


def mail(value: str) -> str:
    """The first letter and the domain.

    >>> mail("wang@example.org"), mail("nobody")
    ('w****@example.org', '****')
    """
    name, at, domain = value.rpartition("@")
    return f"{name[:1]}{STARS}@{domain}" if at else STARS


def name(value: str) -> str:
    """The first character, the family's name of most Chinese names.

    >>> name("张伟"), name("")
    ('张*', '')
    """
    return value[:1] + "*" if value else ""


def address(value: str) -> str:
    """As far as the district; nothing of one that names none.

    >>> address("浙江省杭州市西湖区文三路1号"), address("12 High Street")
    ('浙江省杭州市西湖区****', '****')
    >>> address("云泽市清河路5号2区3栋")
    '云泽市****'
    """
    found = _DISTRICT.match(value)
    return (found[0] if found else "") + STARS


def region(value: str) -> str:
    """The first three steps of the path of an area.

    >>> region("CN/33/01/06/")
    'CN/33/01/'
    """
    return "".join(step + "/" for step in value.split("/")[:_STEPS] if step)


_STRICT: Final = {"clear": 0, "masked": 1, "none": 2}
_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "phone": telephone,
    "email": mail,
    "name": name,
    "otherNames": name,
    "author": name,
    "text": address,
    "region": region,
}
