"""Which settings are in force, and where each comes from."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.operation.doctor.finding import Finding
from services.settings import FILE, PREFIX, Origin, Settings
from terms.errors import KehutuError
from terms.texts import Texts

HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force; passwords are not shown. ``variable``: the name to set it by in the environment."""

    name: str
    value: str
    origin: Origin
    variable: str


def in_force(settings: Settings) -> list[Setting]:
    """Every setting with where its value comes from."""
    return [
        Setting(name, _shown(settings, name), settings.origins.get(name, "default"), PREFIX + name.upper())
        for name in Settings.model_fields
    ]


def configuration(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """The file, variables that mean nothing, and a password that cannot be read."""
    file = settings.home / FILE
    yield Finding("configuration", FILE, str(file) if file.is_file() else Texts("none", "无"))
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environment):
        # What the tests of a checkout are told is no setting of a site.
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            nearest = difflib.get_close_matches(name, sorted(known), 1, 0)[0]
            fault = KehutuError("SETTING_UNKNOWN", name=name, nearest=nearest)
            yield Finding("configuration", name, Texts("set", "已设置"), fault, warning=True)
    try:
        _ = settings.store_url  # reads the file of the password
    except KehutuError as fault:
        yield Finding("configuration", "store_password_file", str(settings.store_password_file), fault)


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        return ""
    if name == "store_password":
        return HIDDEN
    if name == "store" and "@" in str(value):
        scheme, _, rest = str(value).partition("://")
        return f"{scheme}://{HIDDEN}@{rest.rpartition('@')[2]}"
    return str(value)
