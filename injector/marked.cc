#include "injector/marked.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include <poll.h>
#include <signal.h>

namespace shaketable::injector {

namespace fs = std::filesystem;

namespace {

struct Search {
    std::vector<ProcessId> found;
    std::string unread;  ///< what could not be looked at, and why
};

bool bears(const fs::path& process, const std::string& mark, Search& search) {
    errno = 0;
    std::ifstream environment{process / "environ", std::ios::binary};
    for (std::string variable; std::getline(environment, variable, '\0');)
        if (variable == mark) return true;
    // It has ended meanwhile, or is somebody else's.
    const bool is_none_of_ours = errno == ENOENT || errno == ESRCH || errno == EACCES;
    if (errno != 0 && !is_none_of_ours)
        search.unread = process.string() + " cannot be looked at: " + std::strerror(errno);
    return false;
}

void look_at(const fs::path& process, const std::string& mark, Search& search) {
    if (!bears(process, mark, search)) return;
    const auto identity = identify(static_cast<pid_t>(std::atol(process.filename().c_str())));
    // Looked at again, it is that one which bears it, or that one has gone.
    if (identity && bears(process, mark, search)) search.found.push_back(*identity);
}

Search find_marked(const std::string& mark) {
    Search search;
    std::error_code error;
    for (fs::directory_iterator at{"/proc", error}, end; !error && at != end; at.increment(error))
        if (at->path().filename().string().find_first_not_of("0123456789") == std::string::npos)
            look_at(at->path(), mark, search);
    if (error) search.unread = "/proc cannot be looked at: " + error.message();
    return search;
}

}  // namespace

std::string mark_of(const ProcessId& guardian) {
    return "SHAKETABLE_RUN=" + std::to_string(guardian.pid) + "." +
           std::to_string(guardian.started);
}

Ended end_marked(const std::string& mark) {
    constexpr int tries = 50;
    Ended ended;
    std::set<pid_t> hit;
    // Who is just becoming another program shows no environment, so nobody must be there twice.
    int looks_in_vain = 0;
    for (int i = 0; i < tries && looks_in_vain < 2; ++i) {
        const Search search = find_marked(mark);
        const bool is_over = search.found.empty() && search.unread.empty();
        looks_in_vain = is_over ? looks_in_vain + 1 : 0;
        ended.problem.reset();
        if (!search.unread.empty()) ended.problem = search.unread;
        for (const ProcessId& process : search.found) {
            const std::string who = "process " + std::to_string(process.pid);
            if (send_signal(process, SIGKILL)) {
                hit.insert(process.pid);
                ended.problem = who + " does not end";
            } else if (errno != ESRCH) {
                ended.problem = who + " cannot be ended: " + std::strerror(errno);
            }
        }
        (void)::poll(nullptr, 0, std::min(i, 40));
    }
    ended.count = hit.size();
    return ended;
}

}  // namespace shaketable::injector
