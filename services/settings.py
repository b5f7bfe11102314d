"""Configuration of a site: flags, above ``KEHUTU_*`` variables, above ``config.toml`` of the home, above defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from terms.errors import KehutuError


class Settings(BaseSettings):
    """What a deployment may set; each name is also a key of ``config.toml`` and, in capitals, of ``KEHUTU_*``."""

    model_config = SettingsConfigDict(env_prefix="KEHUTU_", extra="forbid")

    home: Path = Path(".kehutu")
    store: str = "embedded"
    lang: Literal["en", "zh"] = "en"

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
        toml = Path(str(named.get("home", ".kehutu"))) / "config.toml"
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml)


def settings(home: Path | None = None, store: str | None = None, lang: str | None = None) -> Settings:
    """The settings in force, with the given flags on top.

    Raises:
        KehutuError: ``CONFIGURATION_FAULT`` names the setting and what was found.
    """
    flags = {"home": home, "store": store, "lang": lang}
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        raise KehutuError(
            "CONFIGURATION_FAULT",
            setting=".".join(str(part) for part in first["loc"]),
            found=first.get("input"),
            reason=first["msg"],
        ) from error
    except (OSError, ValueError) as error:
        raise KehutuError(
            "CONFIGURATION_FAULT", setting="config.toml", found="", reason=str(error)
        ) from error
