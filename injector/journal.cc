#include "injector/journal.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shaketable::injector {

namespace fs = std::filesystem;

namespace {

Unexpected<Problem> system_problem(const std::string& what) {
    return {Problem{.code = "E001", .message = what + ": " + std::strerror(errno)}};
}

std::string print(const ProcessId& process) {
    return std::to_string(process.pid) + " " + std::to_string(process.started);
}

/// Who wrote a journal, and whom it left stopped or held back.
struct Left {
    ProcessId owner;
    std::vector<ProcessId> stopped;
    std::vector<QuotaDeed> limited;
};

/// "group PATH<tab>BEFORE", "limit ..." or "released PATH": paths may hold spaces.
void read_deed(const std::string& line, Left& left) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return;
    const std::string word = line.substr(0, space);
    const std::size_t tab = line.find('\t');
    const std::string path = line.substr(space + 1, tab - space - 1);
    if (word == "released")
        std::erase_if(left.limited, [&](const QuotaDeed& deed) { return deed.path == path; });
    if ((word == "group" || word == "limit") && tab != std::string::npos)
        left.limited.push_back({path, line.substr(tab + 1), word == "group"});
}

Left read(const std::string& path) {
    Left left;
    std::ifstream file{path};
    std::string word;
    for (std::string line; std::getline(file, line);) {
        if (file.eof()) break;  // half a line: what it says was not done yet
        read_deed(line, left);
        std::istringstream row{line};
        ProcessId process;
        if (!(row >> word >> process.pid >> process.started)) continue;
        if (word == "owner") left.owner = process;
        if (word == "stop") left.stopped.push_back(process);
        if (word == "continued") std::erase(left.stopped, process);
    }
    return left;
}

std::vector<std::string> journals(const std::string& folder) {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error})
        if (entry.path().extension() == ".journal") paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

void append(Undone& all, Undone one) {
    std::move(one.done.begin(), one.done.end(), std::back_inserter(all.done));
    std::move(one.failed.begin(), one.failed.end(), std::back_inserter(all.failed));
}

/// Goes on, and is seen to go on. A process that does not look stopped may have a SIGSTOP on its
/// way, which it heeds when it has its turn on a processor next: SIGCONT takes that away, too.
bool let_continue(const ProcessId& process) {
    constexpr int tries = 50;
    for (int i = 0; i < tries; ++i) {
        if (!is_alive(process)) return true;
        if (!send_signal(process, SIGCONT)) return errno == ESRCH;
        if (!is_stopped(process)) return true;
        (void)::poll(nullptr, 0, i);
    }
    return false;
}

}  // namespace

Result<std::string> Journal::folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const std::string folder =
        runtime != nullptr && *runtime != '\0'
            ? std::string{runtime} + "/shaketable"
            : (fs::temp_directory_path() / ("shaketable-" + std::to_string(::getuid()))).string();
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return system_problem("cannot make " + folder);
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) return system_problem("cannot look at " + folder);
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::getuid() || (status.st_mode & 077U) != 0)
        return Unexpected{Problem{.code = "E001",
                                  .message = folder + " is not a folder of yours alone",
                                  .hint = "remove it, or set XDG_RUNTIME_DIR"}};
    return folder;
}

Journal::Journal(const std::string& folder) : path_{path_of(folder, ::getpid())} {}

std::string Journal::path_of(const std::string& folder, pid_t owner) {
    return folder + "/" + std::to_string(owner) + ".journal";
}

bool Journal::open() {
    if (fd_.is_open()) return true;
    constexpr int flags = O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    fd_ = Descriptor{::open(path_.c_str(), flags, S_IRUSR | S_IWUSR)};
    const auto self = identify(::getpid());
    return fd_.is_open() && self && write("owner " + print(*self));
}

bool Journal::write(const std::string& line) {
    const std::string text = line + "\n";
    const auto size = static_cast<ssize_t>(text.size());
    return ::write(fd_.get(), text.data(), text.size()) == size && ::fdatasync(fd_.get()) == 0;
}

bool Journal::will_stop(const ProcessId& process) {
    return open() && write("stop " + print(process));
}

void Journal::has_continued(const ProcessId& process) {
    (void)write("continued " + print(process));
}

bool Journal::will_limit(const QuotaDeed& deed) {
    return open() && write((deed.is_group ? "group " : "limit ") + deed.path + "\t" + deed.before);
}

void Journal::has_released(const QuotaDeed& deed) {
    (void)write("released " + deed.path);
}

Undone undo(const std::string& path) {
    Undone undone;
    const Left left = read(path);
    for (const QuotaDeed& deed : left.limited) {
        if (const auto why = undo(deed))
            undone.failed.push_back(*why);
        else
            undone.done.push_back((deed.is_group ? "the control group " : "the limit ") +
                                  deed.path + " is as it was");
    }
    for (const ProcessId& process : left.stopped) {
        if (!is_alive(process)) continue;
        const std::string who = "process " + std::to_string(process.pid);
        const bool was_stopped = is_stopped(process);
        if (let_continue(process)) {
            if (was_stopped) undone.done.push_back(who + " was stopped and goes on");
        } else
            undone.failed.push_back(who +
                                    " is stopped and cannot be continued: " + std::strerror(errno));
    }
    if (undone.failed.empty()) (void)::unlink(path.c_str());
    return undone;
}

Undone undo_all(const std::string& folder) {
    Undone all;
    for (const std::string& path : journals(folder)) {
        if (is_alive(read(path).owner))
            ++all.running;
        else
            append(all, undo(path));
    }
    return all;
}

}  // namespace shaketable::injector
