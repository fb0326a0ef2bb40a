"""A sample of the benchmark of mutated quotations: nothing wrong passes, nothing right is refused."""

import importlib.util
from pathlib import Path

BENCHMARK = Path(__file__).parent / "benchmarks" / "fidelity.py"


def test_a_sample_of_mutated_quotations() -> None:
    spec = importlib.util.spec_from_file_location("fidelity", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    fidelity = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fidelity)
    table, faults = fidelity.run(each=5, seed=11)
    assert faults == []
    assert all(counts.total() for counts in table.values())
