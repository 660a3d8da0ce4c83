"""Every refusal of the engine: one exception class per thing a person can get wrong.

`str(error)` is the sentence they read: what is wrong, in which file and row, and what to do.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Text on one line, with control characters escaped.

    Escapes what would move the cursor, break the line, turn the direction of text (bidirectional
    controls) or cannot be encoded (lone surrogates): names of files and columns hold such.
    """
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class DeliftError(Exception):
    """Base of every refusal; catch this to catch them all."""

    def __str__(self) -> str:
        return printable(super().__str__())


class UnreadableFile(DeliftError):
    """A file is absent, empty, cut off, or not what its content claims."""


class UnknownFormat(DeliftError):
    """No known layout explains the rows, and no column mapping was given."""


class MissingColumn(DeliftError):
    """A column named in the mapping is not in the data."""


class NoExamples(DeliftError):
    """Nothing usable is left: every row has a problem, or there were no rows."""


class UnusableSimilarity(DeliftError):
    """A similarity is no finite 2-D array, is missing, or does not belong with the others."""


class UnknownObjective(DeliftError):
    """No objective has that name."""


class InvalidWeight(DeliftError):
    """eta or nu is not a finite number of 0 or more."""


class InvalidBudget(DeliftError):
    """A budget cannot be read, or asks for more than there is."""


class InvalidConstraint(DeliftError):
    """Pins, excludes, quotas or costs are malformed or contradict each other or the budget."""


class ModelUnavailable(DeliftError):
    """A model is not on this machine and cannot be fetched, or cannot be used for scoring."""


class UnknownChoice(DeliftError):
    """A named option is not one of those offered."""


class InvalidName(DeliftError):
    """A name that somebody gives is empty, too long, or taken."""


class MethodUnavailable(DeliftError):
    """A way to choose needs what is not there."""


class InvalidValidation(DeliftError):
    """A validation has too few selections or seeds, or its learning rates are none."""


class NotValidated(DeliftError):
    """No validation is there, or it is not finished."""


class InvalidPlan(DeliftError):
    """Which pairs to score cannot be read, or cannot be met in the minutes given."""


class UnusablePrompt(DeliftError):
    """A template cannot write the prompt of an example."""


class UnwritableConversation(UnusablePrompt):
    """A template cannot write one conversation; others it may write."""


class MissingSplit(DeliftError):
    """A split or configuration is not in the data, or one of several has to be chosen."""


class UnreachableDataset(DeliftError):
    """A Hugging Face data set is neither here nor reachable."""


class NotARun(DeliftError):
    """A folder is not a run, or one that this version cannot read."""


class NotScored(DeliftError):
    """A kernel that is needed is not finished."""


class DamagedRun(DeliftError):
    """A file of a run folder is broken."""


# advice of a DamagedRun, where nothing more exact is known
SCORE_AGAIN = "Score the run again: what is broken is made anew, and nothing else."


class RunBusy(DeliftError):
    """Another process is scoring the same run."""


class OutOfMemory(DeliftError):
    """The model needed more memory than there is."""


_OUT_OF_MEMORY_PHRASES = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    # of oneDNN
    "could not create a primitive",
    "could not create a memory object",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    Recognises Python's own MemoryError, and the messages of accelerators and allocators.
    """
    message = str(error).lower()
    return isinstance(error, MemoryError) or any(
        phrase in message for phrase in _OUT_OF_MEMORY_PHRASES
    )


@contextmanager
def refusing_when_out_of_memory(sentence: Callable[[str], str]) -> Iterator[None]:
    """Raise OutOfMemory where the work inside wants more memory than there is.

    sentence: the refusal, made from the first line of the error.
    """
    try:
        yield
    except (MemoryError, RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(sentence(first_line_of(error))) from error


def first_line_of(error: BaseException) -> str:
    """The first line of an error's message behind its class name."""
    return f"{type(error).__name__}: {error}".splitlines()[0].strip().rstrip(".: ")


class InvalidLimit(DeliftError):
    """A row limit is not 1 or more."""


class InvalidHoldOut(DeliftError):
    """Held-out examples cannot be set aside, or are told in two ways at once."""


class UnwritableFile(DeliftError):
    """A file cannot be written to this path, or not as this kind of file."""


class UnfitExample(DeliftError):
    """An example cannot be written in the shape or kind of file asked for."""


class NoTrainer(DeliftError):
    """Trainers do not find prompt and response in what is exported."""


class WrongPool(DeliftError):
    """A selection points at examples that the pool does not hold."""


class JobBusy(DeliftError):
    """A worker is busy with another request in the same folder."""


class UnwritableFolder(DeliftError):
    """A job cannot keep its files in a folder."""


class NotAJob(DeliftError):
    """A folder holds no job that a worker could do."""


class ChangedModel(DeliftError):
    """The model that is here is not the one that a run was scored with."""


class ChangedScoring(DeliftError):
    """A run was scored in another way than this version scores."""


class PoisonedTask(DeliftError):
    """Every try of a piece of work failed, or ended the worker."""


class LostWorkers(DeliftError):
    """No worker gets ready."""


class ClusterUnavailable(DeliftError):
    """A cluster cannot be reached, or none of its nodes fits."""


class OutsideRoots(DeliftError):
    """A page asks for a file, folder or model that the dashboard may not open."""


class NoDatabase(DeliftError):
    """The database that is to keep verdicts cannot be reached."""
