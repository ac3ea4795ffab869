"""Drive Chromium through cases that nobody has seen before, and compare what it does with what the engine does.

    python -m tests.browsers.live [--count N] [--seed S]

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
from tests.browsers.chromium import Chromium
from tests.browsers.record import RECORDINGS, record
from tests.browsers.replay import replay

ENGINE = "chromium"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browsers.live", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="how many cases (300)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="which ones (random)")
    asked = parser.parse_args()
    cases = fresh(asked.seed, asked.count)
    version, results = asyncio.run(record(cases, Chromium.launched))
    recorded = json.loads((RECORDINGS / "versions.json").read_text(encoding="utf-8"))[ENGINE]
    print(f"seed {asked.seed}: {len(cases)} fresh cases in Chromium {version}; the recordings are of {recorded}")
    differing = 0
    for case, result in zip(cases, results, strict=True):
        differences = replay(case, result, ENGINE)
        differing += bool(differences)
        for difference in differences:
            print(f"{case['id']} ({case['what']}): {difference}")
            print(f"  {json.dumps(case)}")
    print(f"{differing} of {len(cases)} differ")
    same_browser = version.split(".")[0] == recorded.split(".")[0]
    return 1 if differing and same_browser else 0


if __name__ == "__main__":
    sys.exit(main())
