"""``python -m benchmarks``: run them all, or some, and show the table."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks import machine, table
from benchmarks.effort import Effort
from benchmarks.figures import Figure, Missing

#: The modules, in the order of the table, with what their figures are about.
BENCHMARKS = {
    "first_frame": "Dashboard",
    "keypress": "Dashboard",
    "repaint": "Dashboard",
    "cpu": "Engine",
    "throughput": "Engine",
    "rounds": "Engine",
    "scale": "Engine",
    "startup": "Command line",
}


def main() -> int:
    arguments = _arguments()
    effort = Effort(short=arguments.short)
    sections: dict[str, list[Figure | str]] = {}
    for name, section in BENCHMARKS.items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        found = sections.setdefault(section, [])
        try:
            for figure in import_module(f"benchmarks.{name}").measure(effort):
                print(f"  {table.line(figure)}", file=sys.stderr, flush=True)
                found.append(figure)
        except Missing as problem:
            print(f"  {problem}", file=sys.stderr, flush=True)
            found.append(f"{name} was not measured: {problem}")
    text = table.render(sections, machine.told(), short=effort.short)
    print(text)
    if arguments.write:
        table.write(text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer and smaller repetitions; the figures are rougher")
    parser.add_argument("--only", action="append", choices=list(BENCHMARKS), help="only this one; may be repeated")
    parser.add_argument("--write", action="store_true", help="put the table into the README; takes a run of them all")
    arguments = parser.parse_args()
    if arguments.write and (arguments.only or arguments.short):
        parser.error("--write takes a whole run: neither --only nor --short")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
