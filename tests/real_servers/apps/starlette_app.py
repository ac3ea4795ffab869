"""Starlette's CORSMiddleware under uvicorn: ``starlette_app.py staging|production PORT``."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

POLICIES = {
    # Everything for everybody. With credentials the middleware answers "*" by echoing whoever asks.
    "staging": Middleware(
        CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
    ),
    # An allow list, matched whole, and without DELETE.
    "production": Middleware(
        CORSMiddleware,
        allow_origin_regex=r"http://(admin\.)?shop\.localhost",
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT"],
        allow_headers=["X-Trace"],
        expose_headers=["X-Request-Id"],
    ),
}


async def orders(request: Request) -> Response:
    if request.method == "POST":
        return JSONResponse({"id": 7}, status_code=201)
    return JSONResponse([{"id": 7}], headers={"X-Request-Id": "r-1"})


async def order(request: Request) -> Response:
    if request.path_params["id"] != 7:
        raise HTTPException(404)
    return Response(status_code=204) if request.method == "DELETE" else JSONResponse({"id": 7})


async def account(request: Request) -> Response:
    return JSONResponse({"name": "Ada"})


async def crash(request: Request) -> Response:
    raise RuntimeError("the handler failed")


def application(deployment: str) -> Starlette:
    return Starlette(
        routes=[
            Route("/api/orders", orders, methods=["GET", "POST"]),
            Route("/api/orders/{id:int}", order, methods=["GET", "PUT", "PATCH", "DELETE"]),
            Route("/api/account", account),
            Route("/api/crash", crash),
        ],
        middleware=[POLICIES[deployment]],
    )


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]))
