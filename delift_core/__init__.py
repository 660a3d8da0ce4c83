"""DELIFT: choose, look at and defend the examples a language model is fine-tuned on (arXiv
2411.04425).

    import delift_core as delift

    pool = delift.read_dataset("pool.jsonl")
    kernel = delift.score_utilities(pool, model=delift.load_model("bundled"))
    chosen = delift.maximise(delift.facility_location(kernel.similarity()), budget=0.3)

Names are resolved on first use, so importing this costs nothing heavy.
"""

import importlib

HOMES = {
    "read_dataset": "data.readers",
    "hold_out": "data.hold_out",
    "Dataset": "data.example",
    "Example": "data.example",
    "Problem": "data.example",
    "Turn": "data.example",
    "load_model": "scoring.model",
    "score_utilities": "scoring.kernel_scoring",
    "UtilityKernel": "scoring.kernel",
    "Plan": "scoring.plan",
    "similarities": "scoring.kernel",
    "facility_location": "selection.objectives",
    "flqmi": "selection.objectives",
    "flvmi": "selection.objectives",
    "flcg": "selection.objectives",
    "flcmi": "selection.objectives",
    "weighted": "selection.objective",
    "maximise": "selection.greedy",
    "choose": "selection.choose",
    "read_ranking": "selection.imported",
    "methods": "selection.methods",
    "gradient_features": "validation.features",
    "tuning_rounds": "validation.rounds",
    "Selection": "selection.greedy",
    "Budget": "selection.budget",
    "compare": "comparison.compare",
    "validate": "validation.validate",
    "export_subset": "export.subset",
    "open_run": "runs.store",
    "DeliftError": "errors",
}
__all__ = list(HOMES)


def __getattr__(name: str):
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(HOMES)
