"""``python -m corstui``."""

from __future__ import annotations

import sys

from corstui.cli import main

sys.exit(main())
