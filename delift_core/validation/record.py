"""Evidence as JSON holds it: every number that pages, report and command line show."""

import math
from collections.abc import Mapping

from delift_core.validation.evidence import Evidence
from delift_core.validation.statistics import Difference, Losses


def evidence_record(evidence: Evidence) -> dict:
    """What was found of a selection; a number that is none is null."""
    return {
        "selection": evidence.selection,
        "sentence": evidence.sentence,
        "held_out": len(evidence.scored),
        "noise_floor": evidence.noise_floor,
        "arms": [arm_record(evidence, name, losses) for name, losses in evidence.losses.items()],
        "by_group": differences_record(evidence.by_group),
        "way": {name: [finite(end) for end in ends] for name, ends in evidence.way.items()},
    }


def arm_record(evidence: Evidence, name: str, losses: Losses) -> dict:
    """The models of an arm and how it differs from random selections."""
    difference = evidence.differences.get(name)
    return {
        "arm": name,
        "losses": losses.values.mean(axis=2).ravel().tolist(),  # (models,)
        "loss": float(losses.by_example.mean()),
        "score": finite(evidence.scores[name]),
        "against_random": None if difference is None else difference_record(difference),
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
        "detectable": difference.detectable,
        "improved": difference.improved,
        "examples": len(difference.per_example),
    }


def finite(value: float) -> float | None:
    """A number, or None for NaN."""
    return None if math.isnan(value) else float(value)
