"""django-cors-headers, Django served as ASGI by uvicorn: ``django_app.py staging|production PORT``."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from corsheaders.defaults import default_headers
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path

CORS = "corsheaders.middleware.CorsMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"

POLICIES: dict[str, dict[str, Any]] = {
    "staging": {
        "MIDDLEWARE": [CORS, COMMON],
        # Every deployment below shop.localhost. The pattern lacks its "$": it is tried with re.match.
        "CORS_ALLOWED_ORIGIN_REGEXES": [r"^http://([a-z0-9-]+\.)*shop\.localhost"],
        "CORS_ALLOW_CREDENTIALS": True,
        "CORS_ALLOW_HEADERS": [*default_headers, "x-trace"],
        "CORS_EXPOSE_HEADERS": ["X-Request-Id"],
    },
    "production": {
        # Behind CommonMiddleware, so that what that one makes (the redirect to the slash) never meets the CORS code.
        "MIDDLEWARE": [COMMON, CORS],
        # Credentials stay off and the headers are the library's own list, without X-Trace: the defaults.
        "CORS_ALLOWED_ORIGINS": ["http://shop.localhost", "http://admin.shop.localhost"],
    },
}


def orders(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return JsonResponse({"id": 7}, status=201)
    return JsonResponse([{"id": 7}], safe=False, headers={"X-Request-Id": "r-1"})


def order(request: HttpRequest, number: int) -> HttpResponse:
    if number != 7:
        raise Http404
    return HttpResponse(status=204) if request.method == "DELETE" else JsonResponse({"id": 7})


def account(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"name": "Ada"})


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the view failed")


urlpatterns = [
    path("api/orders/", orders),
    path("api/orders/<int:number>/", order),
    path("api/account/", account),
    path("api/crash/", crash),
]


if __name__ == "__main__":
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["corsheaders"],
        SECRET_KEY="for tests on loopback only",
        **POLICIES[sys.argv[1]],
    )
    uvicorn.run(get_asgi_application(), host="127.0.0.1", port=int(sys.argv[2]), lifespan="off")
