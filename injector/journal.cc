#include "injector/journal.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
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

#include "injector/marked.h"

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
    std::string mark;  ///< of the commands that it has started; "" = none
};

/// "group PATH<tab>BEFORE", "limit ..." or "released PATH": paths may hold spaces; "commands MARK".
void read_deed(const std::string& line, Left& left) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return;
    const std::string word = line.substr(0, space);
    const std::size_t tab = line.find('\t');
    const std::string path = line.substr(space + 1, tab - space - 1);
    if (word == "commands") left.mark = path;
    if (word == "released")
        std::erase_if(left.limited, [&](const QuotaDeed& deed) { return deed.path == path; });
    if ((word == "group" || word == "limit") && tab != std::string::npos)
        left.limited.push_back({path, line.substr(tab + 1), word == "group"});
}

/// One that has gone leaves nothing. None: it cannot be read, `errno` says why.
std::optional<Left> read(const std::string& path) {
    Left left;
    errno = 0;
    std::ifstream file{path};
    if (!file.is_open()) return errno == ENOENT ? std::optional{left} : std::nullopt;
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
    if (file.bad()) return std::nullopt;
    return left;
}

std::string cannot_read(const std::string& path, const std::string& why) {
    return "what " + path + " says is unknown: " + why;
}

std::vector<std::string> journals(const std::string& folder, Undone& undone) {
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".journal") paths.push_back(entry->path().string());
    if (error) undone.failed.push_back(cannot_read(folder, error.message()));
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Of whoever wrote it. One that has not written down yet who it is has done nothing so far, but
/// may do so at once; the file has its number for a name.
ProcessState state_of_owner(const std::string& path, const Left& left) {
    if (left.owner.pid != 0) return state_of(left.owner);
    const std::string name = fs::path{path}.stem().string();
    pid_t pid = 0;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    return identify(pid) ? ProcessState::runs : state_of({.pid = pid, .started = 0});
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
        if (!send_signal(process, SIGCONT)) return errno == ESRCH;
        const ProcessState now = state_of(process);
        if (now == ProcessState::runs || now == ProcessState::gone) return true;
        (void)::poll(nullptr, 0, i);
    }
    return false;
}

void let_continue(const ProcessId& process, Undone& undone) {
    const ProcessState before = state_of(process);
    if (before == ProcessState::gone) return;
    const std::string who = "process " + std::to_string(process.pid);
    if (!let_continue(process))
        undone.failed.push_back(who +
                                " was stopped and cannot be continued: " + std::strerror(errno));
    else if (before == ProcessState::stopped)
        undone.done.push_back(who + " was stopped and goes on");
}

void end_commands(const std::string& mark, Undone& undone) {
    if (mark.empty()) return;
    const Ended ended = end_marked(mark);
    if (ended.problem) undone.failed.push_back("of a command of the run, " + *ended.problem);
    if (ended.count > 0)
        undone.done.push_back(std::to_string(ended.count) +
                              (ended.count == 1 ? " process" : " processes") +
                              " of commands of the run have been ended");
}

}  // namespace

Result<std::string> Journal::folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    std::string folder;
    if (runtime != nullptr && *runtime != '\0') {
        folder = std::string{runtime} + "/shaketable";
    } else {
        std::error_code error;
        const fs::path temporary = fs::temp_directory_path(error);
        if (error)
            return Unexpected{
                Problem{.code = "E001",
                        .message = "no folder for temporary files: " + error.message(),
                        .hint = "set TMPDIR or XDG_RUNTIME_DIR to one"}};
        folder = (temporary / ("shaketable-" + std::to_string(::getuid()))).string();
    }
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
    const auto self = identify(::getpid());
    if (!self) return false;
    constexpr int flags = O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    fd_ = Descriptor{::open(path_.c_str(), flags, S_IRUSR | S_IWUSR)};
    size_ = 0;
    is_torn_ = false;
    if (!fd_.is_open()) return false;
    if (write("owner " + print(*self))) return true;
    // Nobody could tell whose deeds these are. The next one begins anew.
    const int why = errno;
    fd_.reset();
    (void)::unlink(path_.c_str());
    errno = why;
    return false;
}

bool Journal::write(const std::string& line) {
    // Half a line would spoil the next: "stop 12stop 1234 567".
    if (is_torn_ && ::ftruncate(fd_.get(), size_) != 0) return false;
    is_torn_ = true;
    const std::string text = line + "\n";
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t n = ::write(fd_.get(), rest.data(), rest.size());
        if (n < 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fdatasync(fd_.get()) != 0) return false;
    size_ += static_cast<off_t>(text.size());
    is_torn_ = false;
    return true;
}

bool Journal::will_stop(const ProcessId& process) {
    return open() && write("stop " + print(process));
}

bool Journal::will_start(const std::string& mark) {
    return open() && write("commands " + mark);
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
    const std::optional<Left> left = read(path);
    if (!left) {
        undone.failed.push_back(cannot_read(path, std::strerror(errno)));
        return undone;
    }
    end_commands(left->mark, undone);
    for (const QuotaDeed& deed : left->limited) {
        if (const auto why = undo(deed))
            undone.failed.push_back(*why);
        else
            undone.done.push_back((deed.is_group ? "the control group " : "the limit ") +
                                  deed.path + " is as it was");
    }
    for (const ProcessId& process : left->stopped) let_continue(process, undone);
    if (undone.failed.empty() && ::unlink(path.c_str()) != 0 && errno != ENOENT)
        undone.failed.push_back("everything in " + path +
                                " is undone, but it cannot be removed: " + std::strerror(errno));
    return undone;
}

Undone undo_all(const std::string& folder) {
    Undone all;
    for (const std::string& path : journals(folder, all)) {
        const std::optional<Left> left = read(path);
        if (!left) {
            all.failed.push_back(cannot_read(path, std::strerror(errno)));
            continue;
        }
        switch (state_of_owner(path, *left)) {
            case ProcessState::gone:
                append(all, undo(path));
                break;
            case ProcessState::unknown:
                all.failed.push_back("whether the run of " + path + " goes on is unknown");
                break;
            default:
                ++all.running;
        }
    }
    return all;
}

}  // namespace shaketable::injector
