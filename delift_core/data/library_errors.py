"""Whatever a library raises over the bytes of a file, as one sentence about the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from delift_core.errors import DeliftError, UnreadableFile


@contextmanager
def refusing(sentence: Callable[[str], str]) -> Iterator[None]:
    """Raise UnreadableFile for any error inside; refusals of this engine pass unchanged.

    sentence: the refusal, made from the first line of the error's message.
    """
    try:
        yield
    except DeliftError:
        raise
    except Exception as error:
        message = str(error).strip() or type(error).__name__
        raise UnreadableFile(sentence(message.splitlines()[0])) from error
