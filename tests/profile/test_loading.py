"""Files, directories and includes; odd files give an error with a place, never anything else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from corstui.profile import ProfileError, load_profile

WHOLE = 'origins: {app: "https://app.example"}\nendpoints: {%s: https://api.example}\n'


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


def problems(*paths: str | os.PathLike[str]) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        load_profile(*paths, process_env={})
    return [str(problem) for problem in caught.value.problems]


#: Content of a file, and the one problem that it is.
ODD_FILES: list[tuple[str, bytes, str]] = [
    ("an empty file", b"", "p.yaml:1:1: the file is empty"),
    ("only space", b"\n \n\n", "p.yaml:1:1: the file is empty"),
    ("a null", b"null\n", "p.yaml:1:1: the file is empty"),
    ("latin-1", b"name: Caf\xe9\n", "p.yaml:1:10: byte 0xe9 is not UTF-8 (save it as UTF-8)"),
    ("a cut character", b"# \xc3\xbc\n# \xc3", "p.yaml:2:3: byte 0xc3 is not UTF-8"),
    ("UTF-16", "name: x\n".encode("utf-16"), "p.yaml:1:1: the file is UTF-16 (save it as UTF-8)"),
    ("a binary", b"\x7fELF\x01\x01\0\0", "p.yaml:1:1: the character '\\x7f' is not text"),
    ("a NUL", b"name: a\nx: \0", "p.yaml:2:4: the character '\\x00' is not text"),
    ("an image", b"\x89PNG\r\n\x1a\n", "p.yaml:1:1: byte 0x89 is not UTF-8"),
    ("too much", b"#" * ((1 << 20) + 1), "p.yaml: the file is larger than 1024 KiB"),
]


@pytest.mark.parametrize(("content", "message"), [row[1:] for row in ODD_FILES], ids=[row[0] for row in ODD_FILES])
def test_an_odd_file_is_an_error_with_a_place(content: bytes, message: str) -> None:
    write("p.yaml", content)

    (found,) = problems("p.yaml")
    assert found.startswith(message)


def test_a_byte_order_mark_and_other_line_ends_are_fine() -> None:
    write("p.yaml", b"\xef\xbb\xbf" + (WHOLE % "x").replace("\n", "\r\n").encode())

    assert load_profile("p.yaml", process_env={}).endpoint_names == ["x"]


def test_a_file_that_does_not_exist_is_an_error_with_a_guess() -> None:
    write("shop.yaml", WHOLE % "x")

    assert problems("none.yaml") == ["none.yaml: the file does not exist"]
    assert problems("shop.yml") == ["shop.yml: the file does not exist (did you mean 'shop.yaml'?)"]


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "\udcff.yaml", "p.yaml/x", ""])
def test_a_path_that_can_be_none_is_an_error(path: str) -> None:
    write("p.yaml", WHOLE % "x")

    (found,) = problems(path)
    assert found.isprintable()


def test_what_is_no_regular_file_is_not_read() -> None:
    os.mkfifo("pipe.yaml")
    assert problems("pipe.yaml") == ["pipe.yaml: the file is no regular file"]

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.yaml")
        assert len(problems("socket.yaml")) == 1

    assert problems("/dev/zero") == ["/dev/zero: the file is no regular file"]


def test_a_directory_stands_for_the_profiles_in_it() -> None:
    write("d/b.yml", WHOLE % "second")
    write("d/a.yaml", WHOLE % "first")
    write("d/readme.md", "# not a profile")
    write("d/.hidden.yaml", "nonsense")
    write("d/deeper/c.yaml", "nonsense")

    profile = load_profile(Path("d"), process_env={})

    assert profile.endpoint_names == ["first", "second"]
    assert profile.paths == ("d/a.yaml", "d/b.yml")
    assert profile.name == "a + b"


def test_files_of_a_directory_that_others_include_are_no_profiles_of_their_own() -> None:
    write("d/common.yaml", 'origins: {app: "https://app.example"}\n')
    write("d/shop.yaml", "include: [common.yaml]\nendpoints: {x: https://api.example}\n")

    profile = load_profile("d", process_env={})

    assert profile.name == "shop"
    assert profile.paths == ("d/common.yaml", "d/shop.yaml")


def test_a_directory_without_profiles_is_an_error() -> None:
    Path("d").mkdir()

    assert problems("d") == ["d: the directory holds no profile (profiles end in .yaml or .yml)"]


def test_problems_of_all_files_are_told_together() -> None:
    write("a.yaml", "nmae: x\n" + WHOLE % "x")
    write("b.yaml", "a: b: c")

    assert [each.partition(": ")[0] for each in problems("a.yaml", "none.yaml", "b.yaml")] == [
        "a.yaml:1:1",
        "none.yaml",
        "b.yaml:1:5",
    ]


def test_an_include_adds_to_the_profile_and_keeps_its_places() -> None:
    write("parts/endpoints.yaml", "endpoints:\n  x: GET ${api}/x\n  y: {url: '${apo}', mode: cros}\n")
    write("p.yaml", 'include: [parts/endpoints.yaml]\norigins: {app: "https://app.example"}\n')

    assert [each.partition(": ")[0] for each in problems("p.yaml")] == [
        "parts/endpoints.yaml:2:6",
        "parts/endpoints.yaml:3:12",
        "parts/endpoints.yaml:3:28",
    ]


def test_includes_nest_and_are_read_once() -> None:
    write("p.yaml", "include: [a.yaml, b.yaml]\nendpoints: {p: https://api.example}\n")
    write("a.yaml", "include: [common.yaml]\nendpoints: {a: https://api.example}\n")
    write("b.yaml", "include: [common.yaml]\nendpoints: {b: https://api.example}\n")
    write("common.yaml", 'origins: {app: "https://app.example"}\nendpoints: {c: https://api.example}\n')

    profile = load_profile("p.yaml", process_env={})

    assert profile.endpoint_names == ["c", "a", "b", "p"]
    assert profile.name == "p"


def test_a_cycle_of_includes_is_an_error_where_it_closes() -> None:
    write("a.yaml", "include: [b.yaml]\n" + WHOLE % "a")
    write("b.yaml", "\ninclude: [a.yaml]\n")

    assert problems("a.yaml") == ["b.yaml:2:11: the include is a cycle: a.yaml -> b.yaml -> a.yaml"]


@pytest.mark.parametrize("include", ["none.yaml", "broken.yaml", "d"])
def test_what_an_include_that_cannot_be_read_would_have_said_is_not_missed(include: str) -> None:
    write("broken.yaml", "{")
    Path("d").mkdir()
    write("p.yaml", f"include: [{include}]\nendpoints: {{x: {{request: https://b.example, origins: [app]}}}}\n")

    assert len(problems("p.yaml")) == 1


def test_settings_and_defaults_of_the_including_file_stand_above_the_included() -> None:
    write(
        "common.yaml",
        "settings: {timeout: 1s, rate: 5/s}\n"
        "defaults: {credentials: include, cache: no-store, headers: {X-A: common, X-B: common}, expect: {app: block}}\n"
        + WHOLE
        % "x",
    )
    write(
        "p.yaml",
        "include: [common.yaml]\nsettings: {timeout: 2s}\n"
        "defaults: {credentials: omit, headers: {X-A: own}, expect: {app: allow}}\n",
    )

    profile = load_profile("p.yaml", process_env={})

    assert (profile.settings.timeout, profile.settings.rate) == (2.0, 5.0)
    (endpoint,) = profile.resolve("default").endpoints
    assert (endpoint.credentials, endpoint.cache) == ("omit", "no-store")
    assert endpoint.headers == (("X-B", "common"), ("X-A", "own"))
    expectation = endpoint.expectation_for("app")
    assert expectation is not None
    assert expectation.text == "allow"


def test_environments_of_several_files_add_up() -> None:
    write("common.yaml", "environments: {e: {vars: {a: https://a.example}, writes: true}, f: {vars: {a: b}}}\n")
    write(
        "p.yaml",
        "include: [common.yaml]\nenvironments: {e: {vars: {b: x, a: https://a.example}}}\n"
        'origins: {o: "${a}"}\nendpoints: {x: "${a}/${b}"}\n',
    )

    deployment = load_profile("p.yaml", process_env={}).resolve("e")

    assert deployment.writes
    assert deployment.endpoints[0].url == "https://a.example/x"


@pytest.mark.parametrize(
    ("common", "place", "message"),
    [
        ("origins: {app: https://other.example}", "p.yaml:2:11", "the origin 'app' is defined already"),
        ("environments: {e: {vars: {a: 2}}}", "p.yaml:4:27", "the variable 'a' of the environment 'e' is defined"),
        ("environments: {e: {writes: false}}", "p.yaml:4:34", "writes of the environment 'e' is defined already"),
        ("endpoints: {x: https://api.example}", "p.yaml:3:13", "the endpoint 'x' is defined already"),
    ],
)  # fmt: skip
def test_no_file_redefines_a_name_of_another(common: str, place: str, message: str) -> None:
    write("common.yaml", common + "\n")
    write(
        "p.yaml",
        "include: [common.yaml]\norigins: {app: https://app.example}\nendpoints: {x: https://api.example}\n"
        "environments: {e: {vars: {a: 1}, writes: true}}\n",
    )

    (found,) = problems("p.yaml")
    assert found.startswith(f"{place}: {message}")
    assert "first at common.yaml:1:" in found


def test_loading_takes_at_least_one_path() -> None:
    with pytest.raises(TypeError):
        load_profile()


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORSTUI_TEST_HOST", "env.example")
    write("p.yaml", 'origins: {app: "https://app.example"}\nendpoints: {x: "https://${env:CORSTUI_TEST_HOST}"}\n')

    assert load_profile("p.yaml").resolve("default").endpoints[0].url == "https://env.example/"
