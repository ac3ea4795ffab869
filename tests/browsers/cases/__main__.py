"""How many cases there are in every group."""

from __future__ import annotations

from collections import Counter

from tests.browsers.cases import all_cases

counts = Counter(case["group"] for case in all_cases())
for group, count in counts.items():
    print(f"{group:12}{count:6}")
print(f"{'all':12}{counts.total():6}")
