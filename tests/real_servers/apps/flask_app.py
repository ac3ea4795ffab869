"""Flask-CORS on Flask's own server: ``flask_app.py staging|production PORT``."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_cors import CORS

POLICIES: dict[str, dict[str, Any]] = {
    # The defaults, which are every origin, method and header on every path; with credentials any origin is echoed.
    "staging": {"supports_credentials": True},
    # Only /api, for the shop and whatever is below it; GET and POST.
    "production": {
        "resources": r"/api/*",
        "origins": ["http://shop.localhost", r"http://[a-z0-9-]+\.shop\.localhost$"],
        "supports_credentials": True,
        "methods": ["GET", "POST"],
        "allow_headers": ["Content-Type", "X-Trace"],
        "expose_headers": ["X-Request-Id"],
    },
}


def application(deployment: str) -> Flask:
    app = Flask(__name__)
    CORS(app, **POLICIES[deployment])

    @app.get("/api/orders")
    def orders() -> Response:
        answer = jsonify([{"id": 7}])
        answer.headers["X-Request-Id"] = "r-1"
        return answer

    @app.post("/api/orders")
    def create() -> ResponseReturnValue:
        return {"id": 7}, 201

    @app.route("/api/orders/<int:number>", methods=["GET", "PUT", "PATCH", "DELETE"])
    def order(number: int) -> ResponseReturnValue:
        if number != 7:
            abort(404)
        return ("", 204) if request.method == "DELETE" else {"id": 7}

    @app.get("/api/account")
    def account() -> ResponseReturnValue:
        return {"name": "Ada"}

    @app.get("/api/crash")
    def crash() -> ResponseReturnValue:
        raise RuntimeError("the view failed")

    @app.get("/status")
    def status() -> ResponseReturnValue:
        return {"status": "up"}

    return app


if __name__ == "__main__":
    application(sys.argv[1]).run("127.0.0.1", int(sys.argv[2]), threaded=True)
