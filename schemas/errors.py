"""What can go wrong, as types. Every message is one sentence for a person: what, with which value, what to do."""


class RecurrentGPTError(Exception):
    """The base of every error of this project that a person can do something about."""


class SettingsError(RecurrentGPTError):
    """A setting, a context field or an input has a value that cannot work."""


class PromptError(RecurrentGPTError):
    """A prompt misses a placeholder that its gate needs, or names one that does not exist."""


class ModelUnavailableError(RecurrentGPTError):
    """A chat model cannot be had or did not answer: no key, a wrong name, no connection, too small a window."""


class GateError(RecurrentGPTError):
    """A gate's model gave no usable answer in the tries it had; the thread can be resumed at that gate.

    Attributes:
        gate: the gate's name, as in the graph.
        tries: how many answers were asked for.
        problem: what was wrong with the last one.
    """

    def __init__(self, gate: str, tries: int, problem: str) -> None:
        self.gate = gate
        self.tries = tries
        self.problem = problem
        super().__init__(
            f"The model gave no usable answer for '{gate}' in {tries} tries ({problem.rstrip('.')}); "
            "nothing is lost: resume to try that step again, or use a stronger model."
        )


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
