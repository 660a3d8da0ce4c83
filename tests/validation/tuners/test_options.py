"""Options of tuners as they are typed: kinds as of the usual values, what cannot be is refused."""

import pytest
import torch

from delift_core.errors import MethodUnavailable, UnknownChoice
from delift_core.validation.network import tunable
from delift_core.validation.tuners.options import (
    option_sentences,
    recorded_options,
    tuner_text,
    typed_options,
    usual_options,
)
from delift_core.validation.tuners.register import TUNERS


@pytest.mark.parametrize("tuner", TUNERS.values(), ids=TUNERS)
def test_what_is_typed_as_usual_is_the_usual_value(tuner):
    usual = usual_options(tuner)
    assert typed_options(tuner, [f"{name}={value}" for name, value in usual.items()]) == usual
    tuner.options(**usual)
    assert all(sentence.endswith(".") for sentence in option_sentences(tuner).values())


def test_every_kind_of_option_is_read():
    typed = ["rank=4", "dropout=0.1", "layers=q_proj, v_proj"]
    expected = {"rank": 4, "dropout": 0.1, "layers": ("q_proj", "v_proj")}
    assert typed_options(TUNERS["lora"], typed) == expected


@pytest.mark.parametrize(
    ("tuner", "typed", "sentence"),
    [
        ("lora", "ranks=4", "has no option 'ranks'. Choose rank or alpha or dropout or layers"),
        ("ia3", "rank=4", "Choose another tuner"),
        ("lora", "rank=0", "is '0'. Give a whole number from 1, such as rank=8"),
        ("lora", "dropout=1", "a share from 0 to below 1"),
        ("prefix", "tokens=many", "a whole number from 1, such as tokens=5"),
        ("lora", "layers=,", "one name, or several with commas"),
        ("prefix_shared", "pruned=1.5", "a share from 0 to below 1, such as pruned=0.0"),
    ],
)
def test_what_cannot_be_an_option_is_refused_with_what_can(tuner, typed, sentence):
    with pytest.raises(UnknownChoice, match=sentence):
        typed_options(TUNERS[tuner], [typed])


@pytest.mark.parametrize(
    ("tuner", "varied", "sentence"),
    [
        ("lora", {"ranks": 4}, "has no option 'ranks'"),
        ("lora", {"rank": 0}, "is 0. Give a whole number from 1, such as rank=8"),
        ("lora", {"rank": 2.5}, "is 2.5. Give a whole number from 1"),
        ("prefix_shared", {"pruned": 1.0}, "is 1.0. Give a share from 0 to below 1"),
        ("prefix_shared", {"pruned": "0.4"}, "is '0.4'. Give a share"),
    ],
)
def test_what_python_gives_is_refused_alike(tuner, varied, sentence):
    with pytest.raises(UnknownChoice, match=sentence):
        recorded_options(TUNERS[tuner], varied)


def test_a_tuner_is_told_with_what_is_not_as_usual():
    lora = TUNERS["lora"]
    assert tuner_text(lora, usual_options(lora)) == "lora"
    varied = {**usual_options(lora), "rank": 16, "layers": ["q_proj", "v_proj"]}
    assert tuner_text(lora, varied) == "lora rank 16, layers q_proj, v_proj"
    assert tuner_text(TUNERS["ia3"], {"of a later version": 1}) == "ia3 of a later version 1"


@pytest.mark.parametrize("tuner", TUNERS.values(), ids=TUNERS)
def test_recorded_options_make_the_options_again(tuner):
    for varied in ({}, dict.fromkeys(usual_options(tuner).keys() & {"tokens", "rank"}, 3)):
        assert tuner.options(**recorded_options(tuner, varied)) == tuner.options(**varied)


def test_adapters_stand_beside_the_layers_that_are_named_and_others_are_refused(for_tuning):
    lora = TUNERS["lora"]
    options = lora.options(**typed_options(lora, ["layers=q_proj", "rank=2"]))
    trainable = tunable(for_tuning(), lora, options).trainable
    assert trainable and all("q_proj" in name for name in trainable)
    assert {min(weight.shape) for weight in trainable.values()} == {2}
    missing = lora.options(layers=("q_proj", "c_attn"))
    with torch.no_grad(), pytest.raises(MethodUnavailable, match="no c_attn. Name others"):
        tunable(for_tuning(), lora, missing)
