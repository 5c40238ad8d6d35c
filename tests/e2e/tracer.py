"""Follows one process of a tree of processes from system call to system call, by ptrace(2), and has a deed done before the
one that is asked for. strace(1) counts its `when=` for every process of the tree at once, so it cannot choose one."""
import ctypes
import os
import platform
import signal
from collections import Counter

SEIZE, INTERRUPT, LISTEN, GET_SYSCALL_INFO, GET_EVENT = 0x4206, 0x4207, 0x4208, 0x420E, 0x4201
RESUME, DETACH, RESUME_TO_CALL, POKE_USER = 7, 17, 24, 6
GOOD, FORK, VFORK, CLONE, EXEC = 1, 2, 4, 8, 16  # options; the last four are events, numbered 1, 2, 3, 4
EVENT_STOP = 128
ALL_CHILDREN = 0x40000000  # __WALL
CALL_NUMBER, RETURNED = 15 * 8, 10 * 8  # orig_rax and rax in struct user of x86-64

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class CallInfo(ctypes.Structure):
    """struct ptrace_syscall_info, as far as it is used."""
    _fields_ = [("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32), ("ip", ctypes.c_uint64),
                ("sp", ctypes.c_uint64), ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6)]


def ptrace(request, pid, address=0, data=0):
    """Raises ProcessLookupError where the process has just been killed."""
    ctypes.set_errno(0)
    result = libc.ptrace(request, pid, address, data)
    if result == -1 and ctypes.get_errno() != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def can_trace():
    """Is it permitted here, and does the kernel tell of calls (Linux 5.3)?"""
    try:
        seen = Tracer(["/bin/true"], dict(os.environ), []).run()
    except OSError:
        return False
    return sum(seen.calls.values()) > 0


def can_fail_calls():
    return platform.machine() == "x86_64"


class Seen:
    def __init__(self):
        self.calls = Counter()  # numbers of the target's system calls, and how many of each
        self.order = []  # the same, one after another
        self.reached = None  # number of the call before which the deed was done
        self.status = None  # of the first process, as of waitpid


class Tracer:
    """`path` names the process to follow: [] the command itself, [0] its first child, [0, 2] the third child of that one.
    All others run untouched, apart from those that lead to it, which are stopped when they fork."""

    def __init__(self, command, environment, path, folder=".", output=os.devnull, longest=60):
        self.path = list(path)
        self.longest = longest
        self.place = {}  # of processes that are followed, by pid: their path
        self.children = Counter()
        self.first_children = []  # pids of the first process's
        self.early = {}  # stops of children whose parents have not told of them yet
        self.seen = Seen()
        self.target = None
        self.failing = None
        ready, go = os.pipe()
        self.root = os.fork()
        if self.root == 0:
            try:
                os.setsid()
                os.chdir(folder)
                for number, name in ((0, os.devnull), (1, output), (2, output)):
                    os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), number)
                os.close(go)
                os.read(ready, 1)
                os.execve(command[0], command, environment)
            finally:
                os._exit(127)
        os.close(ready)
        self.go = go
        self.session = self.root

    def run(self, at=None, deed=None, wanted=None, is_lasting=False):
        """Until all that are followed have ended. Before call number `at` of the target (from 1), of those that `wanted`
        takes, does `deed`: None kills it; a number makes the call fail with that error, and with `is_lasting` all that
        follow; a function is called."""
        self.at, self.deed, self.wanted, self.is_lasting = at, deed, wanted, is_lasting
        try:
            ptrace(SEIZE, self.root, 0, GOOD | FORK | VFORK | CLONE | EXEC)
            self.place[self.root] = []
            ptrace(INTERRUPT, self.root)
            os.close(self.go)
            before = signal.signal(signal.SIGALRM, self._give_up)
            signal.setitimer(signal.ITIMER_REAL, self.longest)
            while self.place:
                self._on_status(*os.waitpid(-1, ALL_CHILDREN))
            signal.signal(signal.SIGALRM, before)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if self.place:
                self._kill_all()
        return self.seen

    def _give_up(self, *_):
        raise TimeoutError(f"the run has not ended after {self.longest} s")

    def _kill_all(self):
        for pid in self.place:
            os.kill(pid, signal.SIGKILL)

    def wait_for_death(self, pid):
        """Of a process that is followed and was killed."""
        while pid in self.place:
            self._on_status(*os.waitpid(pid, ALL_CHILDREN))

    def _on_status(self, pid, status):
        if os.WIFSTOPPED(status):
            try:
                self._on_stop(pid, status >> 16, os.WSTOPSIG(status), status)
            except ProcessLookupError:
                pass  # killed meanwhile; its end comes next
            return
        self.place.pop(pid, None)
        if pid == self.root:
            self.seen.status = status

    def _on_stop(self, pid, event, number, status):
        if pid not in self.place:
            self.early[pid] = status
            return
        if event in (1, 2, 3):
            self._on_child(pid)
        elif event == 4 and self.place[pid] == self.path == []:
            self.target = pid
        elif event == 0 and number == signal.SIGTRAP | 0x80:
            return self._on_call(pid)
        elif event == EVENT_STOP and number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            ptrace(LISTEN, pid)  # it stays stopped until somebody continues it
            return
        elif event == 0:
            return self._resume(pid, number)
        self._resume(pid)

    def _on_child(self, parent):
        told = ctypes.c_ulong()
        ptrace(GET_EVENT, parent, 0, ctypes.cast(ctypes.pointer(told), ctypes.c_void_p).value)
        child = told.value
        place = self.place[parent] + [self.children[parent]]
        self.children[parent] += 1
        if parent == self.root:
            self.first_children.append(child)
        status = self.early.pop(child, None)
        while status is None:
            who, status = os.waitpid(child, ALL_CHILDREN)
        if not os.WIFSTOPPED(status):
            return
        if place != self.path[:len(place)]:
            ptrace(DETACH, child)
            return
        self.place[child] = place
        if place == self.path:
            self.target = child
        self._resume(child)

    def _resume(self, pid, number=0):
        ptrace(RESUME_TO_CALL if pid == self.target else RESUME, pid, 0, number)

    def _on_call(self, pid):
        info = CallInfo()
        ptrace(GET_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.addressof(info))
        if info.op == 1:
            self._before(pid, info)
        elif info.op == 2 and self.failing is not None:
            ptrace(POKE_USER, pid, RETURNED, -self.failing)
            self.failing = None
        self._resume(pid)

    def _before(self, pid, info):
        if self.wanted and not self.wanted(info):
            return
        self.seen.calls[info.number] += 1
        self.seen.order.append(info.number)
        is_first = len(self.seen.order) == self.at
        is_later = self.is_lasting and self.seen.reached is not None
        if not is_first and not is_later:
            return
        if is_first:
            self.seen.reached = info.number
        if isinstance(self.deed, int):
            self.failing = self.deed
            ptrace(POKE_USER, pid, CALL_NUMBER, -1)  # there is no such call, so nothing is done
            return
        self.target = None  # whatever follows is of no interest
        if self.deed:
            self.deed(self, pid)
        else:
            os.kill(pid, signal.SIGKILL)
