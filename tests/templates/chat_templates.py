"""Chat templates in the style of published ones, worded anew: name -> template.

Control tokens are named as they are in the published ones; `control_tokens` lists those of each.
"""

import re

from tests.templates.jinja_parts import ALTERNATE, END, GENERATION, LOOP, NO_SYSTEM, framed
from tests.templates.thinking_templates import THINKING_TEMPLATES

HEADER = "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
GRANITE = "<|start_of_role|>{{ m.role }}<|end_of_role|>"
TEMPLATES = {
    "chatml": framed("<|im_start|>{{ m.role }}\n", "<|im_end|>\n", "<|im_start|>assistant\n"),
    "qwen2.5": (
        "{% if messages[0].role != 'system' %}<|im_start|>system\nYou help.<|im_end|>\n{% endif %}"
        + framed("<|im_start|>{{ m.role }}\n", "<|im_end|>\n", "<|im_start|>assistant\n")
    ),
    "llama2": (
        "{% if messages[0].role == 'system' %}{% set s = messages[0].content %}"
        "{% set turns = messages[1:] %}{% else %}{% set s = '' %}{% set turns = messages %}"
        f"{{% endif %}}{{% for m in turns %}}{ALTERNATE}{{% if m.role == 'user' %}}<s>[INST] "
        "{% if loop.first and s %}<<SYS>>\n{{ s }}\n<</SYS>>\n\n{% endif %}{{ m.content.strip() }}"
        " [/INST]{% else %} {{ m.content.strip() }} </s>{% endif %}{% endfor %}"
    ),
    "llama3": "<|begin_of_text|>"
    + framed(HEADER, "<|eot_id|>", HEADER.replace("{{ m.role }}", "assistant"), "m.content | trim"),
    "llama3.2": (
        "<|begin_of_text|>{% if not date_string is defined %}"
        "{% set date_string = strftime_now('%d %b %Y') %}{% endif %}"
        "<|start_header_id|>system<|end_header_id|>\n\nToday: {{ date_string }}\n\n"
        "{% if messages[0].role == 'system' %}{{ messages[0].content | trim }}"
        "{% set messages = messages[1:] %}{% endif %}<|eot_id|>"
        + framed(
            HEADER, "<|eot_id|>", HEADER.replace("{{ m.role }}", "assistant"), "m.content | trim"
        )
    ),
    "gemma": (
        f"<bos>{LOOP}{NO_SYSTEM}{ALTERNATE}<start_of_turn>"
        "{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}<end_of_turn>\n"
        f"{END}{GENERATION}<start_of_turn>model\n{{% endif %}}"
    ),
    "phi3": framed("<|{{ m.role }}|>\n", "<|end|>\n", "<|assistant|>\n"),
    "phi4": framed(
        "<|im_start|>{{ m.role }}<|im_sep|>", "<|im_end|>", "<|im_start|>assistant<|im_sep|>"
    ),
    "mistral-v1": (
        f"<s>{LOOP}{NO_SYSTEM}{ALTERNATE}{{% if m.role == 'user' %}}[INST] {{{{ m.content }}}} "
        f"[/INST]{{% else %}}{{{{ m.content }}}}</s>{{% endif %}}{END}"
    ),
    "mistral-v3": (
        "{% if messages[0].role == 'system' %}{% set s = messages[0].content + '\n\n' %}"
        "{% set turns = messages[1:] %}{% else %}{% set s = '' %}{% set turns = messages %}"
        f"{{% endif %}}<s>{{% for m in turns %}}{ALTERNATE}{{% if m.role == 'user' %}}[INST] "
        "{% if loop.last %}{{ s }}{% endif %}{{ m.content }}[/INST]"
        "{% else %} {{ m.content | trim }}</s>{% endif %}{% endfor %}"
    ),
    "mistral-v7": (
        f"<s>{LOOP}{{% if m.role == 'system' %}}[SYSTEM_PROMPT]{{{{ m.content }}}}[/SYSTEM_PROMPT]"
        "{% elif m.role == 'tool' %}[TOOL_RESULTS]{{ m.content }}[/TOOL_RESULTS]"
        "{% elif m.role == 'user' %}[INST]{{ m.content }}[/INST]"
        f"{{% else %}}{{{{ m.content }}}}</s>{{% endif %}}{END}"
    ),
    "zephyr": framed("<|{{ m.role }}|>\n", "</s>\n", "<|assistant|>\n"),
    "vicuna": (
        f"A chat.{LOOP}{{% if m.role == 'assistant' %}} ASSISTANT: {{{{ m.content }}}}</s>"
        "{% elif m.role == 'user' %} USER: {{ m.content }}{% else %} {{ m.content }}{% endif %}"
        f"{END}{GENERATION} ASSISTANT:{{% endif %}}"
    ),
    "openchat": (
        f"<s>{LOOP}GPT4 Correct {{{{ m.role | title }}}}: {{{{ m.content }}}}<|end_of_turn|>{END}"
        f"{GENERATION}GPT4 Correct Assistant:{{% endif %}}"
    ),
    "solar": "<|im_start|>" + framed("### {{ m.role }}:\n", "\n\n", "### assistant:\n"),
    "chatqa": (
        f"<|begin_of_text|>{LOOP}{{{{ m.role | title }}}}: {{{{ m.content }}}}\n\n{END}{GENERATION}"
        "Assistant:{% endif %}"
    ),
    "ambermodel": (
        f"<s>A chat.{LOOP}\n### {{{{ 'Human' if m.role == 'user' else m.role | title }}}}: "
        f"{{{{ m.content }}}}{END}{GENERATION}\n### Assistant:{{% endif %}}"
    ),
    "answer-behind-control": (
        f"{LOOP}<|im_start|>{{{{ m.role }}}}{{{{ '<|endoftext|>' if m.role == 'assistant' else '\n'"
        f" }}}}{{{{ m.content }}}}<|im_end|>{END}{GENERATION}<|im_start|>assistant{{% endif %}}"
    ),
    "granite": (
        "{% if messages[0].role != 'system' %}<|start_of_role|>system<|end_of_role|>Today: "
        "{{ strftime_now('%B %d, %Y') }}.<|end_of_text|>\n{% endif %}"
        + framed(GRANITE, "<|end_of_text|>\n", GRANITE.replace("{{ m.role }}", "assistant"))
    ),
    "falcon": (
        f"{LOOP}{{% if not loop.first %}}\n\n{{% endif %}}{{{{ m.role | title }}}}: "
        f"{{{{ m.content | trim }}}}{END}{GENERATION}\n\nAssistant:{{% endif %}}"
    ),
    "command-r": "<BOS_TOKEN>"
    + framed(
        "<|START_OF_TURN_TOKEN|><|{{ 'CHATBOT' if m.role == 'assistant' else m.role | upper }}"
        "_TOKEN|>",
        "<|END_OF_TURN_TOKEN|>",
        "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    ),
    "olmo": (
        "<|endoftext|>" + LOOP + "<|{{ m.role }}|>\n{{ m.content }}{% if m.role == 'assistant' %}"
        "<|endoftext|>{% endif %}\n" + END + GENERATION + "<|assistant|>\n{% endif %}"
    ),
    "exaone": framed("[|{{ m.role }}|]", "[|endofturn|]\n", "[|assistant|]"),
    "lfm2": "<|startoftext|>"
    + framed("<|im_start|>{{ m.role }}\n", "<|im_end|>\n", "<|im_start|>assistant\n"),
    "alpaca": framed(
        "### {{ m.role | title }}:\n", "\n\n", "### Assistant:\n", "m.content.strip()"
    ),
    "gemma3": (
        "<bos>{% set s = '' %}{% set turns = messages %}{% if messages[0].role == 'system' %}"
        "{% set s = messages[0].content + '\n\n' %}{% set turns = messages[1:] %}{% endif %}"
        f"{{% for m in turns %}}{ALTERNATE}<start_of_turn>"
        "{{ 'model' if m.role == 'assistant' else m.role }}\n{{ s if loop.first }}"
        f"{{{{ m.content | trim }}}}<end_of_turn>\n{END}{GENERATION}<start_of_turn>model\n"
        "{% endif %}"
    ),
    "phi3.5": (  # only what it knows of is written, and the text has an end of its own
        f"{LOOP}{{% if m.role in ('system', 'user', 'assistant') %}}<|{{{{ m.role }}}}|>\n"
        f"{{{{ m.content }}}}<|end|>\n{{% endif %}}{END}{GENERATION}<|assistant|>\n"
        "{% else %}<|endoftext|>{% endif %}"
    ),
    "apriel": (  # a line break stands before the closing token, and an end behind it
        f"<s><|system|>\nYou reason.\n<|end|>\n{LOOP}<|{{{{ m.role }}}}|>\n{{{{ m.content }}}}\n"
        f"<|end|>\n{{% if m.role == 'assistant' %}}</s>{{% endif %}}{END}"
        f"{GENERATION}<|assistant|>\n{{% endif %}}"
    ),
    "kimi-k2": (
        "{% if messages[0].role != 'system' %}<|im_system|>system<|im_middle|>You help.<|im_end|>"
        "{% endif %}"
        + framed(
            "<|im_{{ m.role }}|>{{ m.role }}<|im_middle|>",
            "<|im_end|>",
            "<|im_assistant|>assistant<|im_middle|>",
        )
    ),
    "seed-oss": framed("<seed:bos>{{ m.role }}\n", "<seed:eos>", "<seed:bos>assistant\n"),
    "nemotron": framed(
        "<extra_id_1>{{ 'System' if m.role == 'system' else m.role | title }}\n",
        "\n",
        "<extra_id_1>Assistant\n",
        "m.content.strip()",
    ),
    "rwkv": (  # empty lines within a text are folded
        f"{LOOP}{{{{ m.role | title }}}}: {{{{ m.content.strip() | replace('\n\n', '\n') }}}}\n\n"
        f"{END}{GENERATION}Assistant:{{% endif %}}"
    ),
    "stablelm": framed("<|{{ m.role }}|>\n", "<|endoftext|>\n", "<|assistant|>\n"),
    "baichuan": framed(
        "{{ {'user': '<reserved_106>', 'assistant': '<reserved_107>'}[m.role] }}",
        "",
        "<reserved_107>",
    ),
    "no-names": framed("", "<|end|>", ""),
    **THINKING_TEMPLATES,
}
# templates that take user and assistant in turn only
ALTERNATING = {name for name, template in TEMPLATES.items() if ALTERNATE in template}
CONTROL = re.compile(
    r"<\|[^|{}]+\|>|<s>|</s>|<bos>|<BOS_TOKEN>|<start_of_turn>|<end_of_turn>|<｜[^｜{}]+｜>"
    r"|<extra_id_1>|<seed:[be]os>|<reserved_10[67]>"
    r"|\[/?INST\]|\[/?SYSTEM_PROMPT\]|\[/?TOOL_RESULTS\]|\[gMASK\]|<sop>|\[\|[a-z]+\|\]"
)
TEXT_TAGS = {"llama2": {"[INST]", "[/INST]"}, "mistral-v1": {"[INST]", "[/INST]"}}
ROLE_TAGS = {
    name: [f"<|{role}|>" for role in ("system", "user", "assistant", "tool")]
    for name in ("phi3", "glm-4.5", "phi3.5", "apriel", "stablelm")
}


def control_tokens(name):
    """The control tokens of a template that are tokens of its tokenizer."""
    tokens = set(CONTROL.findall(TEMPLATES[name])) - TEXT_TAGS.get(name, set())
    return sorted(tokens | set(ROLE_TAGS.get(name, ())))
