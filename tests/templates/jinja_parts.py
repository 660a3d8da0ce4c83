"""Pieces that several chat templates are put together from."""

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
