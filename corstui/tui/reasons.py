"""Keys that cannot act say why: a screen names the reason, and whoever presses the key reads it.

The key stays in the footer, greyed, so that it can be found before it can be used.
"""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.actions import parse
from textual.screen import Screen
from textual.widgets._footer import FooterKey

Result = TypeVar("Result")


class SaysWhy(Screen[Result]):
    """A screen some of whose keys cannot always act. Subclasses override :meth:`why_not`."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str | None:
        """Why the action cannot act right now, as a sentence; None when it can."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None greys the key and keeps it from acting."""
        if self.why_not(action, parameters) is not None:
            return None
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        if self._say_why_not(event.key):
            event.stop()
            event.prevent_default()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click on a greyed key of the footer asks the same."""
        if isinstance(event.widget, FooterKey):
            self._say_why_not(event.widget.key)

    def _say_why_not(self, key: str) -> bool:
        """Whether the key belongs to an action of this screen that cannot act; its reason has been told then."""
        active = self.active_bindings.get(key)
        if active is None or active.enabled or active.node is not self:
            return False
        _, action, parameters = parse(active.binding.action)
        reason = self.why_not(action, parameters)
        if reason is not None:
            self.notify(reason, markup=False)
        return reason is not None
