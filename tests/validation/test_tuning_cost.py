"""What tuning will take: what is done once for all models is not counted for each of them."""

from dataclasses import asdict
from types import SimpleNamespace

from delift_core.validation import tuning_cost
from delift_core.validation.cells import Cell, Setting
from delift_core.validation.measuring import CellInputs
from delift_core.validation.tuners.lora import LoraOptions
from delift_core.validation.tuning_cost import measured_cost


def test_what_the_first_loading_takes_is_not_counted_for_every_model(
    for_tuning, roles, monkeypatch
):
    waited, hour = [0.0], 3600.0
    real = tuning_cost.time.perf_counter
    clock = SimpleNamespace(perf_counter=lambda: real() + waited[0])
    monkeypatch.setattr(tuning_cost, "time", clock)

    def load():
        waited[0] = hour  # a conversion; later loads find it
        return for_tuning()

    inputs = CellInputs(load, roles["pool"], roles["known"])
    held_out = inputs.held_out.text_fingerprint
    options = asdict(LoraOptions(rank=2))
    setting = Setting(for_tuning().record, "chat", held_out, "lora", options, 1e-2)
    cells = [Cell(setting, tuple(inputs.rows), 2, seed) for seed in range(3)]
    cost = measured_cost(cells, inputs)
    assert cost.models == 3 and 0 < cost.seconds < hour
