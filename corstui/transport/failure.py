"""What went wrong on the network, as a reason code and a sentence that names the host.

libcurl tells a number and a line of jargon, httpx an exception with a chain of causes. Both are brought to the same
closed set: ``dns-failure``, ``connection-refused``, ``connection-reset``, ``connect-timeout``, ``timeout``,
``tls-failure``, ``malformed-response``, ``proxy-failure``, ``cancelled``.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corstui.fetch.messages import NetworkError, Reply


class NetworkFailure(Exception):
    """The cause of an httpx exception that our own transport raised: what it knows is kept."""

    def __init__(self, error: NetworkError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a request had come when it failed.

    ``proxy`` is the proxy's origin, empty without one; ``tunnel_status`` its answer to CONNECT, 0 when none
    came; ``errno`` the system's error number, 0 when unknown; ``verify_result`` OpenSSL's X509_V_ERR number, 0 when
    none.
    """

    scheme: str
    authority: str
    seconds: float = 0.0
    resolved: bool = False
    connected: bool = False
    secured: bool = False
    sent: bool = False
    proxy: str = ""
    tunnel_status: int = 0
    errno: int = 0
    verify_result: int = 0


#: Not one of libcurl's numbers: corstui itself dropped the transfer.
CANCELLED = -1

# libcurl's error numbers (curl/curl.h); pycurl names only some of them
_UNSUPPORTED_PROTOCOL = 1
_URL_MALFORMAT = 3
_RESOLVE_PROXY = 5
_RESOLVE_HOST = 6
_CONNECT = 7
_WEIRD_REPLY = 8
_HTTP2 = 16
_PARTIAL_FILE = 18
_WRITE_ERROR = 23
TIMED_OUT = 28
_GOT_NOTHING = 52
_SEND = 55
_RECV = 56
_CERTIFICATE_REFUSED = 60
_CONTENT_ENCODING = 61
_HTTP2_STREAM = 92
_PROXY = 97
_TOO_LARGE = 100
_TLS = frozenset({35, 53, 54, 58, 59, _CERTIFICATE_REFUSED, 64, 66, 77, 80, 82, 83, 90, 91, 98})
_MALFORMED = frozenset({_UNSUPPORTED_PROTOCOL, _WEIRD_REPLY, _HTTP2, _PARTIAL_FILE, _CONTENT_ENCODING, _TOO_LARGE})

#: The limit of which libcurl does not speak (CURL_MAX_HTTP_HEADER).
#: Characters of a library's words that a sentence repeats.
_SHOWN = 200
_LONG_LINE = "a single header is longer than 100 KiB"

#: What is wrong with a certificate, by OpenSSL's X509_V_ERR number.
_CERTIFICATE = {
    2: "was issued by an authority that is not among the trusted ones",
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "was issued by an authority that is not among the trusted ones",
    20: "was issued by an authority that is not among the trusted ones (or the server leaves out an intermediate one)",
    21: "cannot be verified: the server leaves out an intermediate certificate",
    23: "has been revoked",
    26: "is not meant for a server",
    62: "is for another name",
    64: "is for another address",
}

#: What Chromium calls it (net/base/net_error_list.h), by the same number.
_CHROMIUM_CERTIFICATE = {
    2: "ERR_CERT_AUTHORITY_INVALID",
    9: "ERR_CERT_DATE_INVALID",
    10: "ERR_CERT_DATE_INVALID",
    18: "ERR_CERT_AUTHORITY_INVALID",
    19: "ERR_CERT_AUTHORITY_INVALID",
    20: "ERR_CERT_AUTHORITY_INVALID",
    21: "ERR_CERT_AUTHORITY_INVALID",
    23: "ERR_CERT_REVOKED",
    62: "ERR_CERT_COMMON_NAME_INVALID",
    64: "ERR_CERT_COMMON_NAME_INVALID",
}

#: Words of TLS libraries about a certificate, with the number that they stand for; the first that occurs counts.
_CERTIFICATE_WORDS = (
    ("no alternative certificate subject name", 62),
    ("does not match target host", 62),
    ("certificate has expired", 10),
    ("not yet valid", 9),
    ("self-signed certificate in", 19),
    ("self-signed", 18),
    ("unable to get local issuer", 20),
)

#: Their words about the rest, with what they mean; the first that occurs counts.
_TLS_WORDS = (
    ("wrong version number", "it does not speak TLS on this port"),
    ("data length too long", "it does not speak TLS on this port"),
    ("packet length too long", "it does not speak TLS on this port"),
    ("record layer failure", "it does not speak TLS on this port"),
    ("http request", "it does not speak TLS on this port"),
    ("unknown protocol", "it does not speak TLS on this port"),
    ("certificate required", "it demands a client certificate"),
    ("bad certificate", "it refused the client certificate"),
    ("unknown ca", "it does not trust the issuer of the client certificate"),
    ("protocol version", "it offers no TLS version that is still considered safe"),
    ("unsupported protocol", "it offers no TLS version that is still considered safe"),
    ("handshake failure", "it refused the handshake (no cipher in common, or it demands a client certificate)"),
    ("unrecognized name", "it serves no site of this name"),
    ("internal error", "it reported an internal error during the handshake"),
    ("dh key too small", "its key exchange is too weak"),
    ("ee key too small", "its certificate's key is too weak"),
)
_RESET_WORDS = (
    "connection reset",
    "unexpected eof",
    "eof occurred",
    "broken pipe",
    "ssl_error_syscall",
    "ssl_error_zero_return",
)
_UNREACHABLE = {
    errno.EHOSTUNREACH: "no route leads to it",
    errno.ENETUNREACH: "its network is unreachable",
    errno.EACCES: "the connection was forbidden on this machine",
    errno.EPERM: "the connection was forbidden on this machine",
    errno.EADDRNOTAVAIL: "this machine has no address to connect from",
}


def from_curl(code: int, message: str, attempt: Attempt) -> NetworkError:
    """libcurl's error ``code`` with its ``message``, when no response head came."""
    name, text = _judge(code, message, attempt)
    return NetworkError(name, text, attempt.sent, _net_error(name, code, message, attempt.verify_result))


def _net_error(name: str, code: int, message: str, verify_result: int) -> str | None:
    """What Chromium calls the failure ``name``, where it tells more kinds apart."""
    if name == "tls-failure":
        return _CHROMIUM_CERTIFICATE.get(_certificate_fault(code, message, verify_result))
    if name == "malformed-response" and _is_too_large(code, message):
        return "ERR_RESPONSE_HEADERS_TOO_BIG"
    if name == "connection-reset":
        return "ERR_EMPTY_RESPONSE" if code == _GOT_NOTHING else "ERR_CONNECTION_CLOSED" if code in _TLS else None
    return None


def _is_too_large(code: int, message: str) -> bool:
    return code == _TOO_LARGE or message.startswith("Too large response headers")


def is_broken_connection(code: int) -> bool:
    """Whether libcurl found that the server had closed or reset the connection."""
    return code in (_GOT_NOTHING, _SEND, _RECV)


def out_of_time(authority: str) -> Reply:
    """The answer to a request that may not even begin, because the flow's time is used up."""
    text = f"the flow's time was used up before the request to {authority} could begin"
    return Reply(error=NetworkError("timeout", text), now=time.monotonic(), wall=time.time())


def closed_before(authority: str) -> Reply:
    """The answer to a request whose connections were closed before it could begin."""
    text = f"the request to {authority} was cancelled"
    return Reply(error=NetworkError("cancelled", text), now=time.monotonic(), wall=time.time())


def _judge(code: int, message: str, attempt: Attempt) -> tuple[str, str]:
    if _is_proxy_trouble(code, attempt):
        return "proxy-failure", _proxy_sentence(code, message, attempt)
    who = attempt.authority
    if code == CANCELLED:
        return "cancelled", f"the request to {who} was cancelled"
    if code == TIMED_OUT and not _breaks_the_protocol(code, message):
        return _timeout(attempt)
    if code in (_RESOLVE_HOST, _URL_MALFORMAT):
        return "dns-failure", f"the name {_host(who)} could not be resolved to an address"
    if code == _CONNECT and attempt.errno == errno.ECONNRESET:
        return "connection-reset", f"{who} reset the connection as soon as it was made"
    if code == _CONNECT:
        return _no_connection(who, attempt.errno)
    if code in _TLS or (code in (_SEND, _RECV) and "alert" in message.lower()):
        return _tls(code, message, attempt)
    if _is_too_large(code, message):
        return "malformed-response", f"{who} sent a response head that is too large: {_plain(message or _LONG_LINE)}"
    if code in _MALFORMED or _breaks_the_protocol(code, message):
        return "malformed-response", f"{who} answered with something that is not an HTTP response: {_plain(message)}"
    return "connection-reset", _reset_sentence(who, code, message)


def _breaks_the_protocol(code: int, message: str) -> bool:
    """What libcurl says with numbers that also mean a broken connection or a timeout."""
    if code == _HTTP2_STREAM:
        return "Invalid HTTP" in message or "PROTOCOL_ERROR" in message
    return message.startswith(("Too large response headers", "nghttp2"))


def _is_proxy_trouble(code: int, attempt: Attempt) -> bool:
    if code in (_RESOLVE_PROXY, _PROXY):
        return True
    if not attempt.proxy or attempt.sent or 200 <= attempt.tunnel_status < 300:
        return False
    if code in _TLS:
        return attempt.proxy.startswith("https")
    return code not in (CANCELLED, _RESOLVE_HOST, _URL_MALFORMAT)


def _proxy_sentence(code: int, message: str, attempt: Attempt) -> str:
    proxy, who = f"the proxy {attempt.proxy}", attempt.authority
    if code == _RESOLVE_PROXY:
        return f"the name of {proxy} could not be resolved to an address"
    if attempt.tunnel_status:
        wants = " (it wants a login)" if attempt.tunnel_status == 407 else ""
        return f"{proxy} refused a tunnel to {who} with status {attempt.tunnel_status}{wants}"
    if code == _CONNECT and attempt.errno:
        return f"{proxy} cannot be reached: {_no_connection('it', attempt.errno)[1]}"
    if code in _TLS:
        return f"{proxy} cannot be used: {_tls(code, message, replace(attempt, authority='it'))[1]}"
    if code == TIMED_OUT:
        return f"no connection to {who} came about through {proxy} within {_seconds(attempt.seconds)}"
    if code in _MALFORMED:
        return f"{proxy} answered with something that is not HTTP: {_plain(message)}"
    # libcurl may quote the proxy's URL, with its password
    return f"{proxy} gave no connection to {who}: {'its URL is not understood' if '@' in message else _plain(message)}"


def _timeout(attempt: Attempt) -> tuple[str, str]:
    who, time = attempt.authority, _seconds(attempt.seconds)
    if attempt.sent:
        return "timeout", f"{who} took the request and sent no complete response head within {time}"
    if not attempt.resolved:
        return "dns-failure", f"the name {_host(who)} was not resolved to an address within {time}"
    if not attempt.connected:
        return "connect-timeout", f"no connection to {who} came about within {time}"
    if attempt.scheme == "https" and not attempt.secured:
        return "connect-timeout", f"{who} took the connection but did not finish the TLS handshake within {time}"
    return "timeout", f"the request could not be sent to {who} within {time}"


def _no_connection(who: str, number: int) -> tuple[str, str]:
    if number == errno.ETIMEDOUT:
        return "connect-timeout", f"{who} did not answer the attempt to connect"
    if number in _UNREACHABLE:
        return "connection-refused", f"{who} cannot be reached: {_UNREACHABLE[number]}"
    return "connection-refused", f"{who} refused the connection: nothing listens on that port"


def _tls(code: int, message: str, attempt: Attempt) -> tuple[str, str]:
    who, lower = attempt.authority, message.lower()
    fault = _certificate_fault(code, message, attempt.verify_result)
    if fault:
        return "tls-failure", f"TLS with {who} failed: its certificate {_CERTIFICATE[fault]}"
    for words, meaning in _TLS_WORDS:
        if words in lower:
            return "tls-failure", f"TLS with {who} failed: {meaning}"
    if attempt.errno == errno.ECONNRESET or any(words in lower for words in _RESET_WORDS):
        return "connection-reset", f"{who} closed the connection during the TLS handshake"
    return "tls-failure", f"TLS with {who} failed: {_plain(message)}"


def _certificate_fault(code: int, message: str, verify_result: int) -> int:
    """OpenSSL's number of what is wrong with the certificate, 0 when that is not the trouble."""
    if code == _CERTIFICATE_REFUSED and verify_result in _CERTIFICATE:
        return verify_result
    lower = message.lower()
    return next((number for words, number in _CERTIFICATE_WORDS if words in lower), 0)


def _reset_sentence(who: str, code: int, message: str) -> str:
    if code == _GOT_NOTHING:
        return f"{who} closed the connection without an answer"
    if code == _HTTP2_STREAM:
        return f"{who} cancelled the request: {_plain(message)}"
    if any(words in message.lower() for words in _RESET_WORDS):
        return f"{who} reset the connection before its answer was complete"
    return f"the connection to {who} broke: {_plain(message)}"


def body_error(code: int, message: str) -> str | None:
    """What became of a body after its head: ``truncated``, ``timeout``, ``capped`` or ``malformed``; None when all
    came."""
    if code == 0:
        return None
    if code == TIMED_OUT:
        return "timeout"
    if code == _WRITE_ERROR:
        return "capped"
    if code == CANCELLED:
        return "cancelled"
    chunking = code == _RECV and "reset" not in message.lower() and "ssl" not in message.lower()
    return "malformed" if code in (_CONTENT_ENCODING, _WEIRD_REPLY) or chunking else "truncated"


def from_exception(error: BaseException, attempt: Attempt) -> NetworkError:
    """What a transport raised instead of answering. A foreign exception is the in-process application's own."""
    if isinstance(error.__cause__, NetworkFailure):
        return error.__cause__.error
    name, text = _judge_exception(error, attempt)
    return NetworkError(name, text, attempt.sent)


def _judge_exception(error: BaseException, attempt: Attempt) -> tuple[str, str]:
    import httpx  # here only: libcurl's failures need none of it, and it takes its time to load

    who = attempt.authority
    if isinstance(error, httpx.ConnectTimeout):
        return "connect-timeout", f"no connection to {who} came about within {_seconds(attempt.seconds)}"
    if isinstance(error, httpx.TimeoutException):
        return "timeout", f"{who} sent no complete response head within {_seconds(attempt.seconds)}"
    if isinstance(error, httpx.ProxyError):
        return "proxy-failure", f"the proxy gave no connection to {who}: {_plain(str(error))}"
    if isinstance(error, (httpx.NetworkError, OSError)):
        return _judge_causes(error, attempt)
    if isinstance(error, httpx.RemoteProtocolError):
        if "disconnected" in str(error):
            return "connection-reset", _reset_sentence(who, _GOT_NOTHING, "")
        return "malformed-response", f"{who} answered with something that is not an HTTP response: {_plain(str(error))}"
    if isinstance(error, httpx.TransportError):
        return "connection-reset", f"the transport could not carry the request to {who}: {_plain(str(error))}"
    return "connection-reset", f"{who} raised {type(error).__name__}: {_plain(str(error))}"


def _judge_causes(error: BaseException, attempt: Attempt) -> tuple[str, str]:
    from httpx import ConnectError

    who = attempt.authority
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _tls(_CERTIFICATE_REFUSED, str(cause), replace(attempt, verify_result=cause.verify_code))
        if isinstance(cause, ssl.SSLError):
            return _tls(0, str(cause), attempt)
        if isinstance(cause, socket.gaierror):
            return "dns-failure", f"the name {_host(who)} could not be resolved to an address"
        if isinstance(cause, OSError) and cause.errno in (errno.ECONNREFUSED, errno.ETIMEDOUT, *_UNREACHABLE):
            return _no_connection(who, cause.errno)
    if isinstance(error, ConnectError):
        return _no_connection(who, 0)
    return "connection-reset", _reset_sentence(who, _RECV, "connection reset")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from or while handling, groups included, outermost first."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _causes(member)
        error = error.__cause__ or error.__context__


def _host(authority: str) -> str:
    return authority.rsplit(":", 1)[0] if authority.rpartition(":")[2].isdigit() else authority


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s"


def _plain(message: str) -> str:
    """A library's words, kept short, for what has no sentence of its own."""
    words = " ".join(message.split())
    return f"{words[:_SHOWN]}\u2026" if len(words) > _SHOWN else words or "no details"
