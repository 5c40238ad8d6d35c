// Slowing a process down by control groups: on folders that look like the kernel's, and on the
// kernel's own where this machine lets us.
#include "injector/cgroup.h"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/journal.h"

namespace shaketable::injector {
namespace {

namespace fs = std::filesystem;

/// A folder with a /proc and a mount of control groups of its own.
class Tree {
  public:
    Tree() : path_{(fs::temp_directory_path() / "shaketable-groups-XXXXXX").string()} {
        REQUIRE(::mkdtemp(path_.data()) != nullptr);
    }
    ~Tree() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(fs::path{path(name)}.parent_path());
        std::ofstream{path(name)} << text;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::string line;
        std::ifstream file{path(name)};
        std::getline(file, line);
        return line;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
    void mount(const std::string& type, const std::string& options) const {
        write("proc/self/mountinfo", "24 1 0:22 / /sys rw - sysfs sysfs rw\n35 24 0:30 / " +
                                         path("groups") + " rw,relatime shared:9 - " + type + " " +
                                         type + " " + options + "\n");
    }
    /// A process in a group, with one child.
    void add_process(const std::string& group) const {
        write("proc/40/cgroup", group);
        write("proc/41/cgroup", group);
        write("proc/40/stat", "40 (a b) c) S 1 40 40");
        write("proc/41/stat", "41 (child) S 40 40 40");
        write("proc/42/stat", "42 (other) S 1 42 42");
    }
    [[nodiscard]] Cgroups groups() const {
        auto found = Cgroups::find(path("proc"));
        REQUIRE(found.has_value());
        return *found;
    }

  private:
    std::string path_;
};

TEST_CASE("quota: the right part of the time, in the shortest pieces that the kernel has") {
    CHECK(quota_of(1, 1).quota_us == -1);
    CHECK(quota_of(4, 1) == Quota{.quota_us = 1'000, .period_us = 4'000});
    CHECK(quota_of(4, 2) == Quota{.quota_us = 2'000, .period_us = 4'000});
    CHECK(quota_of(4, 0.5) == Quota{.quota_us = 1'000, .period_us = 8'000});
    CHECK(quota_of(1'000, 1) == Quota{.quota_us = 1'000, .period_us = 1'000'000});
    CHECK(quota_of(50'000, 1) == Quota{.quota_us = 1'000, .period_us = 1'000'000});
}

TEST_CASE("control groups: where there are none, it is said") {
    const Tree tree;
    tree.mount("cgroup2", "rw");
    tree.write("groups/cgroup.controllers", "memory pids");
    const auto none = Cgroups::find(tree.path("proc"));
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == "E303");
    CHECK_FALSE(none.error().hint.empty());
}

TEST_CASE(
    "control groups 1: a group is made below that of the process, and filled with its family") {
    const Tree tree;
    tree.mount("cgroup", "rw,cpu,cpuacct");
    tree.add_process("3:memory:/x\n2:cpu,cpuacct:/app\n");
    tree.write("groups/app/cgroup.procs", "40\n41\n42\n");
    const auto deed = tree.groups().plan(40, "mine");
    REQUIRE(deed.has_value());
    CHECK(*deed == QuotaDeed{.path = tree.path("groups/app/mine"),
                             .before = tree.path("groups/app"),
                             .is_group = true});
    // The kernel makes the files of a group with it.
    for (const char* name : {"cgroup.procs", "cpu.cfs_quota_us", "cpu.cfs_period_us"})
        tree.write(std::string{"groups/app/mine/"} + name, "");
    CHECK_FALSE(tree.groups().begin(*deed, 40).has_value());
    // A file keeps the last that was written; 42 is nobody's child.
    const std::string moved = tree.read("groups/app/mine/cgroup.procs");
    CHECK((moved == "40" || moved == "41"));
    CHECK_FALSE(tree.groups().limit(*deed, {.quota_us = 1'000, .period_us = 4'000}).has_value());
    CHECK(tree.read("groups/app/mine/cpu.cfs_period_us") == "4000");
    CHECK(tree.read("groups/app/mine/cpu.cfs_quota_us") == "1000");
}

TEST_CASE("control groups 1: a child that lives in another group stays there") {
    const Tree tree;
    tree.mount("cgroup", "rw,cpu");
    tree.add_process("2:cpu:/app\n");
    tree.write("proc/41/cgroup", "2:cpu:/app/worker\n");
    tree.write("groups/app/cgroup.procs", "40\n42\n");
    const auto deed = tree.groups().plan(40, "mine");
    REQUIRE(deed.has_value());
    tree.write("groups/app/mine/cgroup.procs", "");
    CHECK_FALSE(tree.groups().begin(*deed, 40).has_value());
    CHECK(tree.read("groups/app/mine/cgroup.procs") == "40");
}

TEST_CASE("control groups 2: a group of the process's own has its limit changed and put back") {
    const Tree tree;
    tree.mount("cgroup2", "rw");
    tree.write("groups/cgroup.controllers", "cpu memory");
    tree.add_process("0::/app\n");
    tree.write("groups/app/cgroup.procs", "40\n41\n");
    tree.write("groups/app/cpu.max", "max 100000\n");
    const auto deed = tree.groups().plan(40, "mine");
    REQUIRE(deed.has_value());
    CHECK(*deed == QuotaDeed{.path = tree.path("groups/app/cpu.max"), .before = "max 100000"});
    CHECK_FALSE(tree.groups().begin(*deed, 40).has_value());
    tree.write("groups/app/cpu.max", "");
    CHECK_FALSE(tree.groups().limit(*deed, {.quota_us = 1'000, .period_us = 4'000}).has_value());
    CHECK(tree.read("groups/app/cpu.max") == "1000 4000");
    tree.write("groups/app/cpu.max", "");
    CHECK_FALSE(undo(*deed).has_value());
    CHECK(tree.read("groups/app/cpu.max") == "max 100000");
    fs::remove_all(tree.path("groups/app"));
    CHECK_FALSE(undo(*deed).has_value());  // a limit that has gone limits nobody
}

TEST_CASE("control groups 2: one that others are in is left alone") {
    const Tree tree;
    tree.mount("cgroup2", "rw");
    tree.write("groups/cgroup.controllers", "cpu");
    tree.add_process("0::/app\n");
    tree.write("groups/app/cgroup.procs", "40\n41\n42\n");
    tree.write("groups/app/cpu.max", "max 100000\n");
    const auto refused = tree.groups().plan(40, "mine");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "E303");
    CHECK(refused.error().hint.find("systemd-run --scope") != std::string::npos);
}

TEST_CASE("control groups 2: of the root group, a group is made where it may have a limit") {
    const Tree tree;
    tree.mount("cgroup2", "rw");
    tree.write("groups/cgroup.controllers", "cpu");
    tree.add_process("0::/\n");
    tree.write("groups/cgroup.procs", "40\n42\n");
    CHECK_FALSE(tree.groups().plan(40, "mine").has_value());
    tree.write("groups/cgroup.subtree_control", "cpu memory");
    const auto deed = tree.groups().plan(40, "mine");
    REQUIRE(deed.has_value());
    CHECK(deed->path == tree.path("groups/mine"));
    CHECK(deed->is_group);
}

TEST_CASE("journal: half a line is of something that was not done yet") {
    const Tree tree;
    tree.write("app/cpu.max", "1000 4000\n");
    tree.write("1.journal", "owner 1 1\nlimit " + tree.path("app/cpu.max") + "\tmax");
    CHECK(undo(tree.path("1.journal")).done.empty());
    CHECK(tree.read("app/cpu.max") == "1000 4000");
    tree.write("2.journal", "owner 1 1\nlimit " + tree.path("app/cpu.max") + "\tmax 100000\n");
    tree.write("app/cpu.max", "");
    CHECK(undo(tree.path("2.journal")).done.size() == 1);
    CHECK(tree.read("app/cpu.max") == "max 100000");
    tree.write("3.journal", "owner 1 1\nlimit " + tree.path("app/cpu.max") + "\t5 5\nreleased " +
                                tree.path("app/cpu.max") + "\n");
    CHECK(undo(tree.path("3.journal")).done.empty());
}

/// Computes until it is killed.
class Burner {
  public:
    Burner() : pid_{::fork()} {
        if (pid_ != 0) return;
        volatile unsigned n = 0;
        for (;;) n = n + 1;
    }
    ~Burner() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Burner(const Burner&) = delete;
    Burner& operator=(const Burner&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] double processor_seconds() const {
        clockid_t clock{};
        timespec used{};
        REQUIRE(::clock_getcpuclockid(pid_, &clock) == 0);
        REQUIRE(::clock_gettime(clock, &used) == 0);
        return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
    }

  private:
    pid_t pid_;
};

TEST_CASE("control groups: the kernel's own hold a process back, and let it go") {
    const Burner burner;
    const auto groups = Cgroups::find();
    const auto deed =
        groups ? groups->plan(burner.pid(), "shaketable-test-" + std::to_string(burner.pid()))
               : Result<QuotaDeed>{Unexpected{groups.error()}};
    if (!deed) {
        WARN("skipped: " << deed.error().message);
        return;
    }
    REQUIRE_FALSE(groups->begin(*deed, burner.pid()).has_value());
    REQUIRE_FALSE(groups->limit(*deed, quota_of(5, 1)).has_value());
    // However busy the machine is, a fifth of the time is the most it gets; what was handed out
    // before the limit took hold comes on top.
    const double before = burner.processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    (void)::poll(nullptr, 0, 1'000);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(burner.processor_seconds() - before < 0.3 * took.count());
    CHECK_FALSE(undo(*deed).has_value());
    if (deed->is_group) CHECK_FALSE(fs::exists(deed->path));
    CHECK(*groups->plan(burner.pid(), "again") ==
          QuotaDeed{.path = deed->is_group ? deed->before + "/again" : deed->path,
                    .before = deed->before,
                    .is_group = deed->is_group});
    CHECK_FALSE(undo(*deed).has_value());  // again: nothing to do
}

}  // namespace
}  // namespace shaketable::injector
