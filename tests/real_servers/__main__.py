"""Start the real servers and run a command with their URLs in its environment; see profiles/real-servers.yaml."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.real_servers.servers import started


def main(command: list[str]) -> int:
    """Run ``command``, or without one wait for Ctrl+C. Returns the command's exit code."""
    with tempfile.TemporaryDirectory() as directory, started(Path(directory)) as farm:
        for sentence in farm.missing.values():
            print(sentence, file=sys.stderr)
        if command:
            # Ctrl+C is for the command, which may have something to write; the servers end after it
            previous = signal.signal(signal.SIGINT, lambda *_: None)
            try:
                return subprocess.run(command, env={**os.environ, **farm.variables}).returncode
            finally:
                signal.signal(signal.SIGINT, previous)
        for name, url in farm.variables.items():
            print(f"export {name}={url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the servers end, too
    sys.exit(main(sys.argv[1:]))
