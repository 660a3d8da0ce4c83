"""Prompts by the tokenizer's own chat template, the shown example as an earlier exchange."""

from functools import cached_property
from os.path import commonprefix
from typing import cast

from delift_core.data.example import Example, Turn
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.conversation_reader import (
    NEVER_SHOWN,
    OPENED_BY_ASSISTANT,
    REWRITES,
    WRITTEN_OTHERWISE,
    ConversationReader,
    Written,
    remembered,
)
from delift_core.scoring.prompt_parts import Parts
from delift_core.scoring.rendering import Turns, other_turns, system_turns, why_changing
from delift_core.scoring.vocabulary import Vocabulary, end_of_text

EXCHANGE = (Turn("user", "a"), Turn("assistant", "b"))  # an earlier exchange


class ChatTemplate:
    """The tokenizer's own chat template; the shown example is an earlier exchange.

    The system turn is always the answered example's, so that with and without differ by the shown
    example only.
    """

    splits_response = False

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.tokenizer = vocabulary.tokenizer
        reader = ConversationReader(vocabulary)
        self.reader, self.render = reader, reader.render
        self.written, self.junction = reader.written, reader.junction
        # one shown or answered example comes back in many pairs
        self.shared_text = remembered(self._shared_text)
        self.opening = remembered(self._opening)
        self.query = remembered(self._query)

    @property
    def closing(self) -> str | None:
        """The control token the template writes behind an answer, or None."""
        return self.reader.closing

    @cached_property
    def end_of_turn(self) -> int:
        """The token that closes an answer: the template's own, or end-of-text."""
        if self.closing is None:
            return end_of_text(self.tokenizer)
        return cast(int, self.tokenizer.convert_tokens_to_ids(self.closing))

    def alone(self, answered: Example) -> Parts:
        self.refuse_unreadable()
        turns = self.ordered(answered.turns)
        text = self.written(turns, answered.response).fed
        head, query = cut_head(text, self.opening(system_turns(turns)))
        return Parts(head, "", query)

    def pair(self, shown: Example, answered: Example) -> Parts:
        self.refuse_unreadable()
        turns = self.ordered(answered.turns)
        system = system_turns(turns)
        text = self.shared_text(self.exchange_of(shown), system)
        head, example = cut_head(text, self.opening(system))
        return Parts(head, example, self.query(turns, answered.response))

    def response(self, example: Example) -> str:
        return self.written(self.ordered(example.turns), example.response).answer

    def verify(self, shown: Example, answered: Example) -> None:
        """Raise UnwritableConversation unless the parts of a pair are the text of the whole.

        That text has to be the answered example's own with one piece put in.
        """
        alone, parts = self.alone(answered), self.pair(shown, answered)
        text = parts.prefix + parts.query
        turns = self.ordered(answered.turns)
        others = self.exchange_of(shown) + other_turns(turns)
        together = system_turns(turns) + others
        if self.written(together, answered.response) != Written(text, self.response(answered)):
            # where the template refuses them as they are, its reason is told
            self.reader.renderer.render_exactly((*together, Turn("assistant", "a")))
            raise UnwritableConversation(REWRITES)
        if not is_insertion(text, alone.prefix + alone.query):
            raise UnwritableConversation(written_otherwise(answered.turns))

    def exchange_of(self, shown: Example) -> Turns:
        """A shown example as an earlier exchange, without the system turns that open it."""
        return (*other_turns(self.ordered(shown.turns)), Turn("assistant", shown.response))

    def ordered(self, turns: Turns) -> Turns:
        """A conversation in the order in which it is written."""
        if not self.gathers_system_turns:
            return turns
        return tuple(sorted(turns, key=lambda turn: turn.role != "system"))

    @cached_property
    def gathers_system_turns(self) -> bool:
        """Whether the template writes a later system turn before all other turns."""
        turns = (Turn("user", "\ue001"), Turn("assistant", "b"), Turn("system", "\ue002"))
        try:
            text = self.render((*turns, *EXCHANGE))
        except UnwritableConversation:
            return False
        return -1 < text.find("\ue002") < text.find("\ue001")

    def refuse_unreadable(self) -> None:
        """Raise UnusablePrompt for a template that no example can be shown with."""
        if self.unreadable:
            raise UnusablePrompt(self.unreadable)

    @cached_property
    def unreadable(self) -> str | None:
        """Why no example can be shown with this template, in one sentence; None where it can."""
        changing = why_changing(self.tokenizer)
        if changing is not None:
            return changing
        shown = (Turn("user", "\ue001"), Turn("assistant", "\ue002"))
        question = Turn("user", "c")
        try:
            whole = self.written((*shown, question), "d")
        except UnwritableConversation as reason:
            if reason.__cause__ is None:
                return str(reason)
            return None  # the template refuses these turns; it may write those of the data
        try:
            text = self._shared_text(shown, ())
            query = self._query((question,), "d")
        except UnwritableConversation as reason:
            return str(reason)
        if "\ue001" not in text and "\ue002" not in text:
            return NEVER_SHOWN
        if "\ue001" not in text or "\ue002" not in text or whole.fed != text + query:
            return REWRITES
        return None

    def _shared_text(self, exchange: Turns, system: Turns) -> str:
        """What every next question continues after an exchange.

        Raises UnwritableConversation where the template rewrites the exchange.
        """
        junction = self.junction(system)
        text = self.reader.before_answer((*system, *exchange, Turn("user", "a")))
        if not text.endswith(junction.text):
            raise UnwritableConversation(REWRITES)
        return text[: len(text) - len(junction.text) + junction.cut]

    def _opening(self, system: Turns) -> str:
        """What the template writes before the text of the first user turn."""
        return commonprefix([self.render((*system, Turn("user", letter))) for letter in "ab"])

    def _query(self, turns: Turns, response: str) -> str:
        """The answered conversation as it continues an exchange, up to where its answer begins.

        Raises UnwritableConversation where the template rewrites the exchange or the answer.
        """
        system = system_turns(turns)
        behind = self.written(system + EXCHANGE + other_turns(turns), response)
        before = self.shared_text(EXCHANGE, system)
        if not behind.fed.startswith(before):
            raise UnwritableConversation(written_otherwise(turns))
        if behind.answer != self.written(turns, response).answer:
            raise UnwritableConversation(written_otherwise(turns))
        return behind.fed.removeprefix(before)


def cut_head(text: str, head: str) -> tuple[str, str]:
    """(head, what follows it), or no head where the conversation opens in another way.

    An assistant's greeting does.
    """
    if not text.startswith(head):
        return "", text
    return head, text[len(head) :]


def is_insertion(longer: str, shorter: str) -> bool:
    """Whether a text is another one with one piece put in somewhere."""
    same = len(commonprefix([longer, shorter]))
    return longer.endswith(shorter[same:]) and len(longer) >= len(shorter)


def written_otherwise(turns: Turns) -> str:
    """Why a conversation is not what it is alone behind an earlier exchange."""
    if [turn.role for turn in other_turns(turns)[:1]] == ["assistant"]:
        return OPENED_BY_ASSISTANT
    return WRITTEN_OTHERWISE
