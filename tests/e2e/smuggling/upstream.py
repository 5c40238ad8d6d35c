"""An upstream that reads requests as strictly as RFC 9112 lets it, and remembers them."""
import asyncio
import re

from payloads import Request

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z\-._~!$&'()*+,;=%]*)(?::[0-9]*)?")
TARGET = re.compile(rb"/[!-\"$-~]*|\*|(?i:https?)://[!-\"$-~]+")
TEXT = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;[\t\x20-\x7e\x80-\xff]*)?")


class Malformed(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Malformed(what)


def fields_of(lines):
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        need(colon and TOKEN.fullmatch(name), f"a name: {line!r}")
        need(TEXT.fullmatch(value), f"a value: {line!r}")
        fields.append((name.lower(), value.strip(b" \t")))
    return fields


def line_at(data, start):
    """The line there and where the next one begins; None: it has not come whole."""
    end = data.find(b"\r\n", start)
    lone = data.find(b"\n", start, end if end >= 0 else len(data))
    need(lone < 0, "a bare LF")
    return None if end < 0 else (data[start:end], end + 2)


def lines_at(data, start):
    lines = []
    while (found := line_at(data, start)) is not None:
        line, start = found
        if not line:
            return lines, start
        lines.append(line)
    return None


def chunks_at(data, start):
    body = b""
    while (found := line_at(data, start)) is not None:
        size = SIZE.fullmatch(found[0])
        need(size, f"a chunk's size: {found[0]!r}")
        start, length = found[1], int(size[1], 16)
        if length == 0:
            trailers = lines_at(data, start)
            if trailers is None:
                return None
            framing = {b"content-length", b"transfer-encoding", b"host", b"connection", b"upgrade"}
            need(framing.isdisjoint(name for name, _ in fields_of(trailers[0])), "a trailer that frames")
            return body, trailers[1]
        if len(data) < start + length + 2:
            return None
        need(data[start + length:start + length + 2] == b"\r\n", "a chunk's end")
        body += data[start:start + length]
        start += length + 2
    return None


def request_at(data):
    """The first request, whether it is the last one, and where it ends; None: it has not come whole."""
    found = lines_at(data, 0)
    if found is None:
        return None
    need(found[0], "an empty line in front")
    words = found[0][0].split(b" ")
    need(len(words) == 3, f"a request line: {found[0][0]!r}")
    method, target, version = words
    need(TOKEN.fullmatch(method) and TARGET.fullmatch(target), f"a request line: {found[0][0]!r}")
    need(version in (b"HTTP/1.1", b"HTTP/1.0"), f"a version: {version!r}")
    fields = fields_of(found[0][1:])
    of = lambda wanted: [value for name, value in fields if name == wanted]
    hosts, lengths, codings = of(b"host"), of(b"content-length"), of(b"transfer-encoding")
    need(len(hosts) == 1 or (not hosts and version == b"HTTP/1.0"), "one host")
    need(all(HOST.fullmatch(host) for host in hosts), f"a host: {hosts!r}")
    options = [word.strip(b" \t").lower() for value in of(b"connection") for word in value.split(b",")]
    last = b"close" in options or (version == b"HTTP/1.0" and b"keep-alive" not in options)
    body, end = b"", found[1]
    if codings:
        need(version == b"HTTP/1.1" and not lengths and len(codings) == 1, "a coding alone")
        need(codings[0].lower() == b"chunked", f"a coding: {codings!r}")
        chunks = chunks_at(data, end)
        if chunks is None:
            return None
        body, end = chunks
    elif lengths:
        need(len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,18}", lengths[0]), f"a length: {lengths!r}")
        end += int(lengths[0])
        if len(data) < end:
            return None
        body = data[found[1]:end]
    return Request(method, target, body), last, end


class Upstream:
    """Answers each request with what it was, or with `raw`, behind which its connection ends."""

    def __init__(self):
        self.arrived, self.malformed = [], []
        self.raw = None

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        data, done = b"", False
        try:
            while not done and (more := await reader.read(65536)):
                data += more
                while not done and (found := request_at(data)) is not None:
                    request, done, end = found
                    data = data[end:]
                    self.arrived.append(request)
                    writer.write(self.answer_to(request, done))
                    done = done or self.raw is not None
            if done and data:
                self.malformed.append("bytes behind the last request")
        except Malformed as why:
            self.malformed.append(str(why))
        except OSError:
            pass
        writer.close()

    def answer_to(self, request, last):
        if self.raw is not None:
            return self.raw
        text = request.method + b" " + request.target
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(text) + (b"Connection: close\r\n" if last else b"")
        return head + b"\r\n" + (b"" if request.method == b"HEAD" else text)
