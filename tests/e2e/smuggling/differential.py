"""differential.py SHAKETABLE SOURCE_DIR: what our http proxy, HAProxy and nginx make of the same payloads.

Holds: what we send on, the others send on as the same requests; what we pass back, they do not refuse.
"""
import asyncio
import re
import sys
import tempfile
from dataclasses import replace

import payloads
from play import play_requests, play_responses
from programs import Shaketable, others
from upstream import Upstream

PATIENCE = 5  # seconds, of the programs with clients and upstreams

# What one of them refuses and we send on. None of it is about where a message ends.
EXCEPTIONS = {
    ("nginx", "options of the server"): "valid (RFC 9112, 3.2.4); nginx knows paths only",
    ("nginx", "trace"): "valid (RFC 9110, 9.3.8); nginx has no such method",
    ("nginx", "target with an escaped NUL"): "nginx looks for a file of that name; a service may read it otherwise",
    ("nginx", "target with a lone percent sign"): "the same; browsers send it",
    ("nginx", "target that climbs above the root"): "the same",
    ("nginx", "a credential twice"): "which of them counts is up to the service",
    ("nginx", "a condition twice"): "a list in two fields (RFC 9110, 5.3); nginx wants one",
    ("haproxy", "upgrade to a WebSocket without its key"): "no WebSocket; whether to agree is up to the service",
}


def plain(requests):
    """An absolute target and its path are the same request."""
    return [replace(one, target=re.sub(rb"(?i)^https?://[^/]*", b"", one.target) or b"/") for one in requests]


def line_of(name):
    """The line of the table that a payload comes from."""
    return re.sub(r"( [0-9a-f]{2})+$", "", name)


class Verdict:
    def __init__(self):
        self.failed, self.excused, self.differing = [], {}, {}

    def compare_requests(self, payload, ours, name, theirs):
        mine, other = plain(ours.arrived), plain(theirs.arrived)
        if mine != other or theirs.malformed:
            self.differing.setdefault(line_of(payload.name), (ours, {}))[1][name] = theirs
        if mine[:len(other)] != other[:len(mine)]:
            self.failed.append(f"{payload.name}: we and {name} see different requests")
        elif len(mine) > len(other):
            why = EXCEPTIONS.get((name, line_of(payload.name)))
            if why:
                self.excused[name, line_of(payload.name)] = why
            else:
                self.failed.append(f"{payload.name}: we send on what {name} refuses")

    def compare_responses(self, payload, ours, name, theirs):
        if ours.status in (None, 502):
            return
        if theirs.status == 502:
            self.failed.append(f"{payload.name}: we pass an answer that {name} refuses")
        elif theirs.status is not None and theirs != ours:
            self.failed.append(f"{payload.name}: we and {name} pass different answers")

    def check_ours(self, payload, ours):
        if plain(ours.arrived) != plain(payload.arrives):
            self.failed.append(f"{payload.name}: other requests arrived than those of the table")
        if ours.malformed:
            self.failed.append(f"{payload.name}: we send on what is malformed: {ours.malformed}")

    def show(self, names):
        def cell(played):
            if played is None:
                return "the same"
            odd = ", malformed" if played.malformed else ""
            return f"{len(played.arrived)} sent on{odd} ({' '.join(map(str, played.statuses)) or '-'})"
        print("Lines of requests.txt that are not sent on alike (and statuses that the client got):")
        for line, (ours, theirs) in self.differing.items():
            print(f"  {line:50}", *(f"{name}: {cell(theirs.get(name)):34}" for name in names), f"we: {cell(ours)}")
        for (name, line), why in self.excused.items():
            print(f"  excused: {name} refuses \"{line}\": {why}")


async def play(tool, folder, work):
    programs = [Shaketable(tool, work, PATIENCE), *others(work, PATIENCE)]
    asked = payloads.requests(folder)
    answered = [one for one in payloads.responses(folder) if len(one.requests) == 1]

    async def play_one(program):
        upstream = Upstream()
        await program.start(await upstream.listen())
        return await play_requests(program, upstream, asked), await play_responses(program, upstream, answered)
    try:
        played = await asyncio.gather(*map(play_one, programs))
    finally:
        for program in programs:
            await program.stop()
    return asked, answered, {program.name: one for program, one in zip(programs, played)}


def main(tool, source):
    folder = f"{source}/tests/injector/smuggling"
    with tempfile.TemporaryDirectory() as work:
        names = [program.name for program in others(work, PATIENCE)]
        if not names:
            print("skipped: needs haproxy or nginx")
            return 77
        asked, answered, played = asyncio.run(play(tool, folder, work))
    verdict = Verdict()
    sent, passed = played["shaketable"]
    for payload, ours in zip(asked, sent):
        verdict.check_ours(payload, ours)
    for name in names:
        for payload, ours, theirs in zip(asked, sent, played[name][0]):
            verdict.compare_requests(payload, ours, name, theirs)
        for payload, ours, theirs in zip(answered, passed, played[name][1]):
            verdict.compare_responses(payload, ours, name, theirs)
    verdict.show(names)
    for name in {"haproxy", "nginx"} - set(names):
        print(f"not compared: {name} is missing")
    print(f"{len(asked)} payloads of requests, {len(answered)} of answers; sent on whole, passed back:")
    for name, (requests, answers) in played.items():
        whole = sum(bool(one.arrived) for one in requests)
        odd = sum(bool(one.malformed) for one in requests)
        good = sum(one.status not in (None, 502) for one in answers)
        print(f"  {name:10} {whole:5} and {good:4}; {odd} were malformed to a strict upstream")
    for failure in verdict.failed:
        print(f"FAILED: {failure}")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
