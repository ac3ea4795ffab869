"""Drive a browser through cases that nobody has seen before, and compare what it does with what the engine does.

    python -m tests.browsers.live [--count N] [--seed S] [--engine chromium]

Exit code 1 when they differ and the browser is of the major version that was recorded; with another version the
differences are news about the browser, and are only printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys

from tests.browsers.cases import fresh
from tests.browsers.record import BROWSERS, RECORDINGS, record
from tests.browsers.replay import replay


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browsers.live", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="how many cases (300)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="which ones (random)")
    parser.add_argument("--engine", choices=BROWSERS, default="chromium")
    asked = parser.parse_args()
    cases = fresh(asked.seed, asked.count)
    version, results = asyncio.run(record(cases, BROWSERS[asked.engine]))
    recorded = json.loads((RECORDINGS / "versions.json").read_text(encoding="utf-8"))[asked.engine]
    print(f"seed {asked.seed}: {len(cases)} fresh cases in {asked.engine} {version}; the recordings are of {recorded}")
    differing = 0
    for case, result in zip(cases, results, strict=True):
        if differences := replay(case, result, asked.engine):
            differing += 1
            print(f"{case['id']} ({case['what']})", *differences, json.dumps(case), sep="\n    ")
    print(f"{differing} of {len(cases)} differ")
    same_browser = version.split(".")[0] == recorded.split(".")[0]
    return 1 if differing and same_browser else 0


if __name__ == "__main__":
    sys.exit(main())
