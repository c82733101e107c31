"""What the environment says. It is read where a library is made of it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("recurrentgpt", appauthor=False))


class Settings(BaseSettings):
    """Addresses, secrets and places, from environment variables.

    Attributes:
        home: the data folder (``RECURRENTGPT_HOME``), else the platform's own.
        model: the chat model when a run names none (``RECURRENTGPT_MODEL``).
        helper_model: the model for all but prose when a run names none (``RECURRENTGPT_HELPER_MODEL``); without it the
            same as for prose.
        helper_base_url: where helper models are (``RECURRENTGPT_HELPER_BASE_URL``); without it where the others are.
        helper_api_key: the key of that endpoint (``RECURRENTGPT_HELPER_API_KEY``).
        embedding_model: a sentence-transformers model, by name or path (``RECURRENTGPT_EMBEDDING_MODEL``).
        qdrant_url: a Qdrant server (``QDRANT_URL``); without it the embedded engine is used.
        qdrant_api_key: the key of that server (``QDRANT_API_KEY``).
        database_url: a PostgreSQL for the checkpoints (``DATABASE_URL``); without it each story has an SQLite file.
        aes_key: a key of 16, 24 or 32 bytes that encrypts the checkpoints, and nothing else (``LANGGRAPH_AES_KEY``).
        languages: a folder with languages of one's own, for the whole process (``RECURRENTGPT_LANGUAGES``).
        ui_password: the password of the page (``RECURRENTGPT_UI_PASSWORD``).
        openai_base_url: any OpenAI-compatible endpoint (``OPENAI_BASE_URL``).
        openai_api_key: its key (``OPENAI_API_KEY``).
    """

    model_config = SettingsConfigDict(env_prefix="RECURRENTGPT_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home)
    model: str = ""
    helper_model: str = ""
    helper_base_url: str = ""
    helper_api_key: SecretStr | None = None
    embedding_model: str = ""
    languages: Path | None = None
    ui_password: SecretStr | None = None
    qdrant_url: str = Field(default="", validation_alias="QDRANT_URL")
    qdrant_api_key: SecretStr | None = Field(default=None, validation_alias="QDRANT_API_KEY")
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    aes_key: SecretStr | None = Field(default=None, validation_alias="LANGGRAPH_AES_KEY")
    openai_base_url: str = Field(default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "OPENAI_API_BASE"))
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
