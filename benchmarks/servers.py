"""Servers on loopback: nginx with CORS answers, and one that takes its time."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Missing
from benchmarks.machine import program

#: An allow list as people write it: everybody but origins with "refused" in their name, a dozen headers on an answer.
_NGINX = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  default_type application/json;
  map $http_origin $allowed { default $http_origin; "~refused" ""; }
  server {
    listen 127.0.0.1:PORT backlog=4096;
    add_header Access-Control-Allow-Origin $allowed;
    add_header Access-Control-Allow-Credentials true;
    add_header Access-Control-Allow-Methods "GET, POST, PUT, DELETE";
    add_header Access-Control-Allow-Headers "Content-Type, X-Trace";
    add_header Access-Control-Expose-Headers "X-Request-Id";
    add_header Vary Origin;
    add_header Cache-Control no-store;
    add_header X-Request-Id $request_id;
    add_header X-Content-Type-Options nosniff;
    location = /served { stub_status; }
    location / {
      if ($request_method = OPTIONS) { return 204; }
      return 200 '{"id": 7, "name": "a thing in the shop"}';
    }
  }
}
"""
#: How often a connection is tried, 20 ms apart.
_CONNECTS = 500


@contextmanager
def nginx() -> Iterator[str]:
    """nginx with one worker; its URL. Raises Missing where it is not installed."""
    path = program("nginx")
    if path is None:
        raise Missing("nginx is not installed: apt-get install nginx-light")
    with TemporaryDirectory(prefix="corstui-nginx-") as folder:
        port = _free_port()
        (Path(folder) / "nginx.conf").write_text(_NGINX.replace("PORT", str(port)), encoding="utf-8")
        with _running([path, "-p", folder, "-c", "nginx.conf"], port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def slow(seconds: float) -> Iterator[str]:
    """A server every answer of which takes ``seconds``; its URL."""
    port = _free_port()
    with _running([sys.executable, "-m", "benchmarks.slow_server", str(port), str(seconds)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_CONNECTS):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server on port {port} did not start")


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
