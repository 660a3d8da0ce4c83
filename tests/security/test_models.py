"""What a model may do to the machine that opens it: nothing.

And which models the dashboard opens at all.
"""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import fields

import pytest

from delift_core.data.example import Example, Turn
from delift_core.errors import DeliftError, ModelUnavailable, OutsideRoots, UnusablePrompt
from pages.server.allowed_paths import model_source
from tests.pages.conftest import texts

EXAMPLE = Example("1", "What is 2 + 2?", "4", (Turn("user", "What is 2 + 2?"),))
ATTACKS = {
    "reads classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "opens a file": "{{ cycler.__init__.__globals__.os.popen('touch TRACE').read() }}",
    "imports a module": (
        "{{ self.__init__.__globals__.__builtins__.__import__('os').system('touch TRACE') }}"
    ),
    "writes into its input": "{% set _ = messages.append(1) %}",
    "includes a file": "{% include '/etc/passwd' %}",
    "counts for ever": "{% for i in range(10**9) %}{% endfor %}",
    "divides by zero": "{{ 1 / 0 }}",
    "calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "fills the memory": "{{ 'a' * 10**15 }}",
}


@pytest.fixture
def model_folder(tiny_folder, tmp_path):
    """A copy of a tiny model that a test may turn into an attack."""
    return shutil.copytree(tiny_folder(), tmp_path / "models" / "mine")


def said_of(folder, **options):
    """The one sentence with which a folder is refused as a model."""
    from delift_core.scoring.model import load_model

    with pytest.raises(ModelUnavailable) as refused:
        load_model(folder, device="cpu", **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def render_all(model):
    from delift_core.scoring.pair_trace import trace_pair
    from delift_core.scoring.pairs import scorer_for

    return trace_pair(scorer_for(model, "chat"), EXAMPLE, EXAMPLE)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_chat_template_cannot_leave_its_sandbox(model_folder, tmp_path, tried, attack):
    from delift_core.scoring.model import load_model

    trace = tmp_path / "trace"
    (model_folder / "chat_template.jinja").write_text(ATTACKS[attack].replace("TRACE", str(trace)))
    model = load_model(model_folder, device="cpu")
    with pytest.raises(UnusablePrompt) as refused:
        render_all(model)
    assert (
        not trace.exists()
        and "Use template plain." in str(refused.value)
        and "\n" not in str(refused.value)
    )
    tried(f"a chat template that {attack}", "refused", str(refused.value))


def test_pickled_weights_are_never_opened_and_the_sentence_says_how_to_convert_them(
    model_folder, tmp_path, tried
):
    trace = tmp_path / "trace"
    (model_folder / "model.safetensors").unlink()
    (model_folder / "pytorch_model.bin").write_bytes(
        b"cos\nsystem\n(S'touch " + os.fsencode(trace) + b"'\ntR."
    )
    sentence = said_of(model_folder)
    assert (
        "pytorch_model.bin is a pickle" in sentence
        and "convert them once" in sentence
        and not trace.exists()
    )
    tried("a model with pickled weights", "refused", sentence)


def test_a_hub_model_with_pickled_weights_only_is_refused_and_no_robot_converts_it(
    tiny_folder, tmp_path, monkeypatch, tried
):
    """The model is in the hub's cache; transformers would now request a converted copy."""
    conversions = []
    monkeypatch.setattr(
        "transformers.modeling_utils.auto_conversion",
        lambda *arguments, **_: conversions.append(arguments) or (None, None, False),
    )
    monkeypatch.setattr("transformers.modeling_utils.is_offline_mode", lambda: False)
    snapshot = tmp_path / "models--anna--pickled" / "snapshots" / ("a" * 40)
    shutil.copytree(tiny_folder(), snapshot)
    (snapshot / "model.safetensors").rename(snapshot / "pytorch_model.bin")
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("a" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # or it asks for 20 s
    sentence = said_of("anna/pickled")
    assert "it has no weights as safetensors" in sentence and not conversions
    tried("a hub model with pickled weights", "refused", sentence)


def test_code_that_comes_with_a_model_has_no_switch_that_runs_it(model_folder, tmp_path, tried):
    """Neither the library nor the command line nor a worker's task takes a word for it."""
    import inspect

    from delift_core.cli.main import main
    from delift_core.jobs.requests import REQUESTS
    from delift_core.scoring.model import load_model

    trace = tmp_path / "trace"
    (model_folder / "custom.py").write_text(
        f"open({str(trace)!r}, 'w')\nclass Config: ...\nclass Model: ...\n"
    )
    config = model_folder / "config.json"
    config.write_text(
        json.dumps(
            {
                **json.loads(config.read_text()),
                "model_type": "homemade",
                "trust_remote_code": True,
                "auto_map": {"AutoConfig": "custom.Config", "AutoModelForCausalLM": "custom.Model"},
            }
        )
    )
    sentence = said_of(model_folder)
    assert "never executed here" in sentence and not trace.exists()
    options = {
        *inspect.signature(load_model).parameters,
        *(field.name for request in REQUESTS.values() for field in fields(request)),
        *(
            name
            for command in main.commands.values()
            for parameter in command.params
            for name in parameter.opts
        ),
    }
    assert not [
        option
        for option in options
        if "trust" in option or "remote" in option or "pickle" in option
    ]
    tried("a model that brings code", "refused", sentence)


def test_a_data_set_that_brings_code_has_its_code_left_alone(tmp_path, tried):
    from delift_core.data.readers import read_dataset

    folder, trace = tmp_path / "set", tmp_path / "trace"
    folder.mkdir()
    (folder / "set.py").write_text(f"open({str(trace)!r}, 'w')\n")
    (folder / "dataset_infos.json").write_text("{}")
    (folder / "data.jsonl").write_text('{"prompt": "a", "response": "b"}\n')
    with suppress(DeliftError):
        assert len(read_dataset(folder)) == 1
    assert not trace.exists()
    tried("a data set folder with a loading script", "not run")


# which models the dashboard opens


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder of models that the dashboard may open, with one in it; another lies beside it."""
    for name in ("models/mine", "beside/secret"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.json").write_text("{}")
    monkeypatch.setenv("DELIFT_MODELS", os.pathsep.join([str(tmp_path / "models"), ""]))
    return tmp_path / "models"


def test_a_hub_id_and_a_folder_under_the_root_are_models(root):
    assert [model_source(name) for name in ("bundled", "anna/small-1.5", "gpt2")] == [
        "bundled",
        "anna/small-1.5",
        "gpt2",
    ]
    assert {
        model_source(name) for name in ("mine", "./mine", str(root / "mine"), f"{root}/x/../mine")
    } == {str(root / "mine")}


@pytest.mark.parametrize(
    "typed",
    [
        "../beside/secret",
        "{root}/../beside/secret",
        "{root}-other",
        "/etc",
        "~",
        "mine/../../beside/secret",
        "..",
        "docs/screenshots",
        "file:///etc",
        "anna/../../etc",
        "mine\x00",
        "a" * 5000,
        "-",
        "http://evil.example/model",
        "absent/deep/er",
    ],
)
def test_no_other_folder_is_a_model_and_one_sentence_says_so(root, tried, typed):
    typed = typed.replace("{root}", str(root))
    with pytest.raises(OutsideRoots) as refused:
        model_source(typed)
    assert "DELIFT_MODELS" in str(refused.value)
    tried(f"a model named {typed[:40]}", "refused", str(refused.value)[len(typed) :])


def test_a_link_does_not_lead_out_of_the_root(root, tried):
    (root / "linked").symlink_to(root.parent / "beside" / "secret")
    (root / "half").mkdir()
    (root / "half" / "config.json").symlink_to(root.parent / "beside" / "secret" / "config.json")
    (root / "inner").symlink_to(root / "mine")
    for typed in ("linked", "half", str(root / "linked")):
        with pytest.raises(OutsideRoots):
            model_source(typed)
    assert model_source("inner") == str(root / "mine")
    tried(
        "a model folder that is a link, or holds one",
        "refused",
        "a link inside the root is followed",
    )


def test_without_a_root_no_folder_is_a_model(tmp_path, monkeypatch, tried):
    monkeypatch.delenv("DELIFT_MODELS", raising=False)
    with pytest.raises(OutsideRoots) as refused:
        model_source(str(tmp_path))
    tried(
        "a model folder, no root being named", "refused", str(refused.value)[len(str(tmp_path)) :]
    )


def test_an_address_that_names_a_folder_gets_a_sentence_and_no_job(page_of, workspace, tmp_path):
    page = page_of("prepare/model", model="/etc")
    assert "neither a Hugging Face id" in texts(page) and not page.exception
    assert (
        "Look at the model" not in [box.label for box in page.button]
        and not (workspace / "models").exists()
    )
