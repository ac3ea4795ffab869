"""FastAPI with its CORS middleware, called in process."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware


def application() -> FastAPI:
    """One origin is allowed, with credentials, GET and PUT, and one header; X-Total is exposed."""
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://shop.example"],
        allow_credentials=True,
        allow_methods=["GET", "PUT"],
        allow_headers=["X-Trace"],
        expose_headers=["X-Total"],
    )

    @app.get("/orders")
    def orders(response: Response) -> list[dict[str, int]]:
        response.headers["X-Total"] = "1"
        response.headers["X-Page"] = "1"
        return [{"id": 7}]

    @app.get("/orders/{number}")
    def order(number: int) -> None:
        raise HTTPException(404)

    @app.put("/orders/{number}")
    def change(number: int, order: dict[str, int]) -> dict[str, int]:
        return {"id": number, **order}

    @app.delete("/orders/{number}", status_code=204)
    def cancel(number: int) -> None:
        pass

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError("the handler failed")

    return app
