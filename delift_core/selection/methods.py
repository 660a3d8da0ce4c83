"""The register of every way to choose: the objectives, maximised greedily, and the baselines.

A new baseline is one file in `baselines/` and one line in BASELINES.
"""

from collections.abc import Mapping

from delift_core.errors import UnknownChoice
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.baselines.cluster_easy_hard import CLUSTER_EASY_HARD
from delift_core.selection.baselines.column import COLUMN
from delift_core.selection.baselines.consistency import CONSISTENCY
from delift_core.selection.baselines.easiest import EASIEST
from delift_core.selection.baselines.embedding_coverage import EMBEDDING_COVERAGE
from delift_core.selection.baselines.gradients import GRADIENTS
from delift_core.selection.baselines.hardest import HARDEST
from delift_core.selection.baselines.herding import HERDING
from delift_core.selection.baselines.id_list import ID_LIST
from delift_core.selection.baselines.ifd import IFD
from delift_core.selection.baselines.k_center import K_CENTER
from delift_core.selection.baselines.longest import LONGEST
from delift_core.selection.baselines.mean_helpfulness import MEAN_HELPFULNESS
from delift_core.selection.baselines.middle import MIDDLE
from delift_core.selection.baselines.probes import PROBES
from delift_core.selection.baselines.random import RANDOM
from delift_core.selection.baselines.random_per_group import RANDOM_PER_GROUP
from delift_core.selection.baselines.retrieval import RETRIEVAL
from delift_core.selection.baselines.rounds import ROUNDS
from delift_core.selection.baselines.unhelped import UNHELPED
from delift_core.selection.method import Method, Need
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES

BASELINES = (
    RANDOM,
    RANDOM_PER_GROUP,
    LONGEST,
    HARDEST,
    MIDDLE,
    EASIEST,
    IFD,
    EMBEDDING_COVERAGE,
    K_CENTER,
    CLUSTER_EASY_HARD,
    HERDING,
    RETRIEVAL,
    MEAN_HELPFULNESS,
    CONSISTENCY,
    UNHELPED,
    PROBES,
    GRADIENTS,
    ROUNDS,
    COLUMN,
    ID_LIST,
)
ROLE_NEEDS = {"target": Need.TARGET, "known": Need.KNOWN}


def methods() -> Mapping[str, Method]:
    """Every way to choose by name: what it needs, what it costs, where it is published."""
    greedy = [_objective_method(name) for name in OBJECTIVES]
    return {method.name: method for method in (*greedy, *BASELINES)}


def named_method(name: str) -> Method:
    """The method of that name. Raises UnknownChoice."""
    register = methods()
    if name not in register:
        raise UnknownChoice(f"No method is called {name!r}. Choose one of {', '.join(register)}.")
    return register[name]


def _objective_method(name: ObjectiveName) -> Method:
    """An objective as a way to choose."""
    spec = OBJECTIVES[name]
    roles = {role for kernel in spec.kernels for role in KERNELS[kernel]}
    return Method(
        name=str(name),
        title=spec.title,
        sentence=spec.sentence,
        needs=(Need.KERNEL, *(need for role, need in ROLE_NEEDS.items() if role in roles)),
        cost=f"one forward pass for every pair of {' and '.join(spec.kernels)}",
        source="DELIFT, arXiv 2411.04425",
    )
