"""The Fetch standard as pure code: no I/O, no await, no clock."""
