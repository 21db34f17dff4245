"""Configuration: defaults, then a TOML file, then the environment, then secret files. Unknown keys are errors."""

from __future__ import annotations

import difflib
import getpass
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.problems import FileProblem, read_toml
from commands.domain.values import Code, Line

PREFIX: Final = "SAMENSPRAAK_"
SHORTEST_KEY: Final = 32
"""Characters of a key that seals buttons: 32 random hexadecimal characters are 128 bits."""
SECRETS_VARIABLE: Final = "SAMENSPRAAK_SECRETS"
"""The folder with secret files; it is the one variable that is no key of the configuration."""


ADMIN_VARIABLE: Final = "SAMENSPRAAK_ADMIN_TOKEN"
"""The token of an administrator of the chat server, for one run of `samenspraak mattermost`; it is kept nowhere."""


class Section(BaseModel):
    """A section of the configuration; it refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BotSection(Section):
    """How the program runs: times in the unit of their name."""

    tick_seconds: float = Field(default=3.0, gt=0, le=3)
    grace_seconds: float = Field(default=2.0, ge=0, le=60)
    outage_minutes: float = Field(default=10.0, gt=0)
    outage_window_hours: float = Field(default=4.0, gt=0)
    health_host: str = "127.0.0.1"
    health_port: int = Field(default=8080, ge=0, le=65535)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")


class StorageSection(Section):
    """Where the register is kept. The address may hold a password and is never shown."""

    url: SecretStr | None = None


class ConsoleSection(Section):
    """The chat in the terminal. An empty transcript keeps nothing of it across a restart."""

    transcript: str = ""


class MattermostSection(Section):
    """The Mattermost server that people use; without `url` there is none.

    `callback_url` is where that server reaches this program. `keys` seal buttons and forms: the first seals, both open.
    `command_tokens` has what the server gave for each command, by `team/trigger`. Without `signed_clicks` an act needs no
    proof by the server of who did it. `ca_file` has the certificates to trust, where they are not publicly known.
    """

    url: str = ""
    site_url: str = ""
    callback_url: str = ""
    token: SecretStr | None = None
    keys: tuple[SecretStr, ...] = Field(default=(), max_length=2)
    command_tokens: dict[str, SecretStr] = {}
    commands: Literal["nl", "en", "both"] = "nl"
    signed_clicks: bool = True
    ca_file: str = ""

    @field_validator("url", "site_url", "callback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
            raise ValueError(
                "an address that begins with https:// or http://, without a name, a password or a question mark"
            )
        return value.rstrip("/")

    @field_validator("keys")
    @classmethod
    def _long_enough(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(each.get_secret_value()) < SHORTEST_KEY for each in value):
            raise ValueError(f"a key has at least {SHORTEST_KEY} characters")
        return value

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys that must be set for a server to be served, and are not."""
        needed = ("callback_url", "token", "keys") if self.url else ()
        return tuple(each for each in needed if not getattr(self, each))


class Config(BaseSettings):
    """The whole configuration, read once at start."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        secrets_prefix="",
        secrets_nested_delimiter="__",
    )

    bot: BotSection = BotSection()
    storage: StorageSection = StorageSection()
    console: ConsoleSection = ConsoleSection()
    mattermost: MattermostSection = MattermostSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secret files win over the environment, the environment over the TOML file."""
        del dotenv_settings
        return (
            init_settings,
            NestedSecretsSettingsSource(file_secret_settings),
            env_settings,
            TomlConfigSettingsSource(settings_cls),
        )

    @property
    def storage_url(self) -> str:
        """The address of the database; SQLite in the user's data folder when none is configured."""
        if self.storage.url is not None:
            return self.storage.url.get_secret_value()
        return f"sqlite:///{data_folder() / 'samenspraak.db'}"


def data_folder() -> Path:
    """The folder of the user's data, by the XDG Base Directory Specification."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "samenspraak"


def system_user() -> str:
    """The name of the operating-system user; his number where, as in a container, he has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def read_config(
    path: Path | None = None, *, url: str | None = None, environment: Mapping[str, str] | None = None
) -> Config:
    """Read and check the whole configuration; `url` from the command line wins over everything.

    Raises FileProblem, which names file or variable, key and remedy, and never shows a value that may be a secret.
    """
    environment = os.environ if environment is None else environment
    if path is not None:
        read_toml(path)
    _check_environment(environment)
    secrets = environment.get(SECRETS_VARIABLE)
    if secrets is not None and not Path(secrets).is_dir():
        raise FileProblem(SECRETS_VARIABLE, None, "", "", Line("problem.missing-folder", {}))
    given: dict[str, Any] = {} if url is None else {"storage": {"url": url}}

    class Here(Config):
        model_config = SettingsConfigDict(toml_file=path, secrets_dir=secrets)

    try:
        return Here(**given)
    except ValidationError as error:
        problem = _problem(error, path)
    raise problem  # out here, so that it does not carry the error of pydantic, which holds the value


def keys() -> tuple[str, ...]:
    """Every key as `section.key`, in order."""
    return tuple(f"{section}.{key}" for section, key in _keys())


def _keys() -> Iterator[tuple[str, str]]:
    for section, declared in Config.model_fields.items():
        kind = declared.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((section, key) for key in kind.model_fields)


def _check_environment(environment: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{section}__{key}".upper() for section, key in _keys()} | {SECRETS_VARIABLE, ADMIN_VARIABLE}
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known and not name.startswith("SAMENSPRAAK_TEST_"):
            best = difflib.get_close_matches(name.upper(), sorted(known), 1)
            raise FileProblem(name, None, "", "", _suggest("problem.unknown-variable", best))


def _problem(error: ValidationError, path: Path | None) -> FileProblem:
    """The first problem, without the value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        best = difflib.get_close_matches(key, [*keys(), *Config.model_fields], 1)
        return FileProblem(str(path or ""), None, key, "", _suggest("problem.unknown-key", best))
    return FileProblem(
        str(path or ""), None, key, "", Line("problem.invalid-value", {"reason": Code(str(first["msg"]))})
    )


def _suggest(key: str, best: list[str]) -> Line:
    return Line(f"{key}.suggested", {"suggestion": Code(best[0])}) if best else Line(key, {})
