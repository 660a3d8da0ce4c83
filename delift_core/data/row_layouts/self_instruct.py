"""Self-instruct: a task with its instruction, and a list of instances with input and output."""

from collections.abc import Mapping
from dataclasses import replace

from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.prompt_response import ALPACA


def _is_task(fields: Mapping) -> bool:
    instances = fields.get("instances")
    if not isinstance(instances, list) or not instances:
        return False
    return all(
        isinstance(instance, Mapping) and ALPACA.fits({**fields, **instance})
        for instance in instances
    )


def _read_task(fields: Mapping) -> list[Reading]:
    """One example per instance, each with the task's instruction."""
    task = {name: value for name, value in fields.items() if name != "instances"}
    readings = [ALPACA.read(task | instance)[0] for instance in fields["instances"]]
    if len(readings) == 1:
        return readings
    return [replace(reading, part=part) for part, reading in enumerate(readings, 1)]


NESTED_INSTANCES = Layout(
    "nested instances", "instruction and a list of instances with output", _is_task, _read_task
)
