"""The README's picture is one of the demo as it is, and tells nothing of the machine that took it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from corstui import load_profile
from corstui.lab import DEMO_PROFILE

ROOT = Path(__file__).parents[1]
PICTURE = re.search(r"!\[[^]]*\]\(([^)]+\.svg)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def shown() -> str:
    """The text of the picture, as a reader sees it."""
    assert PICTURE is not None
    svg = (ROOT / PICTURE[1]).read_text(encoding="utf-8")
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)).replace("\xa0", " ")


def test_the_picture_shows_every_endpoint_and_origin_of_the_demo() -> None:
    addresses = dict.fromkeys(("SHOP_STAGING_API", "SHOP_PRODUCTION_API"), "http://lab.localhost:1")
    profile = load_profile(DEMO_PROFILE, process_env=addresses)
    text = shown()
    assert [name for name in (*profile.endpoint_names, *profile.origins) if name not in text] == []
    assert f"{len(profile.endpoint_names)} endpoints x {len(profile.origins)} origins" in text


def test_the_picture_names_no_folder_and_no_machine() -> None:
    assert re.findall(r"(?<![\w.:/])/(?!basket\b)\w[\w/.-]*", shown()) == []
    assert set(re.findall(r"https?://([^\s/:]+?)\.?(?=[\s/:]|$)", shown())) == {"staging.shop.localhost"}
