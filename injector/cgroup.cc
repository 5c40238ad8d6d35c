#include "injector/cgroup.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "injector/descriptor.h"

namespace shaketable::injector {

namespace fs = std::filesystem;

namespace {

constexpr const char* processes_file = "/cgroup.procs";
constexpr const char* limit_v2 = "/cpu.max";

Problem cannot(std::string message, std::string hint = {}) {
    return {.code = "E303", .message = std::move(message), .hint = std::move(hint)};
}

Problem cannot_write(const std::string& path) {
    return cannot("cannot write " + path + ": " + std::strerror(errno));
}

bool write_to(const std::string& path, const std::string& text) {
    const Descriptor fd{::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)};
    if (!fd.is_open()) return false;
    return ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

std::vector<pid_t> processes_in(const std::string& folder) {
    std::ifstream file{folder + processes_file};
    std::vector<pid_t> all;
    for (pid_t pid = 0; file >> pid;) all.push_back(pid);
    return all;
}

bool has_word(const std::string& text, const std::string& wanted, char separator) {
    std::istringstream words{text};
    for (std::string word; std::getline(words, word, separator);)
        if (word == wanted) return true;
    return false;
}

/// 0: there is no such process.
pid_t parent_of(const std::string& proc, pid_t pid) {
    const std::string line = first_line(proc + "/" + std::to_string(pid) + "/stat");
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream rest{line.substr(name_end + 1)};
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
}

/// The process and all that descend from it.
std::vector<pid_t> family_of(const std::string& proc, pid_t pid) {
    std::vector<std::pair<pid_t, pid_t>> parents;
    std::error_code error;
    for (fs::directory_iterator at{proc, error}, end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto one = static_cast<pid_t>(std::stol(name));
        parents.emplace_back(one, parent_of(proc, one));
    }
    std::vector<pid_t> family{pid};
    for (std::size_t i = 0; i < family.size(); ++i)
        for (const auto& [child, parent] : parents)
            if (parent == family[i] && child != pid) family.push_back(child);
    return family;
}

bool can_write(const std::string& path) {
    return ::access(path.c_str(), W_OK) == 0;
}

}  // namespace

Quota quota_of(double slowdown, double cores) {
    if (slowdown <= 1) return {.quota_us = -1};
    constexpr double least = 1'000, longest = 1'000'000;
    // The shortest quota of one core, and a period that makes it the right part of the time.
    const double quota = std::max(least, least * cores);
    const double period = quota * slowdown / cores;
    if (period <= longest)
        return {.quota_us = std::lround(quota), .period_us = std::max(1'000L, std::lround(period))};
    return {.quota_us = std::max(1'000L, std::lround(longest * cores / slowdown)),
            .period_us = 1'000'000};
}

Cgroups::Cgroups(int version, std::string mount, std::string root, std::string proc)
    : version_{version}, mount_{std::move(mount)}, root_{std::move(root)}, proc_{std::move(proc)} {}

Result<Cgroups> Cgroups::find(const std::string& proc) {
    std::ifstream table{proc + "/self/mountinfo"};
    std::optional<Cgroups> v1, v2;
    for (std::string line; std::getline(table, line);) {
        std::istringstream row{line};
        std::string number, parent, device, root, mount, word, type, source, options;
        row >> number >> parent >> device >> root >> mount;
        while (row >> word && word != "-") {
        }
        row >> type >> source >> options;
        if (type == "cgroup" && has_word(options, "cpu", ',')) v1 = Cgroups{1, mount, root, proc};
        if (type == "cgroup2" && has_word(first_line(mount + "/cgroup.controllers"), "cpu", ' '))
            v2 = Cgroups{2, mount, root, proc};
    }
    if (v1) return *v1;  // a controller belongs to one version at a time
    if (v2) return *v2;
    return Unexpected{cannot("no control group of this machine hands out processor time",
                             "mount the cpu controller, or play the service by a stand-in")};
}

std::string Cgroups::print() const {
    return "version " + std::to_string(version_) + " at " + mount_;
}

/// Of the group that a process is in.
Result<std::string> Cgroups::folder_of(pid_t pid) const {
    std::ifstream table{proc_ + "/" + std::to_string(pid) + "/cgroup"};
    for (std::string line; std::getline(table, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        if (version_ == 1 ? !has_word(controllers, "cpu", ',') : !line.starts_with("0::")) continue;
        std::string path = line.substr(second + 1);
        if (root_ != "/") {
            if (!path.starts_with(root_)) break;
            path.erase(0, root_.size());
        }
        if (path.find_first_of("\t\n") != std::string::npos || path.find("..") != std::string::npos)
            break;
        return mount_ + (path == "/" ? "" : path);
    }
    return Unexpected{cannot("the control group of process " + std::to_string(pid) +
                             " is not seen below " + mount_)};
}

Result<QuotaDeed> Cgroups::plan(pid_t pid, const std::string& name) const {
    const Result<std::string> home = folder_of(pid);
    if (!home) return Unexpected{home.error()};
    const bool is_root = *home == mount_;
    if (version_ == 1 ||
        (is_root && has_word(first_line(mount_ + "/cgroup.subtree_control"), "cpu", ' '))) {
        if (!can_write(*home) || !can_write(*home + processes_file))
            return Unexpected{
                cannot("no control group can be made in " + *home + ": " + std::strerror(errno),
                       "slowing a real service down needs root, or a group of its "
                       "own that belongs to you")};
        return QuotaDeed{.path = *home + "/" + name, .before = *home, .is_group = true};
    }
    const std::string file = *home + limit_v2;
    const std::string alone =
        "run it in a group of its own: systemd-run --scope, with its pid_file in the bindings";
    const std::vector<pid_t> family = family_of(proc_, pid);
    for (const pid_t other : processes_in(*home))
        if (std::find(family.begin(), family.end(), other) == family.end())
            return Unexpected{
                cannot("the control group " + *home + " has other processes, too", alone)};
    const std::string before = first_line(file);
    if (before.empty() || !can_write(file))
        return Unexpected{cannot("the limit " + file + " cannot be changed", alone)};
    return QuotaDeed{.path = file, .before = before};
}

std::optional<Problem> Cgroups::begin(const QuotaDeed& deed, pid_t pid) const {
    if (!deed.is_group) return std::nullopt;
    if (::mkdir(deed.path.c_str(), 0755) != 0 && errno != EEXIST)
        return cannot("cannot make " + deed.path + ": " + std::strerror(errno));
    const std::string into = deed.path + processes_file;
    // Whoever is born between a look and a move is found by the next look.
    constexpr int looks_max = 10;
    for (int i = 0; i < looks_max; ++i) {
        const std::vector<pid_t> there = processes_in(deed.path);
        bool moved = false;
        for (const pid_t one : family_of(proc_, pid)) {
            if (std::find(there.begin(), there.end(), one) != there.end()) continue;
            // Who lives in a group of its own could not be put back there.
            const Result<std::string> home = folder_of(one);
            if (one != pid && (!home || *home != deed.before)) continue;
            moved = true;
            if (!write_to(into, std::to_string(one)) && errno != ESRCH) return cannot_write(into);
        }
        if (!moved) break;
    }
    return std::nullopt;
}

std::optional<Problem> Cgroups::limit(const QuotaDeed& deed, const Quota& quota) const {
    const std::string period = std::to_string(quota.period_us);
    if (version_ == 2) {
        const std::string file = deed.is_group ? deed.path + limit_v2 : deed.path;
        const std::string most = quota.quota_us < 0 ? "max" : std::to_string(quota.quota_us);
        if (!write_to(file, most + " " + period)) return cannot_write(file);
        return std::nullopt;
    }
    // Without a limit in between, so that no step asks for more than the group above has.
    const std::string file = deed.path + "/cpu.cfs_quota_us";
    if (!write_to(file, "-1")) return cannot_write(file);
    if (!write_to(deed.path + "/cpu.cfs_period_us", period))
        return cannot_write(deed.path + "/cpu.cfs_period_us");
    if (quota.quota_us >= 0 && !write_to(file, std::to_string(quota.quota_us)))
        return cannot_write(file);
    return std::nullopt;
}

std::optional<std::string> undo(const QuotaDeed& deed) {
    if (!deed.is_group) {
        if (::access(deed.path.c_str(), F_OK) != 0 && errno == ENOENT)
            return std::nullopt;  // its group has gone
        if (write_to(deed.path, deed.before) && first_line(deed.path) == deed.before)
            return std::nullopt;
        return "the limit " + deed.path + " was " + deed.before + ": " + std::strerror(errno);
    }
    // A process that ends keeps its group for a moment.
    constexpr int tries = 100;
    int why = 0;
    for (int i = 0; i < tries; ++i) {
        for (const pid_t pid : processes_in(deed.path))
            if (!write_to(deed.before + processes_file, std::to_string(pid)) && errno != ESRCH)
                why = errno;
        if (::rmdir(deed.path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
        if (why == 0 || errno != EBUSY) why = errno;
        (void)::poll(nullptr, 0, std::min(i, 20));
    }
    return "the control group " + deed.path + " holds processes of " + deed.before + ": " +
           std::strerror(why);
}

}  // namespace shaketable::injector
