"""What every part of the Compare page shows: the selections, how they look, how they measure."""

from dataclasses import dataclass

from delift_core.charts.looks import Look, looks_of
from delift_core.comparison.comparison import Comparison
from delift_core.runs.run import Run
from pages.session import address, cached_comparison, cached_fields, compared
from pages.session.cached_comparison import Gathered
from pages.widgets.theme import palette


@dataclass(frozen=True, eq=False)
class CompareView:
    """One comparison, ready to be drawn."""

    run: Run
    gathered: Gathered
    looks: list[Look]  # of each selection
    comparison: Comparison
    field: str | None  # that compositions are by

    @classmethod
    def of(cls, run: Run, gathered: Gathered) -> "CompareView":
        """The view of what was gathered. Raises DamagedRun."""
        titles = [compared.title(run, name) for name in gathered.names]
        field = composition_field(run)
        comparison = cached_comparison.comparison(run, gathered, [field] if field else [])
        return cls(run, gathered, looks_of(titles, palette()), comparison, field)


def composition_field(run: Run) -> str | None:
    """The field of the address, or else that with the fewest values; None where rows have none."""
    fields = cached_fields.group_fields(run)
    asked = address.get("compare_by")
    if asked in fields:
        return asked
    return fields[0] if fields else None
