#include "injector/process.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "injector/descriptor.h"

namespace shaketable::injector {

namespace {

constexpr std::size_t start_time = 19;  // field 22 of proc(5), counted from the state

/// The fields of /proc/PID/stat behind the name, which may hold anything.
std::vector<std::string> stat_of(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    std::vector<std::string> fields;
    if (name_end == std::string::npos) return fields;
    std::istringstream rest{line.substr(name_end + 1)};
    for (std::string field; rest >> field;) fields.push_back(field);
    return fields;
}

}  // namespace

std::optional<ProcessId> identify(pid_t pid) {
    const std::vector<std::string> fields = stat_of(pid);
    if (fields.size() <= start_time || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
    return ProcessId{pid, std::strtoull(fields[start_time].c_str(), nullptr, 10)};
}

ProcessState state_of(const ProcessId& process) {
    if (process.pid <= 0) return ProcessState::gone;
    const std::vector<std::string> fields = stat_of(process.pid);
    if (fields.size() <= start_time) {
        // It need not be read to be known that nobody has the number.
        const bool is_free = ::kill(process.pid, 0) != 0 && errno == ESRCH;
        return is_free ? ProcessState::gone : ProcessState::unknown;
    }
    const bool is_other = std::strtoull(fields[start_time].c_str(), nullptr, 10) != process.started;
    if (is_other || fields[0] == "Z" || fields[0] == "X") return ProcessState::gone;
    return fields[0] == "T" ? ProcessState::stopped : ProcessState::runs;
}

bool send_signal(const ProcessId& process, int signal) {
    const Descriptor descriptor{static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0))};
    if (!descriptor.is_open()) return false;
    // The descriptor is of whoever has the number now; from here on that cannot change any more.
    const ProcessState state = state_of(process);
    if (state == ProcessState::gone || state == ProcessState::unknown) {
        errno = state == ProcessState::gone ? ESRCH : EAGAIN;
        return false;
    }
    return ::syscall(SYS_pidfd_send_signal, descriptor.get(), signal, nullptr, 0) == 0;
}

bool is_self_or_above(pid_t pid) {
    for (pid_t at = ::getpid(); at > 0;) {
        if (at == pid) return true;
        const std::vector<std::string> fields = stat_of(at);
        at =
            fields.size() > 1 ? static_cast<pid_t>(std::strtol(fields[1].c_str(), nullptr, 10)) : 0;
    }
    return false;
}

}  // namespace shaketable::injector
