"""Configuration of a site: flags, above ``KEHUTU_*`` variables, above ``config.toml`` of the home, above defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from terms.errors import KehutuError
from terms.zones import canonical

PREFIX = "KEHUTU_"
FILE = "config.toml"

Origin: TypeAlias = Literal["flag", "environment", "config.toml", "default"]
ConsentPurpose: TypeAlias = Literal["marketing", "survey", "data-sharing"]
ConsentDefault: TypeAlias = Literal["given", "refused"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]


class Identity(BaseModel):
    """Who signs tokens, in the table ``[identity]``; without an issuer the development issuer does.

    ``issuer``, ``audience``: what tokens have to say exactly. ``jwks``: the keys of the issuer, an https URL (http on
    this machine) or a file. ``claims``: where a token calls a claim otherwise, its name for ``role``, ``regions``,
    ``tenant``, ``customers`` or ``technician``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1)
    audience: str = Field("kehutu", min_length=1)
    jwks: str = Field(min_length=1)
    claims: dict[Literal["role", "regions", "tenant", "customers", "technician"], str] = Field(
        default_factory=dict
    )


class Settings(BaseSettings):
    """What a deployment may set; each name is also a key of ``config.toml`` and, in capitals, of ``KEHUTU_*``.

    ``store_user``, ``store_password``: for a Neo4j whose URL names none. ``store_password_file``: a file that holds the
    password, as containers are given secrets. ``store_heap``: memory of the embedded store (``2g``); by its size when
    absent. ``store_linger``: seconds that the embedded store stays after the last command, so that the next one need
    not start it. ``live_runs``: loads continue the current run. ``copy_runs``: an analysis writes its run on the nodes
    too, for those who look with other tools. ``zone``: the business zone, an offset (``UTC+08:00``, what a new home
    has) or a name (``Asia/Shanghai``); a home keeps the one that it was made with. ``consent``: by purpose whether
    customers who decided nothing may be approached, ``given`` (where nothing is set) or ``refused``. ``container``: the
    process has a container for itself, so the API listens on the container's interface. ``identity``: who signs tokens.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    home: Path = Path(".kehutu")
    store: str = "embedded"
    lang: Literal["en", "zh"] = "en"
    log_level: LogLevel = "warning"
    store_user: str = "neo4j"
    store_password: SecretStr | None = None
    store_password_file: Path | None = None
    store_heap: str | None = None
    store_linger: float = Field(120.0, ge=0)
    container: bool = False
    live_runs: bool = True
    copy_runs: bool = True
    zone: str | None = None
    consent: dict[ConsentPurpose, ConsentDefault] = Field(default_factory=dict)
    identity: Identity | None = None

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of precedence; ``config.toml`` lies in the home that flags or the environment name."""
        del dotenv_settings, file_secret_settings
        named = {**env_settings(), **init_settings()}
        toml = Path(str(named.get("home", ".kehutu"))) / FILE
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml)

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return None if name is None else canonical(name)

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Where the value of each setting comes from."""
        return self._origins

    @property
    def store_url(self) -> str:
        """The store's URL with the user and the password that are set; not for showing.

        Raises:
            KehutuError: ``CONFIGURATION_FAULT`` when the file of the password cannot be read.
        """
        password = self._password()
        try:
            parts = urlsplit(self.store)
            if password is None or not parts.netloc or "@" in parts.netloc:
                return self.store
        except ValueError:  # no URL: opening it says so
            return self.store
        access = f"{quote(self.store_user, safe='')}:{quote(password, safe='')}"
        return parts._replace(netloc=f"{access}@{parts.netloc}").geturl()

    def _password(self) -> str | None:
        if self.store_password_file is None:
            return None if self.store_password is None else self.store_password.get_secret_value()
        try:
            return self.store_password_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise KehutuError(
                "CONFIGURATION_FAULT",
                setting="store_password_file",
                found=self.store_password_file,
                reason=getattr(error, "strerror", None) or error,
            ) from error


def settings(
    home: Path | None = None, store: str | None = None, lang: str | None = None, log_level: str | None = None
) -> Settings:
    """The settings in force, with the given flags on top.

    Raises:
        KehutuError: ``CONFIGURATION_FAULT`` names the setting and what was found.
    """
    given = {"home": home, "store": store, "lang": lang, "log_level": log_level}
    flags: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    try:
        found = Settings(**flags)
        found._origins = _origins(found.home, flags)
    except ValidationError as error:
        first = error.errors()[0]
        raise KehutuError(
            "CONFIGURATION_FAULT",
            setting=".".join(str(part) for part in first["loc"]),
            found=first.get("input"),
            reason=first["msg"],
        ) from error
    except (OSError, ValueError) as error:
        raise KehutuError("CONFIGURATION_FAULT", setting=FILE, found="", reason=str(error)) from error
    return found


def _origins(home: Path, flags: Mapping[str, object]) -> dict[str, Origin]:
    environment = {name.upper() for name in os.environ}
    file = home / FILE
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    def origin(name: str) -> Origin:
        if name in flags:
            return "flag"
        if PREFIX + name.upper() in environment:
            return "environment"
        return "config.toml" if name in written else "default"

    return {name: origin(name) for name in Settings.model_fields}
