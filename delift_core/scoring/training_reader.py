"""Examples -> the rows that a trainer makes of them, under the chat template of a tokenizer.

They are those of TRL's SFTTrainer on prompt and completion (trl.trainer.sft_trainer,
`_prepare_dataset`): the template writes the whole conversation, labels stand from where its tokens
part from those of the opened prompt, and what lies behind the longest length is cut off. Unlike a
scored response, labels include what the template writes behind the end of the turn, and a control
token inside the data is a control token.
"""

from itertools import accumulate
from typing import TYPE_CHECKING, cast

from delift_core.data.example import Example, Turn
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.conversation_reader import ConversationReader
from delift_core.scoring.prefixes import common_length
from delift_core.scoring.rendering import Renderer, turn_tokens
from delift_core.scoring.training_rows import TRL_LENGTH, TrainingRow
from delift_core.scoring.vocabulary import Vocabulary

if TYPE_CHECKING:
    import transformers

NO_TEMPLATE = (
    "{name}: the tokenizer has no chat template, so a trainer cannot write turns with it. Name a"
    " model of the same family that has one, such as its instruction-tuned version."
)


class TrainingReader:
    """Writes the rows of one tokenizer, none longer than `longest` tokens.

    Raises UnusablePrompt for a tokenizer without a chat template; name: of its model.
    """

    def __init__(
        self,
        tokenizer: "transformers.PreTrainedTokenizerBase",
        longest: int = TRL_LENGTH,
        name: str = "The model",
    ):
        if not tokenizer.chat_template:
            raise UnusablePrompt(NO_TEMPLATE.format(name=name))
        self.tokenizer, self.longest = tokenizer, longest
        self.renderer = Renderer(tokenizer)
        self.closing = closing_token(tokenizer)

    def row(self, example: Example) -> TrainingRow | None:
        """An example as a trainer's tokens; None where the template does not write it."""
        response = Turn("assistant", example.response)
        try:
            opened = self.renderer.render_exactly(example.turns, answer=True)
            whole = self.renderer.render_exactly((*example.turns, response))
        except UnwritableConversation:
            return None
        tokens, pieces = self.encoded(whole)
        first_label = common_length(self.encoded(opened)[0], tokens)
        end = self.end_in(tokens, first_label)
        return TrainingRow(tokens, pieces, first_label, end, self.longest)

    def encoded(self, text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """(tokens, the text of each) of a text that a template wrote.

        A character of several tokens belongs to the first of them.
        """
        encoding = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ends = list(accumulate((end for _, end in encoding["offset_mapping"]), max))
        starts = [0, *ends[:-1]]
        pieces = tuple(text[start:end] for start, end in zip(starts, ends))
        return tuple(encoding["input_ids"]), pieces

    def end_in(self, tokens: tuple[int, ...], first_label: int) -> int | None:
        """The position of the token that closes the response, None where none does."""
        places = [
            place for place in range(first_label, len(tokens)) if tokens[place] == self.closing
        ]
        return places[-1] if places else None


def closing_token(tokenizer: "transformers.PreTrainedTokenizerBase") -> int | None:
    """The token that the chat template writes behind a response, None where it writes none."""
    vocabulary = Vocabulary(tokenizer, turn_tokens(tokenizer))
    closing = ConversationReader(vocabulary).closing
    if closing is None:
        return None
    return cast(int, tokenizer.convert_tokens_to_ids(closing))
