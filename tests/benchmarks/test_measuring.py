"""How repetitions are taken, and what the measured profiles send."""

from __future__ import annotations

from pathlib import Path

from benchmarks.effort import Effort, ratios
from benchmarks.profiles import profile_text
from corstui import load_profile
from corstui.runner import plan
from corstui.runner.simulate import rehearse


def test_what_is_compared_runs_in_turn_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    first, second = Effort().in_turn(2, lambda: measure("a"), lambda: measure("b"))
    assert order == ["b", "a", "a", "b", "b", "a"]
    assert (first, second) == ((3.0, 6.0), (4.0, 5.0))


def test_a_ratio_belongs_to_one_round() -> None:
    assert ratios((2.0, 9.0), (1.0, 3.0)) == (2.0, 3.0)


def test_every_cell_of_a_measured_profile_is_a_preflight_and_a_request(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(profile_text(4, 3, settings="concurrency: 64, per_host: 64", refused=1))
    profile = load_profile(path, process_env={})
    cells = plan(profile).cells
    assert len(cells) == 12
    assert {tuple(request.method for request in rehearse(cell)) for cell in cells} == {("OPTIONS", "PUT")}
    assert all(cell.sends for cell in cells)
    assert [value for value in dict.fromkeys(cell.origin_value for cell in cells) if "refused" in value] == [
        "https://refused2.example"
    ]
