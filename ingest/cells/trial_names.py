"""Names that people give to records by which they try a system out."""

from __future__ import annotations

import re
from typing import Final

BEGINS: Final = "(?i:测试|測試|试验|試驗|test|dummy|fake|sample|demo|asdf|qwert|xxx|foo)"
"""What such a name begins with, as a pattern."""

_WHO: Final = "user|customer|client|account|company|person|name|data|row|record|entry|meter"
_NAME: Final = re.compile(
    "(?:测试|測試|试验|試驗)(?:专用)?(?:用户|用戶|客户|客戶|账户|账号|帐号|户名|户|数据|公司|企业|单位|人员|姓名|员)?"
    r"[-_#(（]?[0-9A-Za-z一二三四五六七八九十]{0,4}[)）]?"
    rf"|(?:test(?:ing|er)?|dummy|fake|sample|demo)[-_ ]?(?:{_WHO})?[-_ #]?[0-9]{{0,6}}"
    "|asdf[a-z]*|qwert[a-z]*|x{3,}|foo(?:bar)?",
    re.IGNORECASE,
)


def trial_name(text: str) -> bool:
    """Whether a name is hardly anybody's.

    >>> trial_name("测试用户1"), trial_name("TEST"), trial_name("Test User 2")
    (True, True, True)
    >>> trial_name("测试仪器厂"), trial_name("Testa")
    (False, False)
    """
    return _NAME.fullmatch(text.strip()) is not None
