"""Score what a run lacks.

Any number of calls, one after another or cut off half way, end in the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from delift_core.runs.integrity import has_alone, sweep, to_score
from delift_core.runs.lock import scoring_lock
from delift_core.runs.store import Run
from delift_core.scoring.kernel_names import KERNELS, is_square
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for, score_alone, score_tile
from delift_core.scoring.plan import Cost, Tile, count_tokens, predict
from delift_core.scoring.throughput import lengths, tokens_per_second, used_memory
from delift_core.workflow.pack_size import within_memory


def score_missing(
    run: Run,
    model: CausalModel,
    names: Iterable[str],
    progress: Callable[[int], None] = lambda done: None,
    doing: Callable[[str], None] = lambda what: None,
) -> Iterator[tuple[str, Tile]]:
    """Score and store every missing tile of the named kernels, yielding each as it is on disk.

    progress: called with the number of pairs just finished, several times within a tile; with 0
    while examples are read by themselves. doing: called with a few words whenever another kind of
    work begins.
    """
    prompter = prompter_for(model, run.record["template"])
    with scoring_lock(run.folder):
        sweep(run)
        for name in names:
            answered, shown = (run.datasets[role] for role in KERNELS[name])
            doing(f"writing the prompts of {name}")
            prompter.rehearse(answered.examples, shown.examples)
            for role in KERNELS[name]:
                if not has_alone(run, role):
                    doing(f"reading each {role} example by itself")
                    with within_memory(run.folder, model):
                        alone = score_alone(
                            model, prompter, run.datasets[role], lambda done: progress(0)
                        )
                    run.write_alone(role, alone)
            doing(f"scoring {name}")
            tiles = to_score(run, name)
            run.sample_pairs(name)
            alone, drawn = run.alone(KERNELS[name][0]), run.pair_sample(name)
            for tile in tiles:
                # (rows, columns)
                mask = None if drawn is None else drawn.mask[tile.rows, tile.columns]
                with within_memory(run.folder, model):
                    # (3, rows, columns)
                    planes = score_tile(
                        model, prompter, answered, shown, alone, tile, progress, mask
                    )
                run.write_tile(name, tile, planes)
                yield name, tile


def cost_of(run: Run, model: CausalModel, missing: Mapping[str, list[Tile]]) -> Cost:
    """What scoring the missing tiles of these kernels, and what they need, will take, from a few
    seconds of measuring on the first that lacks any.
    """
    prompter = prompter_for(model, run.record["template"])
    own = {
        role: lengths(prompter, run.datasets[role]) for name in missing for role in KERNELS[name]
    }
    tokens = sum(int(own[role].sum()) for role in own if not has_alone(run, role))
    for name, work in missing.items():
        answered, shown = (own[role] for role in KERNELS[name])
        tokens += count_tokens(
            work,
            answered,
            shown,
            run.plan.per_column(len(answered), is_square(name)) / len(answered),
        )
    name = next(name for name, work in missing.items() if work)
    with within_memory(run.folder, model):
        rate = tokens_per_second(model, prompter, *(run.datasets[role] for role in KERNELS[name]))
    return predict(
        sum(run.pairs(name, work) for name, work in missing.items()),
        tokens,
        rate,
        used_memory(model),
    )
