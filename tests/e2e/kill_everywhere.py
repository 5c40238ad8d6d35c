"""kill_everywhere.sh SHAKETABLE SOURCE_DIR [...]: whoever of a live run is killed before whichever of its system calls, nothing
is left behind; nor where one of its calls on files fails.

A short run, kill_everywhere.yaml, is played once to count the calls of each of its processes. Then it is played again for each
of them, and before that call the process is killed: by itself, or (`together`) with all others at the same instant, so that
nobody is left to undo anything but `shaketable undo`. Before each run a former one has left a service stopped and slow.
Afterwards nothing may be left: no process, no listener, no stopped or slow service, no control group, no journal, and no half
of a result. `undo` comes three times and must find the same each time. With --errors calls on files fail instead.

  --stride K     every K-th call only, from --offset O on: K runs with O = 0..K-1 cover all calls
  --kills N      about N kills in all, spread over sweeps and calls
  --errors       no kills: each call on files fails, once or from then on
"""
import argparse
import errno
import os
import re
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import tracer
from bench import EARLIER, Bench, kill_together

# Who is killed: the command, the path to the process in its tree, whether all others die with it, and who is left to undo
# things before `undo` comes: somebody for all, somebody for what this run has done, or nobody.
SWEEPS = {
    "controller": ("inject", [], False, "own"),
    "guardian": ("inject", [0], False, "all"),
    "proxies": ("inject", [0, 1], False, "all"),
    "stand-in": ("inject", [0, 2], False, "all"),
    "load": ("inject", [0, 3], False, "all"),
    "controller-together": ("inject", [], True, "nothing"),
    "guardian-together": ("inject", [0], True, "nothing"),
    "undo": ("undo", [], False, "nothing"),
    "simulate": ("simulate", [], False, "nothing"),
}

# Calls on files, of x86-64. Those that change something fail as on a disk that is full, broken or only to be read, once or
# from then on; those that read fail as on a broken disk, or where no descriptor is left.
CHANGES = {"write": 1, "fsync": 74, "fdatasync": 75, "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "unlink": 87}
OPEN = 257
READS = {"read": 0, "newfstatat": 262, "getdents64": 217, "openat": OPEN, "pidfd_open": 434}
FAILING = ("controller", "guardian", "undo", "simulate")


def is_change(info):
    if info.number == CHANGES["write"]:
        return info.arguments[0] > 2
    may_write = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    return info.number in CHANGES.values() or info.number == OPEN and info.arguments[2] & may_write != 0


def is_read(info):
    return info.number in READS.values() and not is_change(info)


ERRORS = [(is_change, errno.ENOSPC, False), (is_change, errno.ENOSPC, True), (is_change, errno.EROFS, True),
          (is_change, errno.EIO, False), (is_change, errno.EDQUOT, True), (is_read, errno.EIO, False),
          (is_read, errno.EMFILE, False)]


def names_of_calls():
    for header in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h"):
        if Path(header).exists():
            return {int(n): name for name, n in re.findall(r"#define __NR_(\w+) (\d+)\n", Path(header).read_text())}
    return {}


CALLS = names_of_calls()


class Campaign:
    def __init__(self, bench, choose):
        self.bench, self.choose = bench, choose
        self.deeds, self.broken = 0, 0

    def play(self, sweep, *how):
        command, path, _, _ = SWEEPS[sweep]
        self.bench.prepare()
        return self.bench.trace(command, path).run(*how)

    def count(self, sweep, wanted=None):
        seen = self.play(sweep, None, None, wanted)
        command, _, _, _ = SWEEPS[sweep]
        harm = self.bench.find_harm("nothing" if command == "simulate" else "all")
        if harm or code_of(seen) != 0:
            sys.exit(f"{sweep}: a run that nobody disturbs ends with {seen.status} and leaves {harm}\n"
                     + self.bench.log.read_text())
        return len(seen.order)

    def kill(self, sweep, at):
        _, path, together, undone = SWEEPS[sweep]
        seen = self.play(sweep, at, kill_together if together else None)
        harm = self.bench.find_harm(undone)
        is_killed = seen.reached is not None and (path == [] or together)
        if not harm and code_of(seen) not in ((-signal.SIGKILL,) if is_killed else (0, 3)):
            harm = f"exit code {code_of(seen)}"
        return self.judge(f"{sweep} killed before call {at}", seen, harm)

    def fail(self, sweep, at, wanted, error, is_lasting):
        seen = self.play(sweep, at, error, wanted, is_lasting)
        code = code_of(seen)
        text = self.bench.log.read_text()
        harm = self.bench.find_harm(self.promised(sweep, code))
        result = (self.bench.work / "out/result.json").read_text()
        if not harm and code not in (0, 2, 3, 5, 127):
            harm = f"exit code {code}"
        if not harm and code != 0 and not text:
            harm = f"exit code {code} without a word"
        if not harm and code != 0 and "cannot write out/result.json" in text and result != EARLIER:
            harm = "the earlier result has gone"
        if not harm and code == 0 and result == EARLIER and sweep != "undo":
            harm = "exit code 0 without a result"
        return self.judge(f"{sweep}, whose call {at} failed with {errno.errorcode[error]}", seen, harm)

    @staticmethod
    def promised(sweep, code):
        """What is undone before `undo` comes: whoever says that something is not may leave it, who says nothing may not."""
        if code in (5, 127) or sweep == "simulate" or sweep == "undo" and code != 0:
            return "nothing"
        return "own" if sweep == "controller" and code != 0 else "all"

    def judge(self, what, seen, harm):
        self.deeds += seen.reached is not None
        if harm:
            self.broken += 1
            name = CALLS.get(seen.reached, f"call {seen.reached}")
            print(f"FAILED: {what} ({name}): {harm}\n{self.bench.log.read_text()}", flush=True)
            self.bench.put_right()
        return seen.reached

    def sweep_kills(self, sweep):
        calls = self.count(sweep)
        self.tell(f"{sweep}: {calls} calls; killed before", [self.kill(sweep, at) for at in self.choose(calls)])

    def sweep_errors(self, sweep):
        calls = {wanted: self.count(sweep, wanted) for wanted in (is_change, is_read)}
        for wanted, error, is_lasting in ERRORS:
            reached = [self.fail(sweep, at, wanted, error, is_lasting) for at in self.choose(calls[wanted])]
            what = "changes" if wanted == is_change else "reads"
            self.tell(f"{sweep}: {calls[wanted]} {what} of files; {errno.errorcode[error]}"
                      + (", from then on, at" if is_lasting else " at"), reached)

    @staticmethod
    def tell(text, reached):
        kinds = Counter(reached)
        missed = kinds.pop(None, 0)
        print(f"{text} {sum(kinds.values())} of them, of {len(kinds)} kinds"
              + (f"; {missed} times it made fewer calls" if missed else ""), flush=True)


def code_of(seen):
    return os.waitstatus_to_exitcode(seen.status)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("source")
    parser.add_argument("--sweeps", help="only these, by commas: " + ", ".join(SWEEPS))
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    if not tracer.can_trace() or arguments.errors and not tracer.can_fail_calls():
        print("skipped: processes cannot be traced here, or calls not be made to fail")
        sys.exit(77)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # who is told to end puts everything right
    sweeps = arguments.sweeps.split(",") if arguments.sweeps else FAILING if arguments.errors else list(SWEEPS)

    def choose(calls):
        if arguments.kills is None:
            return range(1 + arguments.offset, calls + 1, arguments.stride)
        each = max(1, arguments.kills // len(sweeps))
        return [1 + int((k + 0.5) * calls / each) for k in range(each)]

    with tempfile.TemporaryDirectory(prefix="shaketable-") as work:
        bench = Bench(os.path.abspath(arguments.tool), arguments.source, work)
        try:
            campaign = Campaign(bench, choose)
            for sweep in sweeps:
                (campaign.sweep_errors if arguments.errors else campaign.sweep_kills)(sweep)
        finally:
            bench.close()
    print(f"{campaign.deeds} {'calls failed' if arguments.errors else 'kills'}; {campaign.broken} broke a promise")
    sys.exit(1 if campaign.broken else 0)


if __name__ == "__main__":
    main()
