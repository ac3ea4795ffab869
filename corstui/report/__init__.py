"""From a run to text: pure functions, one module a format."""
