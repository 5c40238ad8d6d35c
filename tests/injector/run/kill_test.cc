// Whoever of a run is killed, and whenever: nothing is left behind.
//
// SHAKETABLE_KILLS=200 runs the campaign at full length.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "injector/http/socket.h"
#include "injector/journal.h"
#include "injector/plan.h"
#include "injector/run/inject.h"
#include "scenarios/read.h"
#include "tests/injector/runtime_folder.h"

namespace shaketable::injector {
namespace {

namespace fs = std::filesystem;

/// A process of the user's: it accepts connections, says nothing, and wants to live.
class Victim {
  public:
    explicit Victim(const fs::path& folder) {
        Descriptor listener = listen_on_loopback();
        port_ = proxy::Address::of_socket(listener.get()).port();
        pid_ = ::fork();
        if (pid_ == 0) {
            for (;;) {  // the listener does not block; waiting is poll's
                pollfd wait{listener.get(), POLLIN, 0};
                (void)::poll(&wait, 1, -1);
                const int fd = ::accept(listener.get(), nullptr, nullptr);
                if (fd >= 0) ::close(fd);
            }
        }
        pid_file_ = folder / "victim.pid";
        std::ofstream{pid_file_} << pid_ << "\n";
        if (const std::string why = find_unslowable(); !why.empty())
            WARN("nobody is slowed down by a control group here: " << why);
    }
    ~Victim() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string pid_text() const { return std::to_string(pid_); }
    [[nodiscard]] std::string pid_file() const { return pid_file_.string(); }
    /// Its control groups, as the kernel prints them.
    [[nodiscard]] std::string groups() const {
        std::ifstream file{"/proc/" + std::to_string(pid_) + "/cgroup"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    /// Why it cannot be slowed down here; "" = it can.
    [[nodiscard]] std::string find_unslowable() const {
        const auto found = Cgroups::find();
        if (!found) return found.error().message;
        const auto deed = found->plan(pid_, "shaketable-test");
        return deed ? "" : deed.error().message;
    }
    [[nodiscard]] bool runs() const {
        const auto self = identify(pid_);
        return self && state_of(*self) == ProcessState::runs;
    }

  private:
    pid_t pid_ = 0;
    std::uint16_t port_ = 0;
    fs::path pid_file_;
};

Bindings bindings_of(const Victim& victim) {
    Bindings bindings;
    bindings.services.entries.push_back({"db",
                                         {.addresses = {victim.address()},
                                          .flavour = proxy::Flavour::tcp,
                                          .start = {},
                                          .pid_file = victim.pid_file(),
                                          .health = {}}});
    return bindings;
}

const std::string slow_text =
    "  - {id: slow, at: 120ms, for: 250ms, every: 450ms, fault: slow, target: db, factor: 4}\n";

scenarios::Scenario scenario(const std::string& more) {
    const auto document = scenarios::read_text("test.yaml", R"(
schema: shaketable/v1
name: kill
run: {duration: 20s, seed: 1}
services:
  web:
    replicas: 2
    endpoints: {get: {steps: [{work: 1ms}, {call: db.get, policy: rules, optional: true}]}}
  db: {endpoints: {get: {idempotent: true, steps: [{work: 1ms}]}}}
policies: {rules: {timeout: 50ms}}
workload: {users: {call: web.get, arrivals: constant(50/s)}}
faults:
  - {id: crash, at: 200ms, for: 300ms, every: 700ms, fault: crash, target: "web[1]"}
  - {id: pause, at: 100ms, for: 300ms, every: 400ms, fault: pause, target: db}
  - {id: nap, at: 150ms, for: 200ms, every: 500ms, fault: pause, target: "web[0]"}
  - {id: late, at: 0s, for: 20s, fault: latency, target: web -> db, delay: 5ms}
  - {id: gone, at: 300ms, for: 100ms, every: 500ms, fault: blackhole, target: users -> web}
)" + more);
    REQUIRE(document.has_value());
    return document->scenarios.front();
}

std::vector<pid_t> processes_of(pid_t session) {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto pid = static_cast<pid_t>(std::stol(name));
        if (::getsid(pid) == session && identify(pid)) found.push_back(pid);
    }
    return found;
}

/// A run in a session of its own, so that every process of it is known.
pid_t start_run(const Bindings& bindings, const std::string& more,
                const InjectOptions& options = {}) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setsid();
        ::signal(SIGSEGV, SIG_DFL);
        const rlimit no_core{};
        ::setrlimit(RLIMIT_CORE, &no_core);
        auto plan = make_plan(scenario(more), bindings, {.stand_ins = true});
        if (!plan) ::_exit(10);
        auto sockets = open_sockets(*plan);
        if (!sockets) ::_exit(11);
        const Injected injected = inject(*plan, std::move(*sockets), options);
        ::_exit(injected.not_undone.empty() ? 3 : 5);
    }
    return pid;
}

/// Waits up to ten seconds, which only a broken promise needs.
template <class Done>
bool wait_until(Done done) {
    for (int i = 0; i < 1000; ++i) {
        if (done()) return true;
        (void)::poll(nullptr, 0, 10);
    }
    return false;
}

TEST_CASE("run: whoever of it is killed, and whenever, leaves nothing behind") {
    const char* wanted = std::getenv("SHAKETABLE_KILLS");
    const int kills = wanted != nullptr ? std::atoi(wanted) : 20;
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const Bindings bindings = bindings_of(victim);
    const std::string home = victim.groups();
    const std::string more = victim.find_unslowable().empty() ? slow_text : "";
    Random dice{random_key(1, 0, "kill", "whom and when")};
    for (int i = 0; i < kills; ++i) {
        const pid_t controller = start_run(bindings, more);
        REQUIRE(controller > 0);
        (void)::poll(nullptr, 0, static_cast<int>(dice.below(1500)));
        std::vector<pid_t> all = processes_of(controller);
        const pid_t target =
            all.empty() ? controller : all[dice.below(static_cast<std::uint32_t>(all.size()))];
        INFO("kill " << i << ", process " << target << " of " << all.size() << ", controller "
                     << controller);
        ::kill(target, SIGKILL);
        int status = 0;
        REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
        CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 3));
        CHECK(wait_until([&] { return processes_of(controller).empty(); }));
        CHECK(wait_until([&] { return victim.runs() && victim.groups() == home; }));
        CHECK(folder.journals() == 0);
    }
}

/// A word of /proc/PID/status, which is written in hexadecimal or is a small number.
std::optional<std::uint64_t> status_of(pid_t pid, const std::string& what) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string word; file >> word;)
        if (std::uint64_t value = 0; word == what && file >> std::hex >> value) return value;
    return std::nullopt;
}

/// Of a run whose victim is paused now: the controller, and its guardian.
std::pair<pid_t, pid_t> start_paused(const Bindings& bindings, const Victim& victim) {
    InjectOptions options;
    options.lease = std::chrono::milliseconds{500};
    const pid_t controller = start_run(bindings, "", options);
    REQUIRE(wait_until([&] { return !victim.runs(); }));
    for (const pid_t pid : processes_of(controller)) {
        std::string name;
        std::ifstream{"/proc/" + std::to_string(pid) + "/comm"} >> name;
        if (name == "shake-guardian") return {controller, pid};
    }
    FAIL("there is no guardian");
    return {};
}

TEST_CASE("run: it pauses neither itself nor whoever started it, whatever a pid_file says") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    Bindings bindings = bindings_of(victim);
    bindings.services.entries.front().value.pid_file = folder.path("own.pid");
    std::ofstream{folder.path("own.pid")} << ::getpid() << "\n";
    const pid_t controller = start_run(bindings, "");
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(folder.journals() == 0);
}

TEST_CASE("run: a controller that stands still loses its run, and everything is undone") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    ::kill(controller, SIGSTOP);
    CHECK(wait_until([&] { return processes_of(controller).size() == 1; }));
    CHECK(wait_until([&] { return victim.runs(); }));
    CHECK(folder.journals() == 0);
    ::kill(controller, SIGCONT);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK(WEXITSTATUS(status) == 3);
}

TEST_CASE("run: a guardian that stands still is given up, and the controller undoes everything") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    ::kill(guardian, SIGSTOP);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(wait_until([&] { return processes_of(controller).empty(); }));
    CHECK(wait_until([&] { return victim.runs(); }));
    CHECK(folder.journals() == 0);
}

TEST_CASE("run: what the guardian cannot continue is continued by the controller") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    const rlimit none{};  // a process is signalled through a descriptor
    REQUIRE(::prlimit(guardian, RLIMIT_NOFILE, &none, nullptr) == 0);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(victim.runs());
    CHECK(folder.journals() == 0);
}

TEST_CASE("run: a terminal cannot suspend any process of it and leave its faults standing") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    // Sent, it would tell nothing: the kernel stops no group that no shell watches.
    for (const pid_t pid : processes_of(controller))
        if (const auto ignored = status_of(pid, "SigIgn:"))
            CHECK((*ignored >> (SIGTSTP - 1U) & 1U) == 1);
    ::kill(controller, SIGTERM);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK(wait_until([&] { return processes_of(controller).empty(); }));
}

TEST_CASE(
    "run: who of it reads the network can start no program, and may nothing more than others") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    constexpr std::uint64_t at_most = 1U << CAP_NET_BIND_SERVICE | 1U << CAP_DAC_OVERRIDE;
    constexpr std::uint64_t filtered = 2;
    int seen = 0;
    for (const pid_t pid : processes_of(controller)) {
        const auto seccomp = status_of(pid, "Seccomp:");
        const auto capabilities = status_of(pid, "CapPrm:");
        if (pid == controller || pid == guardian || !seccomp || !capabilities) continue;
        ++seen;
        CHECK(*seccomp == filtered);
        CHECK(status_of(pid, "NoNewPrivs:") == 1U);
        CHECK((*capabilities & ~at_most) == 0);
    }
    CHECK(seen >= 3);  // proxies, load, stand-ins
    ::kill(controller, SIGTERM);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
}

TEST_CASE("run: a terminal that kills all of it (SIGQUIT) leaves nothing behind") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const auto [controller, guardian] = start_paused(bindings_of(victim), victim);
    ::kill(-controller, SIGQUIT);
    int status = 0;
    REQUIRE(wait_until([&] { return ::waitpid(controller, &status, WNOHANG) == controller; }));
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT));
    CHECK(wait_until([&] { return processes_of(controller).empty(); }));
    CHECK(wait_until([&] { return victim.runs(); }));
    CHECK(folder.journals() == 0);
}

TEST_CASE("run: when controller and guardian die together, `undo` puts it right") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    const Bindings bindings = bindings_of(victim);
    const pid_t controller = start_run(bindings, "");
    REQUIRE(wait_until([&] { return !victim.runs(); }));  // it is paused now
    // Stopped first, so that neither sees the other die.
    const std::vector<pid_t> all = processes_of(controller);
    for (const pid_t pid : all) ::kill(pid, SIGSTOP);
    for (const pid_t pid : all) ::kill(pid, SIGKILL);
    ::waitpid(controller, nullptr, 0);
    REQUIRE(wait_until([&] { return processes_of(controller).empty(); }));
    CHECK_FALSE(victim.runs());
    CHECK(folder.journals() == 1);
    const Undone undone = undo_all(*Journal::folder());
    CHECK(undone.done.size() == 1);
    CHECK(undone.failed.empty());
    CHECK(victim.runs());
    CHECK(undo_all(*Journal::folder()).done.empty());  // again: nothing more to do
    CHECK(folder.journals() == 0);
}

TEST_CASE("run: when controller and guardian die together, `undo` takes a control group away") {
    const RuntimeFolder folder;
    const Victim victim{folder.path()};
    if (!victim.find_unslowable().empty()) return;  // it has said why
    const std::string home = victim.groups();
    const QuotaDeed deed =
        *Cgroups::find()->plan(static_cast<pid_t>(std::stol(victim.pid_text())), "any");
    const Bindings bindings = bindings_of(victim);
    const pid_t controller = start_run(bindings, slow_text);
    REQUIRE(wait_until([&] { return victim.groups() != home || !deed.is_group; }));
    const std::vector<pid_t> all = processes_of(controller);
    for (const pid_t pid : all) ::kill(pid, SIGSTOP);
    for (const pid_t pid : all) ::kill(pid, SIGKILL);
    ::waitpid(controller, nullptr, 0);
    REQUIRE(wait_until([&] { return processes_of(controller).empty(); }));
    CHECK(undo_all(*Journal::folder()).failed.empty());
    CHECK(victim.runs());
    CHECK(victim.groups() == home);
    CHECK(folder.journals() == 0);
    for (const auto& entry : fs::directory_iterator{deed.before})
        for (const pid_t pid : all)  // other runs may have groups of their own
            CHECK_FALSE(entry.path().filename().string().starts_with("shaketable-" +
                                                                     std::to_string(pid) + "-"));
}

}  // namespace
}  // namespace shaketable::injector
