"""Chat templates in the style of published ones, worded anew: name -> template.

Control tokens are named as they are in the published ones; `control_tokens` lists those of each.
"""

import re

GENERATION = "{% if add_generation_prompt %}"
LOOP = "{% for m in messages %}"
END = "{% endfor %}"
ALTERNATE = (
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles have to alternate') }}{% endif %}"
)
NO_SYSTEM = "{% if m.role == 'system' %}{{ raise_exception('There is no system role') }}{% endif %}"
THINKING = (
    "{% set answer = m.content %}{% set thought = '' %}{% if '</think>' in answer %}"
    "{% set thought = answer.split('</think>')[0].split('<think>')[-1].strip('\\n') %}"
    "{% set answer = answer.split('</think>')[-1].lstrip('\\n') %}{% endif %}"
)


def framed(opening, closing, generation, content="m.content"):
    """A template that writes every turn between an opening and a closing."""
    return f"{LOOP}{opening}{{{{ {content} }}}}{closing}{END}{GENERATION}{generation}{{% endif %}}"


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
    "qwen3": (
        "{% set ns = namespace(asked=0) %}{% for m in messages %}{% if m.role == 'user' %}"
        f"{{% set ns.asked = loop.index0 %}}{{% endif %}}{{% endfor %}}{LOOP}"
        "<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}" + THINKING + "{% if loop.index0 "
        "> ns.asked %}<think>\n{{ thought }}\n</think>\n\n{% endif %}{{ answer }}{% else %}"
        f"{{{{ m.content }}}}{{% endif %}}<|im_end|>\n{END}{GENERATION}<|im_start|>assistant\n"
        "{% endif %}"
    ),
    "deepseek-r1": (
        "<｜begin▁of▁sentence｜>{% for m in messages if m.role == 'system' %}{{ m.content }}"
        f"{{% endfor %}}{LOOP}{{% if m.role == 'user' %}}<｜User｜>{{{{ m.content }}}}"
        "{% elif m.role == 'assistant' %}<｜Assistant｜>{{ m.content.split('</think>')[-1] }}"
        "<｜end▁of▁sentence｜>{% elif m.role == 'tool' %}<｜tool｜>{{ m.content }}{% endif %}"
        f"{END}{GENERATION}<｜Assistant｜><think>\n{{% endif %}}"
    ),
    "think-opened": (
        f"{LOOP}<|im_start|>{{{{ m.role }}}}\n{{{{ m.content.split('</think>')[-1] "
        f"if m.role == 'assistant' else m.content }}}}<|im_end|>{END}{GENERATION}"
        "<|im_start|>assistant\n<think>\n{% endif %}"
    ),
    "glm-4.5": (
        f"[gMASK]<sop>{LOOP}<|{{{{ m.role }}}}|>\n{{% if m.role == 'assistant' %}}"
        + THINKING
        + "{% if loop.last %}<think>{{ thought }}</think>\n{% else %}<think></think>\n{% endif %}"
        f"{{{{ answer }}}}{{% else %}}{{{{ m.content }}}}{{% endif %}}{END}{GENERATION}"
        "<|assistant|>\n<think></think>\n{% endif %}"
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
    "gpt-oss": (
        "<|start|>system<|message|>Today: {{ strftime_now('%Y-%m-%d') }}<|end|>"
        + LOOP
        + "<|start|>{{ m.role }}{{ '<|channel|>final' if m.role == 'assistant' }}<|message|>"
        "{{ m.content }}{{ '<|return|>' if loop.last and m.role == 'assistant' else '<|end|>' }}"
        + END
        + GENERATION
        + "<|start|>assistant{% endif %}"
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
    "no-names": framed("", "<|end|>", ""),
}
CONTROL = re.compile(
    r"<\|[^|{}]+\|>|<s>|</s>|<bos>|<BOS_TOKEN>|<start_of_turn>|<end_of_turn>|<｜[^｜{}]+｜>"
    r"|\[/?INST\]|\[/?SYSTEM_PROMPT\]|\[/?TOOL_RESULTS\]|\[gMASK\]|<sop>|\[\|[a-z]+\|\]"
)
TEXT_TAGS = {"llama2": {"[INST]", "[/INST]"}, "mistral-v1": {"[INST]", "[/INST]"}}
ROLE_TAGS = {
    name: [f"<|{role}|>" for role in ("system", "user", "assistant", "tool")]
    for name in ("phi3", "glm-4.5")
}


def control_tokens(name):
    """The control tokens of a template that are tokens of its tokenizer."""
    tokens = set(CONTROL.findall(TEMPLATES[name])) - TEXT_TAGS.get(name, set())
    return sorted(tokens | set(ROLE_TAGS.get(name, ())))
