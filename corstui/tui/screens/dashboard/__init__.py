"""The dashboard: one profile, its environments as tabs, the matrix and the inspector beside it.

``desk`` is what every part of it works on; ``running``, ``watching``, ``looking``, ``sides`` and ``taking`` hold the
keys, by what they are about; ``screen`` puts it all together.
"""

from corstui.tui.screens.dashboard.screen import Dashboard

__all__ = ["Dashboard"]
