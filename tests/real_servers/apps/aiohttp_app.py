"""aiohttp-cors on aiohttp's server: ``aiohttp_app.py staging|production PORT``."""

from __future__ import annotations

import sys

import aiohttp_cors
from aiohttp import web
from aiohttp_cors import ResourceOptions

POLICIES = {
    # Any origin, echoed, with credentials.
    "staging": {"*": ResourceOptions(allow_credentials=True, allow_headers="*", expose_headers="*")},
    # Options by origin: the admin's page may read, but not with credentials and not with headers of its own.
    "production": {
        "http://shop.localhost": ResourceOptions(allow_credentials=True, allow_headers=("Content-Type", "X-Trace")),
        "http://admin.shop.localhost": ResourceOptions(),
    },
}


async def orders(request: web.Request) -> web.Response:
    return web.json_response([{"id": 7}], headers={"X-Request-Id": "r-1"})


async def create(request: web.Request) -> web.Response:
    return web.json_response({"id": 7}, status=201)


async def order(request: web.Request) -> web.Response:
    if request.match_info["id"] != "7":
        raise web.HTTPNotFound
    return web.json_response({"id": 7})


async def cancel(request: web.Request) -> web.Response:
    return web.Response(status=204)


async def account(request: web.Request) -> web.Response:
    return web.json_response({"name": "Ada"})


async def crash(request: web.Request) -> web.Response:
    raise RuntimeError("the handler failed")


def application(deployment: str) -> web.Application:
    app = web.Application()
    cors = aiohttp_cors.setup(app, defaults=POLICIES[deployment])
    router = app.router
    cors.add(router.add_get("/api/orders", orders))
    cors.add(router.add_post("/api/orders", create))
    cors.add(router.add_get("/api/orders/{id}", order))
    cors.add(router.add_put("/api/orders/{id}", order))
    cors.add(router.add_patch("/api/orders/{id}", order))
    delete = router.add_delete("/api/orders/{id}", cancel)
    if deployment == "staging":  # in production no other site may cancel: the route is not given to the CORS code
        cors.add(delete)
    cors.add(router.add_get("/api/account", account))
    cors.add(router.add_get("/api/crash", crash))
    return app


if __name__ == "__main__":
    web.run_app(application(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]))
