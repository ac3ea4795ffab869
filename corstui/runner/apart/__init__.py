"""Executing plans in a process of their own, so that judging flows never holds up whoever shows them.

The parent sends plans and gets finished cells, over a socket pair. The child ends when its parent does, however that
comes about. Nothing here needs the child's answer in time: a child that dies ends its runs with an error, and the next
run starts another one.
"""

from corstui.runner.apart.parent import Apart, ExecutionFailed

__all__ = ["Apart", "ExecutionFailed"]
