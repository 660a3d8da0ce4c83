"""A progress that notes what it is told."""

from delift_core.workflow.progress import Silent


class Counting(Silent):
    """Appends every number of finished units to a list."""

    def __init__(self, counts):
        self.counts = counts

    def advance(self, units=1):
        self.counts.append(units)
