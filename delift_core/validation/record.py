"""Evidence as JSON holds it: every number that pages, report and command line show."""

import math
from collections.abc import Mapping, Sequence

from delift_core.validation.ablation import SourceEffect
from delift_core.validation.equal_tokens import EqualTokens
from delift_core.validation.evidence import Evidence
from delift_core.validation.forgetting import Forgetting
from delift_core.validation.group_matrix import GroupMatrix
from delift_core.validation.growth import Growth
from delift_core.validation.statistics import Difference, Losses


def evidence_record(evidence: Evidence) -> dict:
    """What was found of a selection; a number that is none is null."""
    return {
        "selection": evidence.selection,
        "sentence": evidence.sentence,
        "held_out": len(evidence.scored),
        "noise_floor": evidence.noise_floor,
        "agreement": finite(evidence.agreement),
        "arms": [arm_record(evidence, name, losses) for name, losses in evidence.losses.items()],
        "by_group": differences_record(evidence.by_group),
        "beyond_groups": optional_record(evidence.beyond),
        "way": {name: [finite(end) for end in ends] for name, ends in evidence.way.items()},
    }


def arm_record(evidence: Evidence, name: str, losses: Losses) -> dict:
    """The models of an arm and how it differs from random selections."""
    return {
        "arm": name,
        "losses": losses.models.tolist(),
        "loss": float(losses.by_example.mean()),
        "score": finite(evidence.scores[name]),
        "against_random": optional_record(evidence.differences.get(name)),
    }


def differences_record(differences: Mapping[str, Difference]) -> dict:
    """Name -> difference."""
    return {name: difference_record(difference) for name, difference in differences.items()}


def difference_record(difference: Difference) -> dict:
    """A difference with its interval, in nats a response token."""
    return {
        "mean": difference.mean,
        "low": difference.low,
        "high": difference.high,
        "standard_error": difference.standard_error,
        "example_error": finite(difference.example_error),
        "detectable": difference.detectable,
        "improved": difference.improved,
        "examples": len(difference.per_example),
    }


def finite(value: float) -> float | None:
    """A number, or None for NaN."""
    return None if math.isnan(value) else float(value)


def equal_tokens_record(equal: EqualTokens, evidence: Evidence) -> dict:
    """Response tokens that every model reads, and what was found of the selection with so many."""
    return {"tokens": equal.to_read, **evidence_record(evidence)}


def growth_record(growth: Growth) -> list[dict]:
    """Every arm at every budget, on all examples (group null) and on each group."""
    return [
        {
            "arm": point.arm,
            "budget": point.budget,
            "rows": point.rows,
            "group": point.group,
            "losses": point.runs.tolist(),
            "beside_untuned": difference_record(point.beside_untuned),
            "beside_random": optional_record(point.beside_random),
        }
        for point in growth.points
    ]


def matrix_record(matrix: GroupMatrix) -> dict:
    """Losses by the group tuned on and the group measured on."""
    return {
        "tuned_on": list(matrix.tuned_on),
        "measured_on": list(matrix.measured_on),
        "losses": matrix.losses.tolist(),
        "untuned": matrix.untuned.tolist(),
    }


def sources_record(sources: Sequence[SourceEffect]) -> list[dict]:
    """What each changed source does."""
    return [
        {
            "source": effect.source,
            "change": str(effect.change),
            "rows": effect.rows,
            **difference_record(effect.difference),
        }
        for effect in sources
    ]


def forgetting_record(forgetting: Forgetting) -> dict:
    """Every arm beside the base model, on known and on held-out examples."""
    return {
        "before": forgetting.before,
        "known": differences_record(forgetting.known),
        "new": differences_record(forgetting.new),
    }


def optional_record(difference: Difference | None) -> dict | None:
    """A difference, or null."""
    return None if difference is None else difference_record(difference)
