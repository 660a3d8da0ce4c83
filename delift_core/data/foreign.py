"""Libraries that read strangers' bytes raise whatever they like: a person reads one sentence about
the file instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from delift_core.errors import DeliftError, UnreadableFile


@contextmanager
def refusing(sentence: Callable[[str], str]) -> Iterator[None]:
    """Whatever a library raises, as the sentence made of its reason; the refusals of this engine
    pass.
    """
    try:
        yield
    except DeliftError:
        raise
    except Exception as error:
        raise UnreadableFile(
            sentence((str(error).strip() or type(error).__name__).splitlines()[0])
        ) from error
