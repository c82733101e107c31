"""What can go wrong, as types: each error is a code and values, worded by the face that shows it.

``str(error)`` is the English sentence of the catalogue (``errors.toml`` beside this file): what failed, with which
value, what to do. :func:`sentence` words it in another language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .catalogue import ENGLISH, part, say, say_part, say_sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = [
    "FieldError",
    "GateError",
    "MemoryInUseError",
    "MemoryUnavailableError",
    "ModelUnavailableError",
    "PromptError",
    "RecurrentGPTError",
    "SettingsError",
    "StorageError",
    "StoryInUseError",
    "StoryNotFoundError",
    "StoryStateError",
    "part",
    "sentence",
]


class RecurrentGPTError(RuntimeError):
    """The base of every error of this project that a person can do something about.

    A ``RuntimeError``, because an agent server passes on the message of no other.

    Attributes:
        code: what went wrong; stable, and the name of its sentence in every language's catalogue.
        values: what the sentence names, and what a face's hint may need beside it; plain JSON.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        """An error of that code.

        Raises:
            TypeError: there is no such code, or its sentence names a value that is not given.
        """
        self.code = code
        self.values: dict[str, Any] = {name: _as_json(value) for name, value in values.items()}
        try:
            super().__init__(say_sentence(code, self.values))
        except KeyError as error:
            msg = f"an error '{code}' cannot be made of {sorted(values)}: there is no {error}"
            raise TypeError(msg) from error

    def __reduce__(self) -> tuple[object, ...]:
        return _made, (type(self), self.code, self.values), self.__dict__

    def as_data(self) -> dict[str, Any]:
        """What a program reads of it: the kind, the code, the values, and the English sentence as ``message``."""
        return {"message": str(self), "type": type(self).__name__, "code": self.code, "values": self.values}

    def renamed(self, before: str, after: str) -> Self:
        """The same error, with another name for something: an upload is not told by its place on the server."""
        values = _changed(self.values, lambda text: text.replace(before, after))
        return type(self)(self.code, **values)


class SettingsError(RecurrentGPTError):
    """A setting, a context field or an input has a value that cannot work."""


class PromptError(RecurrentGPTError):
    """A prompt misses a placeholder that its gate needs, or names one that does not exist."""


class ModelUnavailableError(RecurrentGPTError):
    """A chat model cannot be had or did not answer: no key, a wrong name, no connection, too small a window."""


class GateError(RecurrentGPTError):
    """A gate's model gave no usable answer in the tries it had; the thread can be resumed at that gate."""

    @property
    def gate(self) -> str:
        """The gate's name, as in the graph."""
        return str(self.values["gate"])

    @property
    def tries(self) -> int:
        """How many answers were asked for."""
        return int(self.values["tries"])

    @property
    def problem(self) -> str:
        """What was wrong with the last one, as a sentence in English."""
        return say(self.values["problem"])


class MemoryUnavailableError(RecurrentGPTError):
    """The long-term memory cannot be opened, read or written."""


class MemoryInUseError(MemoryUnavailableError):
    """Another process has this story's embedded memory open."""


class StoryNotFoundError(RecurrentGPTError):
    """No story of that name or number is on the shelf."""


class StoryInUseError(RecurrentGPTError):
    """Another process has this story open."""


class StoryStateError(RecurrentGPTError):
    """What was asked of a story cannot be done where it stands: no such paragraph, plan or branch."""


class StorageError(RecurrentGPTError):
    """The data folder, or a file a person named, cannot be read or written."""


class FieldError(ValueError):
    """What one of our own checks says of a field; Pydantic collects it (see ``context.describe``).

    Attributes:
        said: a part of the sentence that the refusal is.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        self.said = part(code, **{name: _as_json(value) for name, value in values.items()})
        super().__init__(say_part(self.said))


def sentence(error: RecurrentGPTError, language: str = ENGLISH) -> str:
    """What an error says to a person, in a language (a BCP 47 tag) or, where there is none of that, in English."""
    return say_sentence(error.code, error.values, language)


def _made(kind: type[RecurrentGPTError], code: str, values: dict[str, Any]) -> RecurrentGPTError:
    """An error that was pickled or copied."""
    return kind(code, **values)


def _as_json(value: object) -> object:
    """A value as plain JSON; what JSON does not know (a path, another's error) is its text."""
    match value:
        case None | bool() | int() | float():
            return value
        case list() | tuple():
            return [_as_json(item) for item in value]
        case dict():
            return {str(name): _as_json(item) for name, item in value.items()}
    return str(value)


def _changed(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 (JSON)
    """A value with every text in it changed."""
    match value:
        case str():
            return change(value)
        case list():
            return [_changed(item, change) for item in value]
        case dict():
            return {name: item if name == "part" else _changed(item, change) for name, item in value.items()}
    return value
