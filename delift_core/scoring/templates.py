"""Step 2 of scoring: the register of templates, by which examples become prompt texts.

A prompt is the same with and without a shown example but for the example itself. DELIFT, section 3,
leaves the prompt open. Three templates are offered:

- `chat`: the tokenizer's own chat template with the shown example as an earlier turn;
- `plain`: for models without a chat template;
- `paper`: the two prompts of the authors' implementation.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from delift_core.data.example import Example
from delift_core.errors import UnknownChoice, UnusablePrompt
from delift_core.scoring.chat_template import ChatTemplate
from delift_core.scoring.prompt_parts import Parts, Template
from delift_core.scoring.template_names import TemplateName
from delift_core.scoring.vocabulary import Vocabulary, end_of_text

if TYPE_CHECKING:
    import transformers

PAPER_HEAD_ALONE = "Instruction: Please generate a response to the following query.\n\n\n"
PAPER_HEAD_SHOWN = (
    "Instruction:\nUse the following example as a guide to answer the query in the same format and"
    " style, providing a clear and concise response.\n\n\nExample:\n"
)


class FixedTemplate:
    """A template whose parts are written one after another."""

    splits_response = False

    def __init__(self, vocabulary: Vocabulary):
        self.literal = vocabulary.literal
        self.end_of_turn = end_of_text(vocabulary.tokenizer)

    def response(self, example: Example) -> str:
        return self.literal(example.response)

    def verify(self, shown: Example, answered: Example) -> None:
        """Nothing to verify: the text is put together from its parts."""


class PlainTemplate(FixedTemplate):
    """Query and response under their names: for models without a chat template."""

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        tokenizer = vocabulary.tokenizer
        first = tokenizer("a")["input_ids"][:1]
        self.head = ""
        if tokenizer.bos_token_id is not None and first == [tokenizer.bos_token_id]:
            self.head = tokenizer.bos_token

    def alone(self, answered: Example) -> Parts:
        return Parts(self.head, "", self.query(answered))

    def pair(self, shown: Example, answered: Example) -> Parts:
        example = f"{self.query(shown)}{self.literal(shown.response)}\n\n"
        return Parts(self.head, example, self.query(answered))

    def query(self, example: Example) -> str:
        return f"Query:\n{self.literal(example.prompt)}\n\nResponse:\n"


class PaperTemplate(FixedTemplate):
    """The two prompts of the authors' implementation, for parity.

    End-of-text stands before and after the response, which is tokenised by itself.
    """

    splits_response = True

    def __init__(self, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.eos = vocabulary.tokenizer.eos_token

    def alone(self, answered: Example) -> Parts:
        query = f"Query: {self.literal(answered.prompt)}\n{self.eos}"
        return Parts(PAPER_HEAD_ALONE, "", query)

    def pair(self, shown: Example, answered: Example) -> Parts:
        example = f"{self.literal(shown.prompt)}\n{self.literal(shown.response)}"
        query = f"\n\n\nQuery:\n{self.literal(answered.prompt)}\n{self.eos}"
        return Parts(PAPER_HEAD_SHOWN, example, query)


TEMPLATES: Mapping[TemplateName, Callable[[Vocabulary], Template]] = {
    TemplateName.CHAT: ChatTemplate,
    TemplateName.PLAIN: PlainTemplate,
    TemplateName.PAPER: PaperTemplate,
}


def template_name(
    requested: str, tokenizer: "transformers.PreTrainedTokenizerBase"
) -> TemplateName:
    """The template of that name; "auto" is chat where the tokenizer has one, plain otherwise.

    Raises UnknownChoice, and UnusablePrompt for chat without a chat template.
    """
    if requested == "auto":
        return TemplateName.CHAT if tokenizer.chat_template else TemplateName.PLAIN
    if requested not in list(TemplateName):
        raise UnknownChoice(
            f"template {requested!r} is not known. Choose one of auto, {', '.join(TemplateName)}."
        )
    if requested == TemplateName.CHAT and not tokenizer.chat_template:
        raise UnusablePrompt("The model's tokenizer has no chat template. Use template plain.")
    return TemplateName(requested)
