"""An application with whatever CORS configuration a file holds: ``mended_app.py FRAMEWORK FILE PORT``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

METHODS = ["GET", "PUT"]


def starlette(text: str, port: int) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def order(request: Request) -> JSONResponse:
        return JSONResponse({"id": 7})

    app = Starlette(routes=[Route("/orders", order, methods=METHODS)])
    exec(text, {"app": app})
    uvicorn.run(app, host="127.0.0.1", port=port)


def flask(text: str, port: int) -> None:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    app = Flask(__name__)

    @app.route("/orders", methods=METHODS)
    def order() -> ResponseReturnValue:
        return {"id": 7}

    exec(text, {"app": app})
    app.run("127.0.0.1", port, threaded=True)


def aiohttp(text: str, port: int) -> None:
    from aiohttp import web

    async def order(request: web.Request) -> web.Response:
        return web.json_response({"id": 7})

    app = web.Application()
    for method in METHODS:
        app.router.add_route(method, "/orders", order)
    exec(text, {"app": app})
    web.run_app(app, host="127.0.0.1", port=port)


def django(text: str, port: int) -> None:
    from wsgiref.simple_server import make_server

    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, JsonResponse
    from django.urls import path

    def order(request: HttpRequest) -> JsonResponse:
        return JsonResponse({"id": 7})

    given: dict[str, Any] = {"INSTALLED_APPS": [], "MIDDLEWARE": ["django.middleware.security.SecurityMiddleware"]}
    exec(text, given)
    chosen = {name: value for name, value in given.items() if name.isupper()}
    urls = type(sys)("urls")
    urls.urlpatterns = [path("orders", order)]  # type: ignore[attr-defined]
    sys.modules["urls"] = urls
    settings.configure(ROOT_URLCONF="urls", ALLOWED_HOSTS=["*"], SECRET_KEY="for tests on loopback only", **chosen)
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    framework, file, number = sys.argv[1:]
    {"starlette": starlette, "flask": flask, "aiohttp": aiohttp, "django": django}[framework](
        Path(file).read_text(encoding="utf-8"), int(number)
    )
