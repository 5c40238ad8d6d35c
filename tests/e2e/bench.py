"""What is there before a live run, and must be as it was when it is over: services of the user's, and what a former run has left
stopped and slow. Knows how to look for whatever a run leaves behind."""
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import tracer

PATIENCE = 20  # seconds; only a broken promise needs them
SEND_SIGNAL = 424  # pidfd_send_signal, the same on all machines
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
GROUP = "shaketable-"
EARLIER = "the earlier result"


class Service:
    """A service of the user's: it answers anybody, and wants to live."""

    def __init__(self):
        server = HTTPServer(("127.0.0.1", 0), Answer)
        server.handle_error = lambda *_: None  # somebody has left before the answer
        self.port = server.server_port
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            tracer.libc.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
            try:
                server.serve_forever()
            finally:
                os._exit(1)
        server.server_close()
        self.home = self.groups()

    def groups(self):
        return Path(f"/proc/{self.pid}/cgroup").read_text()

    def started(self):
        return stat_of(self.pid)[19]

    def find_harm(self):
        if stat_of(self.pid)[0] in "Tt":
            return "is stopped"
        if self.groups() != self.home:
            return "is in another control group"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            connection.request("GET", "/")
            return None if connection.getresponse().status == 200 else "answers something else"
        except OSError as problem:
            return f"does not answer: {problem}"


class Answer(BaseHTTPRequestHandler):
    wbufsize = -1

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def stat_of(pid):
    """The fields of /proc/PID/stat behind the name: the state first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processes_of(session):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = stat_of(entry)
                if int(fields[3]) == session and fields[0] not in "ZX":
                    found.append(int(entry))
            except OSError:
                pass  # it has ended meanwhile
    return found


def is_marked(pid):
    """Is it of a command of the run? When all others die together, what a command has started waits for `undo`."""
    try:
        return b"\0SHAKETABLE_RUN=" in b"\0" + Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return True  # it has ended


def wait_until(done):
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def free_port():
    """Below those that outgoing connections are given, so that nobody takes it meanwhile."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kill_together(follow, pid):
    """All at the same instant: whoever could see another die is stopped, or dead."""
    if pid != follow.root:
        os.kill(follow.root, signal.SIGKILL)
        follow.wait_for_death(follow.root)
    else:
        for guardian in follow.first_children:
            try:
                os.kill(guardian, signal.SIGKILL)
                wait_until(lambda: stat_of(guardian)[0] == "Z")
            except OSError:
                pass  # it has ended before
    os.kill(pid, signal.SIGKILL)


class Bench:
    """Everything that is there before a run, and must be as it was after it."""

    def __init__(self, tool, source, work):
        self.tool, self.work = tool, Path(work)
        self.log = self.work / "log"
        self.runtime = self.work / "runtime"
        self.journals = self.runtime / "shaketable"
        self.journals.mkdir(parents=True, mode=0o700)
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=str(self.runtime))
        self.db, self.former = Service(), Service()
        (self.work / "db.pid").write_text(f"{self.db.pid}\n")
        self.ports = [free_port(), free_port()]
        bindings = {
            "schema": "shaketable-bindings/v1",
            "services": {
                "db": {"addresses": [f"127.0.0.1:{self.db.port}"], "pid_file": str(self.work / "db.pid")},
                "shop": {"addresses": [f"127.0.0.1:{self.ports[0]}"],
                         "start": ["sh", "-c", f"{tool} serve -q --listen 127.0.0.1:{{port}}; true"]}},
            "edges": {"web -> db": {"listen": [f"127.0.0.1:{self.ports[1]}"]}}}
        (self.work / "bindings.yaml").write_text(json.dumps(bindings))
        self.scenario = self.work / "scenario.yaml"
        text = (Path(source) / "tests/e2e/kill_everywhere.yaml").read_text()
        self.scenario.write_text(text)
        if "E303" in self.play("inject", "--dry-run").stderr:
            print("nobody is slowed down by a control group here")
            self.scenario.write_text("".join(line for line in text.splitlines(True) if "fault: slow" not in line))
        self.left = None
        self.left = self.make_left()

    def words(self, command, *more):
        live = ["--bind", "bindings.yaml", "--stand-ins", "--yes"]
        return [self.tool, command] + ([] if command == "undo" else [
            str(self.scenario), "-q", "-o", "out/", *(live if command == "inject" else []), *more])

    def play(self, command, *more):
        return subprocess.run(self.words(command, *more), env=self.environment, cwd=self.work, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)

    def trace(self, command, path):
        self.log.unlink(missing_ok=True)
        self.running = tracer.Tracer(self.words(command), self.environment, path, self.work, self.log)
        return self.running

    def make_left(self):
        """The journal of a run that was killed whole while the service was stopped and slow, told of another service."""
        wanted = ["\nstop "] + ["\ngroup "] * ("fault: slow" in self.scenario.read_text())
        for _ in range(10):
            follow = self.trace("inject", [0])
            follow.run(2, kill_together, lambda info: info.number == SEND_SIGNAL)  # it would go on now
            wait_until(lambda: all(is_marked(pid) for pid in self.processes_left()))
            texts = [file.read_text() for file in self.journals.glob("*.journal")]
            is_stopped = stat_of(self.db.pid)[0] == "T"
            harm = self.find_harm("nothing")
            if harm:
                raise AssertionError(f"a run that was killed leaves {harm}")
            # On a busy machine it may be slow only after it has gone on.
            if is_stopped and len(texts) == 1 and all(word in texts[0] for word in wanted):
                break
        else:
            raise AssertionError(f"no journal says that it is stopped and slow: {texts}")
        told = texts[0].replace(f"stop {self.db.pid} {self.db.started()}",
                                f"stop {self.former.pid} {self.former.started()}")
        return re.sub(r"(group \S*/)" + GROUP + r"\S*", rf"\1{self.left_group()}", told)

    def left_group(self):
        return f"{GROUP}left-{self.former.pid}"

    def left_groups(self):
        """Pairs of the group that the former run has made, and the one that was before."""
        return re.findall(r"^group (.*)\t(.*)$", self.left or "", re.M)

    def prepare(self):
        """A former run has left a service stopped and slow; there is an earlier result."""
        for folder, _ in self.left_groups():
            os.mkdir(folder)
            (Path(folder) / "cgroup.procs").write_text(str(self.former.pid))
        if self.left:
            os.kill(self.former.pid, signal.SIGSTOP)
            (self.journals / "1.journal").write_text(self.left)
        out = self.work / "out"
        out.mkdir(exist_ok=True)
        for file in out.iterdir():
            file.unlink()
        (out / "result.json").write_text(EARLIER)

    def find_services_harm(self):
        for name, service in (("db", self.db), ("the former service", self.former)):
            harm = service.find_harm()
            if harm:
                return f"{name} {harm}"
        return None

    def processes_left(self):
        return processes_of(self.running.session)

    def journals_left(self):
        return sorted(file.name for file in self.journals.iterdir())

    def groups_left(self):
        """Those of this run, whose guardian names them after itself; other runs may have others."""
        ours = [self.left_group()] + [f"{GROUP}{guardian}-" for guardian in self.running.first_children]
        return [os.path.join(before, name) for _, before in self.left_groups() for name in os.listdir(before)
                if name.startswith(tuple(ours))]

    def find_harm(self, undone):
        """What is left behind, or None. `undone` before `undo` comes: all, own, nothing."""
        def ours():
            return [pid for pid in self.processes_left() if undone != "nothing" or not is_marked(pid)]
        if not wait_until(lambda: not ours()):
            return f"processes {ours()}"
        before = self.find_early_harm(undone)
        if before:
            return before + " before `undo`"
        for time_of_three in range(3):
            undone = self.play("undo")
            if undone.returncode != 0 or (time_of_three > 0 and undone.stdout != "nothing was left to undo\n"):
                return f"`undo` number {time_of_three + 1} ends with {undone.returncode}: {undone.stdout}{undone.stderr}"
            harm = self.find_services_harm()
            left = {"processes": self.processes_left(), "journals": self.journals_left(), "groups": self.groups_left()}
            if harm or any(left.values()):
                return f"{harm}, {left} after `undo`"
        for port in self.ports:
            if is_open(port):
                return f"a listener on {port}"
        return self.find_broken_result()

    def find_early_harm(self, undone):
        if undone == "nothing":
            return None
        if undone == "own":
            own = [name for name in self.journals_left() if name != "1.journal"]
            return f"journals {own}" if own else f"db {self.db.find_harm()}" if self.db.find_harm() else None
        harm = self.find_services_harm()
        if not harm and self.journals_left():
            harm = f"journals {self.journals_left()}"
        return harm

    def find_broken_result(self):
        if not (self.work / "out").exists():
            return None
        for file in (self.work / "out").iterdir():
            if file.name.endswith(".part"):
                continue  # whoever writes there next writes over it
            text = file.read_text()
            whole = text == EARLIER if file.name == "result.json" else text.rstrip().endswith("</html>")
            if not whole:
                try:
                    json.loads(text)
                except ValueError:
                    return f"half of {file.name}"
        return None

    def put_right(self):
        """By force, so that the next kill is judged by itself."""
        for pid in self.processes_left():
            os.kill(pid, signal.SIGKILL)
        self.play("undo")
        for service in (self.db, self.former):
            os.kill(service.pid, signal.SIGCONT)
        for _, before in self.left_groups():
            for service in (self.db, self.former):
                (Path(before) / "cgroup.procs").write_text(str(service.pid))
        for group in self.groups_left():
            os.rmdir(group)
        for file in self.journals.iterdir():
            file.unlink()

    def close(self):
        self.put_right()
        for service in (self.db, self.former):
            os.kill(service.pid, signal.SIGKILL)
            os.waitpid(service.pid, 0)
