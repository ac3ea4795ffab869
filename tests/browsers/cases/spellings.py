"""How servers spell the values of the Access-Control headers, well and badly: label -> one value per header line."""

from __future__ import annotations

from tests.browsers.cases.build import APP, OTHER

Spellings = dict[str, tuple[str, ...]]

ORIGINS: Spellings = {
    "absent": (), "*": ("*",), "exact": (APP,), "other": (OTHER,), "null": ("null",), "NULL": ("NULL",),
    "empty": ("",), "list": (f"{APP}, {OTHER}",), "list-space": (f"{APP} {OTHER}",),
    "list-nospace": (f"{OTHER},{APP}",), "dup-exact": (APP, APP), "dup-star": ("*", "*"),
    "dup-star-exact": ("*", APP), "dup-exact-other": (APP, OTHER), "slash": (f"{APP}/",),
    "upper-host": ("http://APP.TEST:23080",), "upper-scheme": ("HTTP://app.test:23080",),
    "no-port": ("http://app.test",), "port80": ("http://app.test:80",), "https": ("https://app.test:23080",),
    "lead-ws": (f"  {APP}",), "trail-ws": (f"{APP}  ",), "tabs": (f"\t{APP}\t",), "star-ws": (" * ",),
    "star-list": ("*, *",), "star-quoted": ('"*"',), "quoted": (f'"{APP}"',), "host-only": ("app.test:23080",),
    "schemeless": ("//app.test:23080",), "path": (f"{APP}/path",), "glob": ("http://*.test:23080",),
    "userinfo": ("http://u@app.test:23080",), "dot": ("http://app.test.:23080",), "comma": (f"{APP},",),
    "lead-comma": (f",{APP}",), "semicolon": (f"{APP};",), "true": ("true",), "query": (f"{APP}?a",),
    "regex": ("http://.*",), "double": (f"{APP}{APP}",),
}  # fmt: skip

#: The spellings of an origin that are also tried with every spelling of the credentials.
TELLING_ORIGINS = ("absent", "*", "exact", "other", "null", "dup-exact", "lead-ws")

#: What the servers of opaque origins say.
OPAQUE_ORIGINS: Spellings = {
    "absent": (), "null": ("null",), "*": ("*",), "NULL": ("NULL",), "Null": ("Null",), "exact-app": (APP,),
    "file": ("file://",), "list": (f"null, {APP}",), "dup": ("null", "null"), "empty": ("",), "quoted": ('"null"',),
    "ws": ("  null  ",), "undefined": ("undefined",), "none": ("none",), "slash": ("null/",),
}  # fmt: skip

ALLOWED_CREDENTIALS: Spellings = {"absent": (), "true": ("true",)}
ODD_CREDENTIALS: Spellings = {
    "True": ("True",), "TRUE": ("TRUE",), "false": ("false",), "trail-ws": ("true  ",), "lead-ws": ("  true",),
    "dup": ("true", "true"), "dup-false": ("true", "false"), "list": ("true, true",), "empty": ("",), "1": ("1",),
    "semi": ("true;",), "quoted": ('"true"',), "star": ("*",), "tab": ("\ttrue\t",),
}  # fmt: skip

#: ``{m}`` is the method asked for.
METHOD_LISTS: Spellings = {
    "upper": ("{M}",), "lower": ("{l}",), "title": ("{t}",), "list": ("GET, POST, {m}",),
    "list-nosp": ("GET,{m},POST",), "tabs": ("\t{m}\t,\tGET",), "bad-token": ("{m}, a b",), "bad-token2": ("{m}, @",),
    "bad-only": ("@",), "empty": ("",), "trail-comma": ("{m},",), "lead-comma": (",{m}",), "commas": (",,{m},,",),
    "dup-hdr": ("GET", "{m}"), "dup-hdr-bad": ("{m}", "@"), "quoted": ('"{m}"',), "star-list": ("*, X",),
    "star-first": ("*, {m}",), "space-sep": ("GET {m}",), "semi": ("GET; {m}",), "other": ("GET, POST",),
    "prefix": ("{m}X",), "star-quoted": ('"*"',), "lead-ws": ("  {m}",), "nbsp": ("{m}\xa0",), "slash": ("{m}/1",),
    "star-dup": ("*", "{m}"),
}  # fmt: skip

#: ``{n}`` lists the header names asked for, ``{first}`` is its first; the others list them in another manner.
HEADER_LISTS: Spellings = {
    "absent": (), "*": ("*",), "exact": ("{n}",), "lower": ("{l}",), "upper": ("{u}",), "nospace": ("{comma}",),
    "plus-other": ("X-Other, {n}",), "tabs": ("\t{tabs}\t",), "dup-hdr": ("X-Other", "{n}"),
    "bad-token": ("{n}, x custom",), "bad-token2": ("{n}, @",), "empty": ("",), "lead-comma": (",{n}",),
    "trail-comma": ("{n},",), "commas": (",,{n},,",), "quoted": ('"{n}"',), "star+auth": ("*, authorization",),
    "auth+star": ("Authorization, *",), "auth-only": ("authorization",), "prefix-star": ("x-*",),
    "partial": ("{first}",), "space-sep": ("{space} X-Z",), "semi": ("{semi};X-Z",), "other": ("X-Other",),
    "star-quoted": ('"*"',), "star-dup": ("*", "Authorization"), "underscore": ("{under}",), "nbsp": ("{n}\xa0",),
    "colon": ("{n}:",),
}  # fmt: skip

EXPOSED_LISTS: Spellings = {
    "absent": (), "*": ("*",), "X-A": ("X-A",), "x-a": ("x-a",), "upper": ("X-A, X-LOWER",), "list": ("X-A, X-B",),
    "nospace": ("X-A,X-B",), "dup-hdr": ("X-A", "X-B"), "star-list": ("*, X-A",), "star-dup": ("X-A", "*"),
    "set-cookie": ("Set-Cookie, Set-Cookie2, X-A",), "bad": ("X A",), "bad2": ("X-A, @",), "bad-dup": ("X-A", "@"),
    "empty": ("",), "commas": (",,X-A,,X-B,,",), "lead-comma": (",X-A",), "quoted": ('"X-A"',),
    "space-sep": ("X-A X-B",), "acao": ("Access-Control-Allow-Origin, Access-Control-Expose-Headers",),
    "authorization": ("authorization, *",), "missing": ("X-Nope",), "tab": ("X-A\t,\tX-B",),
    "content-length": ("Content-Length, ETag, Date",), "semicolon": ("X-A; X-B",), "star-quoted": ('"*"',),
    "star-ws": (" * ",), "nbsp": ("X-A\xa0",),
}  # fmt: skip

MAX_AGES: Spellings = {
    "absent": (), "0": ("0",), "-1": ("-1",), "1": ("1",), "5": ("5",), "600": ("600",), "7200": ("7200",),
    "86400": ("86400",), "abc": ("abc",), "empty": ("",), "list": ("600, 5",), "dup": ("600", "600"),
    "float": ("5.5",), "lead-ws": ("  600",), "trail-ws": ("600  ",), "plus": ("+600",), "zeros": ("0600",),
    "unit": ("600s",), "space": ("6 00",), "hex": ("0x600",), "exponent": ("6e2",), "2^31": ("2147483648",),
    "2^32": ("4294967296",), "2^63": ("9223372036854775808",), "10^20": ("99999999999999999999",),
    "quoted": ('"600"',), "-0": ("-0",), "-600": ("-600",), "equals": ("max-age=600",), "comma": ("600,",),
}  # fmt: skip

CORP: Spellings = {
    "absent": (), "same-origin": ("same-origin",), "same-site": ("same-site",), "cross-origin": ("cross-origin",),
    "bogus": ("bogus",), "Same-Origin": ("Same-Origin",), "list": ("same-origin, same-site",),
    "trail-ws": ("same-origin ",), "empty": ("",), "dup": ("same-origin", "same-origin"),
}  # fmt: skip


def methods_listed(how: str, method: str) -> tuple[str, ...]:
    """The values of Access-Control-Allow-Methods that list ``method`` that way."""
    words = {"{m}": method, "{M}": method.upper(), "{l}": method.lower(), "{t}": method.title()}
    return tuple(_filled(value, words) for value in METHOD_LISTS[how])


def headers_listed(how: str, names: list[str]) -> tuple[str, ...]:
    """The values of Access-Control-Allow-Headers that list ``names`` that way."""
    listed = ", ".join(names)
    joins = {"{comma}": ",", "{tabs}": "\t,\t", "{space}": " ", "{semi}": ";"}
    words = {"{n}": listed, "{l}": listed.lower(), "{u}": listed.upper(), "{first}": names[0]}
    words |= {word: separator.join(names) for word, separator in joins.items()}
    words["{under}"] = listed.lower().replace("-", "_")
    return tuple(_filled(value, words) for value in HEADER_LISTS[how])


def _filled(value: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        value = value.replace(word, meaning)
    return value
