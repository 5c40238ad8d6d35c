"""Plays payloads to a program, one after the other, and says what came of them."""
import asyncio
import http.client
import io
import re
import socket
from dataclasses import dataclass

LIMIT = 30  # seconds; nobody waits so long for anything
STATUS = re.compile(rb"HTTP/1\.[01] ([2-9]\d\d)")


async def send(client, data):
    try:
        await asyncio.get_running_loop().sock_sendall(client, data)
    except OSError:
        pass  # who refuses need not read to the end


async def talk(client, sending, program, answers):
    loop, received, ended = asyncio.get_running_loop(), b"", False
    while True:
        due = not ended and len(STATUS.findall(received)) >= answers
        try:
            more = await asyncio.wait_for(loop.sock_recv(client, 65536), program.quiet if due else LIMIT)
        except asyncio.TimeoutError:
            if not due:
                raise RuntimeError(f"{program.name} hangs") from None
            await sending
            try:
                client.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # there is nobody left
            ended = True
            continue
        except OSError:
            more = b""  # reset, by who refuses
        if not more:
            return received
        received += more


async def ask(program, data, answers):
    """What is received. The client ends its half when it has as many answers as are due and the program is quiet."""
    with socket.socket() as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", program.port))
        sending = asyncio.ensure_future(send(client, data))
        try:
            return await talk(client, sending, program, answers)
        finally:
            sending.cancel()


@dataclass(frozen=True)
class Forwarded:
    """What became of the requests of a payload."""
    arrived: tuple
    malformed: tuple  # what a strict upstream could not read
    statuses: tuple


@dataclass(frozen=True)
class Passed:
    """What became of an answer: the final one that the client got, or none."""
    status: int | None
    body: bytes = b""


async def play_requests(program, upstream, payloads):
    played = []
    for payload in payloads:
        upstream.arrived, upstream.malformed = [], []
        received = await ask(program, payload.bytes, payload.answers)
        statuses = tuple(int(status) for status in STATUS.findall(received))
        played.append(Forwarded(tuple(upstream.arrived), tuple(upstream.malformed), statuses))
    return played


class Received:
    def __init__(self, data):
        self.data = data

    def makefile(self, *_):
        return io.BytesIO(self.data)


def final_answer(data, method):
    while re.match(rb"HTTP/1\.[01] 1\d\d", data):
        data = data.partition(b"\r\n\r\n")[2]
    try:
        answer = http.client.HTTPResponse(Received(data), method=method)
        answer.begin()
        return Passed(answer.status, answer.read())
    except (http.client.HTTPException, OverflowError):
        return Passed(None)


async def play_responses(program, upstream, payloads):
    played = []
    for payload in payloads:
        upstream.raw = payload.bytes
        (word,) = payload.requests
        method = "HEAD" if word == "HEAD" else "GET"
        fields = {"UPGRADE": "Connection: upgrade\r\nUpgrade: x\r\n", "CLOSE": "Connection: close\r\n"}.get(word, "")
        data = f"{method} / HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode()
        played.append(final_answer(await ask(program, data, 0), method))
    upstream.raw = None
    return played
