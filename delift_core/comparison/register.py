"""The register of measures, in the order of the table.

A new measure is one file in `measures/` and one line in MEASURES.
"""

from delift_core.comparison.measures.coverage import (
    HELD_OUT_COVERAGE,
    POOL_COVERAGE,
    TARGET_COVERAGE,
)
from delift_core.comparison.measures.embedding_coverage import EMBEDDING_COVERAGE
from delift_core.comparison.measures.lengths import MEDIAN_LENGTH, TOKENS
from delift_core.comparison.measures.likelihood import MEAN_IFD, MEAN_NLL
from delift_core.comparison.measures.mmd import MMD_TO_POOL, MMD_TO_TARGET
from delift_core.comparison.measures.near_duplicates import NEAR_DUPLICATES
from delift_core.comparison.measures.vendi import VENDI
from delift_core.comparison.measures.wrong_answers import WRONG_ANSWERS

MEASURES = (
    POOL_COVERAGE,
    TARGET_COVERAGE,
    HELD_OUT_COVERAGE,
    EMBEDDING_COVERAGE,
    VENDI,
    MMD_TO_POOL,
    MMD_TO_TARGET,
    NEAR_DUPLICATES,
    WRONG_ANSWERS,
    TOKENS,
    MEDIAN_LENGTH,
    MEAN_NLL,
    MEAN_IFD,
)
