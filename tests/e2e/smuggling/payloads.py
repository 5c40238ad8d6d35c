"""The tables of raw payloads in tests/injector/smuggling, whose first lines say how they are written."""
import itertools
import re
from dataclasses import dataclass

TEXTS = {
    "get": r"GET / HTTP/1.1\r\nHost: a\r\n",
    "post": r"POST / HTTP/1.1\r\nHost: a\r\n",
    "put": r"PUT / HTTP/1.1\r\nHost: a\r\n",
    "coded": r"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n",
    "chunked": r"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "next": r"GET /next HTTP/1.1\r\nHost: a\r\n\r\n",
    "ok": r"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
}
BYTES = {
    "control": [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F],
    "high": [0x80, 0x85, 0xA0, 0xAD, 0xFF],
    "blank": [0x20, 0x09],
}


def expand(text):
    for name, meaning in TEXTS.items():
        text = text.replace("{" + name + "}", meaning)
    while text != (once := re.sub(r"\{(\d+)\*([^{}]*)\}", lambda m: int(m[1]) * m[2], text)):
        text = once
    return text


def unescape(text):
    single = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
    pieces = re.split(r"\\(x[0-9a-f]{2}|[rnt\\])", text)
    return b"".join(
        piece.encode("ascii") if i % 2 == 0 else bytes.fromhex(piece[1:]) if piece[0] == "x" else single[piece]
        for i, piece in enumerate(pieces))


@dataclass(frozen=True)
class Request:
    """As the upstream sees one."""
    method: bytes
    target: bytes
    body: bytes = b""


def arrivals_of(text):
    found = []
    for one in expand(text).split(" + ") if text != "-" else []:
        head, _, body = one.partition(' "')
        method, target = head.split(" ")
        found.append(Request(unescape(method), unescape(target), unescape(body.removesuffix('"'))))
    return found


@dataclass(frozen=True)
class RequestPayload:
    name: str
    answers: int  # that the upstream gives
    arrives: tuple
    bytes: bytes


@dataclass(frozen=True)
class ResponsePayload:
    name: str
    requests: tuple
    bytes: bytes


def rows(path):
    with open(path, encoding="ascii") as lines:
        return [line.rstrip("\n").split(" | ", 3) for line in lines if line.strip() and not line.startswith("#")]


def variants(name, text):
    """One for each byte of the sets that the text names."""
    named = [kind for kind in BYTES if "{" + kind + "}" in text]
    for chosen in itertools.product(*(BYTES[kind] for kind in named)):
        one = text
        for kind, byte in zip(named, chosen):
            one = one.replace("{" + kind + "}", f"\\x{byte:02x}")
        yield name + "".join(f" {byte:02x}" for byte in chosen), unescape(expand(one))


def requests(folder):
    return [
        RequestPayload(variant, expand(answers).split().count("200"), tuple(arrivals_of(arrives)), data)
        for name, answers, arrives, text in rows(f"{folder}/requests.txt")
        for variant, data in variants(name, text)]


def responses(folder):
    return [
        ResponsePayload(variant, tuple(asked.split()), data)
        for name, asked, _, text in rows(f"{folder}/responses.txt")
        for variant, data in variants(name, text.replace("{end}", "").replace("{cut}", ""))]
