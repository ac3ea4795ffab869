"""Writing profiles to disk and loading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from corstui.profile import Profile, ProfileError, load_profile

Load = Callable[..., Profile]
Complain = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the profile with this text; further files by name. Paths in messages are relative to them."""
    monkeypatch.chdir(tmp_path)

    def loaded(text: str, process_env: Mapping[str, str] | None = None, **files: str | bytes) -> Profile:
        Path("p.yaml").write_text(dedent(text), encoding="utf-8")
        for name, content in files.items():
            data = content if isinstance(content, bytes) else dedent(content).encode()
            Path(name.replace("_", ".")).write_bytes(data)
        return load_profile("p.yaml", process_env=process_env or {})

    return loaded


@pytest.fixture
def complaints(load: Load) -> Complain:
    """The problems of the profile with this text, as lines; of every environment too when it loads."""

    def problems(text: str, process_env: Mapping[str, str] | None = None, **files: str | bytes) -> list[str]:
        try:
            profile = load(text, process_env, **files)
            profile.resolve_all(profile.environments)
        except ProfileError as error:
            assert str(error).splitlines() == [str(problem) for problem in error.problems]
            return [str(problem).removeprefix("p.yaml:") for problem in error.problems]
        return []

    return problems
