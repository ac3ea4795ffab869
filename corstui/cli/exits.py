"""What the exit code says. They are API: scripts and CI branch on them."""

from __future__ import annotations

OK = 0
#: A cell is not as expected, or differs from the baseline or between the two sides of a comparison.
UNEXPECTED = 1
#: Wrong usage, a profile error, a filter without a match, an output that cannot be written.
USAGE = 2
#: A cell could not be judged.
UNJUDGED = 3
#: A defect of corstui itself (EX_SOFTWARE of sysexits.h).
DEFECT = 70
INTERRUPTED = 130

#: Where several hold, the first of these is the one.
PRECEDENCE = (INTERRUPTED, USAGE, UNEXPECTED, UNJUDGED, OK)
