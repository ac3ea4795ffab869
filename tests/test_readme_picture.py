"""The README's pictures are those of the demo as it is, and tell nothing of the machine that took them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from corstui import load_profile
from corstui.lab import DEMO_PROFILE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What stands for a picture where it cannot be seen, by its path.
PICTURES = {path: words for words, path in re.findall(r"!\[([^]]*)\]\(([^)]+\.svg)\)", README)}
MATRIX, FLOW, COMPARISON = "profiles/demo.svg", "profiles/flow.svg", "profiles/compare.svg"


def shown(picture: str) -> str:
    """The text of the picture, as a reader sees it."""
    svg = (ROOT / picture).read_text(encoding="utf-8")
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)).replace("\xa0", " ")


def test_matrix_flow_and_comparison_are_shown_in_this_order() -> None:
    assert list(PICTURES) == [MATRIX, FLOW, COMPARISON]


@pytest.mark.parametrize("picture", [MATRIX, COMPARISON])
def test_a_matrix_shows_every_endpoint_and_origin_of_the_demo(picture: str) -> None:
    addresses = dict.fromkeys(("SHOP_STAGING_API", "SHOP_PRODUCTION_API"), "http://lab.localhost:1")
    profile = load_profile(DEMO_PROFILE, process_env=addresses)
    text = shown(picture)
    assert [name for name in (*profile.endpoint_names, *profile.origins) if name not in text] == []
    assert f"{len(profile.endpoint_names)} endpoints x {len(profile.origins)} origins" in text


def test_the_flow_is_a_refused_preflight_with_its_deciding_header() -> None:
    text = shown(FLOW)
    assert "update order x storefront" in text
    assert "decided here" in text
    assert "OPTIONS" in text
    assert "not sent" in text


def test_the_words_for_the_comparison_count_what_it_shows() -> None:
    counted = re.search(r"\d+ of \d+ cells differ", PICTURES[COMPARISON])
    assert counted is not None
    assert counted[0] in shown(COMPARISON)


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_names_no_folder_and_no_machine(picture: str) -> None:
    text = shown(picture)
    assert re.findall(r"/(?:home|root|tmp|work|usr|var|Users)\b", text) == []
    hosts = re.findall(r"https?://([\w.-]*\w)", text)
    assert {host for host in hosts if not host.endswith("shop.localhost")} == set()
