"""Chat templates that open, close, keep or strip chains of thought, or head them with the day."""

from tests.templates.jinja_parts import END, GENERATION, LOOP, THINKING

THINKING_TEMPLATES = {
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
    "lfm2.5": (  # a thought is kept in the last answer only
        "<|startoftext|>{% set ns = namespace(last=-1) %}{% for m in messages %}"
        f"{{% if m.role == 'assistant' %}}{{% set ns.last = loop.index0 %}}{{% endif %}}{END}{LOOP}"
        f"<|im_start|>{{{{ m.role }}}}\n{{% if m.role == 'assistant' %}}{THINKING}"
        "{{ m.content if loop.index0 == ns.last else answer }}{% else %}{{ m.content }}{% endif %}"
        f"<|im_end|>\n{END}{GENERATION}<|im_start|>assistant\n{{% endif %}}"
    ),
    "deepseek-v3.1": (  # an answer without a thought stands behind a closed one
        "<｜begin▁of▁sentence｜>{% for m in messages if m.role == 'system' %}{{ m.content }}\n"
        f"{{% endfor %}}{LOOP}{{% if m.role == 'user' %}}<｜User｜>{{{{ m.content }}}}"
        "{% elif m.role == 'assistant' %}<｜Assistant｜></think>"
        "{{ m.content.split('</think>')[-1] }}<｜end▁of▁sentence｜>{% elif m.role == 'tool' %}"
        f"<｜tool｜>{{{{ m.content }}}}{{% endif %}}{END}"
        f"{GENERATION}<｜Assistant｜></think>{{% endif %}}"
    ),
    "command-r7b": (  # two tokens close a turn; without a thought, thinking is closed when asked
        "<BOS_TOKEN>" + LOOP + "<|START_OF_TURN_TOKEN|>{% if m.role == 'assistant' %}"
        "<|CHATBOT_TOKEN|><|START_RESPONSE|>{{ m.content }}<|END_RESPONSE|>{% else %}"
        "<|{{ m.role | upper }}_TOKEN|>{{ m.content }}{% endif %}<|END_OF_TURN_TOKEN|>"
        + END
        + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>"
    ),
    "smollm3": (  # a header with the day, the system's text in it
        "<|im_start|>system\nToday: {{ strftime_now('%d %B %Y') }}\n"
        "{% if messages[0].role == 'system' %}{{ messages[0].content | trim }}"
        f"{{% set messages = messages[1:] %}}{{% endif %}}<|im_end|>\n{LOOP}"
        "<|im_start|>{{ 'user' if m.role == 'tool' else m.role }}\n{{ m.content | trim }}"
        f"<|im_end|>\n{END}{GENERATION}<|im_start|>assistant\n{{% endif %}}"
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
}
