// Whole runs, with all their processes, as `shaketable inject` plays them.
#include "injector/run/inject.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/journal.h"
#include "tests/injector/live.h"
#include "tests/injector/runtime_folder.h"

namespace shaketable::injector {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string scenario_of(const std::string& run, const std::string& faults = "[]") {
    return "schema: shaketable/v1\nname: inject\nrun: {" + run +
           ", seed: 1, sample_every: 100ms}\nservices:\n"
           "  web: {endpoints: {get: {steps: [{call: db.get}]}}}\n"
           "  db: {endpoints: {get: {idempotent: true, steps: [{wait: 1ms}]}}}\n"
           "workload: {users: {call: web.get, arrivals: constant(50/s), timeout: 1s}}\n"
           "faults: " +
           faults + "\n";
}

Json to_json(const Injected& injected) {
    Json json{{"end", static_cast<int>(injected.end)},
              {"why", injected.why},
              {"defect", injected.is_defect},
              {"not_undone", injected.not_undone},
              {"put_right", injected.put_right},
              {"codes", Json::array()},
              {"repeats", Json::array()},
              {"traces", Json::array()}};
    for (const reports::Trace& trace : injected.traces) {
        Json visits = Json::array();
        for (const reports::Visit& visit : trace.visits)
            visits.push_back({{"service", visit.service},
                              {"parent", visit.parent},
                              {"arrived", visit.arrived != never},
                              {"took", to_seconds(visit.ended - visit.sent)}});
        json["traces"].push_back({{"ordinal", trace.ordinal}, {"visits", std::move(visits)}});
    }
    for (const Problem& problem : injected.problems) json["codes"].push_back(problem.code);
    for (const reports::Repeat& repeat : injected.repeats) {
        Json events = Json::array();
        for (const reports::Event& event : repeat.events)
            events.push_back({{"what", event.what},
                              {"subject", event.subject},
                              {"detail", event.detail},
                              {"at", to_seconds(event.at.time_since_epoch())}});
        json["repeats"].push_back(
            {{"started", live::flow(repeat, 0).started},
             {"failed", live::flow(repeat, 0).settled_total() - live::flow(repeat, 0).succeeded()},
             {"hits", repeat.fault_hits},
             {"events", std::move(events)}});
    }
    return json;
}

/// A run in a session of its own. It says where its page is, and at its end what has become of it.
class Run {
  public:
    explicit Run(const std::string& text, const Bindings& bindings = {}, InjectOptions options = {},
                 std::optional<std::size_t> faults_max = {}) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ > 0) {
            ::close(ends[1]);
            from_ = ends[0];
            return;
        }
        ::setsid();
        ::close(ends[0]);
        ::signal(SIGSEGV, SIG_DFL);
        const auto say = [&](const std::string& line) {
            (void)!::write(ends[1], (line + "\n").data(), line.size() + 1);
        };
        options.listening = [&](const proxy::Address& address) { say(address.print()); };
        auto plan = make_plan(live::scenario_of(text), bindings,
                              {.stand_ins = true, .faults_max = faults_max});
        if (!plan) ::_exit(10);
        auto sockets = open_sockets(*plan);
        if (!sockets) ::_exit(11);
        say(to_json(inject_repeats(*plan, std::move(*sockets), options)).dump());
        ::_exit(0);
    }
    ~Run() {
        if (pid_ > 0) ::kill(pid_, SIGTERM);
        if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
        ::close(from_);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// The next line it says; "" after half a minute, or at its end.
    std::string line() {
        pollfd wait{from_, POLLIN, 0};
        for (;;) {
            const std::size_t end = text_.find('\n');
            if (end != std::string::npos) {
                std::string first = text_.substr(0, end);
                text_.erase(0, end + 1);
                return first;
            }
            char bytes[4096];
            if (::poll(&wait, 1, 30'000) != 1) return "";
            const ssize_t n = ::read(from_, bytes, sizeof bytes);
            if (n <= 0) return "";
            text_.append(bytes, static_cast<std::size_t>(n));
        }
    }
    Json outcome() {
        const std::string said = line();
        REQUIRE_FALSE(said.empty());
        REQUIRE(::waitpid(pid_, nullptr, 0) == pid_);
        pid_ = 0;
        return Json::parse(said);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = 0;
    int from_ = -1;
    std::string text_;
};

std::string ask(const std::string& address, const std::string& line, const std::string& body = "") {
    const auto to = *proxy::Address::parse(address);
    const Descriptor fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(::connect(fd.get(), to.data(), to.size()) == 0);
    const std::string request = line + " HTTP/1.1\r\nHost: " + address +
                                "\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                "Content-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    REQUIRE(::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
    std::string answer;
    char bytes[4096];
    pollfd wait{fd.get(), POLLIN, 0};
    for (ssize_t n;
         ::poll(&wait, 1, 30'000) == 1 && (n = ::read(fd.get(), bytes, sizeof bytes)) > 0;)
        answer.append(bytes, static_cast<std::size_t>(n));
    return answer;
}

InjectOptions with_page() {
    InjectOptions options;
    options.page = *proxy::Address::parse("127.0.0.1:0");
    return options;
}

TEST_CASE("inject: repeats are played one after another, each with dice of its own") {
    const RuntimeFolder folder;
    std::string text = scenario_of("duration: 1s, repeats: 3");
    text.replace(text.find("constant"), 8, "poisson");
    const Json outcome = Run{text}.outcome();
    CHECK(outcome["end"] == static_cast<int>(Injected::End::complete));
    REQUIRE(outcome["repeats"].size() == 3);
    CHECK(outcome["repeats"][0]["started"] != outcome["repeats"][1]["started"]);
    for (const Json& repeat : outcome["repeats"]) CHECK(repeat["started"] > 20);
}

TEST_CASE("inject: some requests of the first repeat are kept whole, from all processes") {
    const RuntimeFolder folder;
    const Json outcome = Run{scenario_of("duration: 1s, repeats: 2, keep_traces: 8")}.outcome();
    REQUIRE(outcome["traces"].size() == 8);
    for (const Json& trace : outcome["traces"]) {
        INFO(trace.dump(1));
        CHECK(trace["ordinal"] < 60);
        const Json& visits = trace["visits"];
        REQUIRE(visits.size() == 3);
        CHECK(visits[1]["service"] == "web");
        CHECK(visits[1]["arrived"] == true);
        CHECK(visits[2]["service"] == "db");
        CHECK(visits[2]["parent"] == 1);
        CHECK(visits[2]["arrived"] == true);
        CHECK(visits[1]["took"] >= visits[2]["took"]);
        CHECK(visits[2]["took"] >= 0.001);
    }
}

TEST_CASE("inject: an end before its time waits for no process that has not begun yet") {
    const RuntimeFolder folder;
    InjectOptions options;
    options.duration_max = milliseconds{500};
    const auto begun = std::chrono::steady_clock::now();
    const Json outcome =
        Run{scenario_of("duration: 60s, keep_traces: 4",
                        "[{id: crash, at: 30s, for: 1s, fault: crash, target: db}]"),
            {},
            options}
            .outcome();
    CHECK(outcome["why"] == "it has run for as long as it may");
    CHECK(outcome["traces"].size() == 4);
    CHECK(std::chrono::steady_clock::now() - begun < seconds{4});  // it gives up after five
}

TEST_CASE("inject: repeats together last no longer than they may") {
    const RuntimeFolder folder;
    InjectOptions options;
    options.duration_max = milliseconds{2500};
    const Json outcome = Run{scenario_of("duration: 1s, repeats: 50"), {}, options}.outcome();
    CHECK(outcome["end"] == static_cast<int>(Injected::End::stopped));
    CHECK(outcome["why"] == "it has run for as long as it may");
    CHECK(outcome["repeats"].size() < 4);
}

TEST_CASE("inject: faults are put while it runs, end with their leases, and are in the record") {
    const RuntimeFolder folder;
    Run run{scenario_of("duration: 4s"), {}, with_page()};
    const std::string page = run.line();
    CHECK(ask(page, "GET /v1/proxies").find("\"web -> db[0]\"") != std::string::npos);
    const std::string fault =
        R"({"id": "gone", "fault": "error", "status": 503, "target": "web -> db[0]", "lease": "600ms"})";
    CHECK(ask(page, "POST /v1/faults", fault).find("201 Created") != std::string::npos);
    CHECK(ask(page, "POST /v1/faults", fault).find("409 ") != std::string::npos);
    CHECK(ask(page, "GET /v1/faults").find("\"gone\"") != std::string::npos);
    CHECK(ask(page, "PUT /v1/faults/odd", R"({"fault": "loss", "target": "web -> db[0]"})")
              .find("400 ") != std::string::npos);
    CHECK(ask(page, "PUT /v1/faults/far",
              R"({"fault": "latency", "target": "web -> db[0]", "delay": "30ms"})")
              .find("201 ") != std::string::npos);
    CHECK(ask(page, "DELETE /v1/faults/far").find("204 ") != std::string::npos);
    CHECK(ask(page, "DELETE /v1/proxies/x").find("405 ") != std::string::npos);
    const Json outcome = run.outcome();
    INFO(outcome.dump(1));
    CHECK(outcome["end"] == static_cast<int>(Injected::End::complete));
    CHECK(outcome["repeats"][0]["failed"] > 5);
    CHECK(outcome["repeats"][0]["failed"] < 120);  // the lease was over in time
    std::string told;
    for (const Json& event : outcome["repeats"][0]["events"])
        if (event["subject"] == "gone" || event["subject"] == "far")
            told +=
                event["what"].get<std::string>() + " " + event["subject"].get<std::string>() + "; ";
    CHECK(told ==
          "fault.put gone; fault.put far; fault.remove far; lease.end gone; fault.remove gone; ");
}

TEST_CASE("inject: a fault that is put on an edge hits all of its replicas") {
    const RuntimeFolder folder;
    std::string text = scenario_of("duration: 3s");
    text.replace(text.find("db: {"), 5, "db: {replicas: 3, ");
    Run run{text, {}, with_page()};
    const std::string page = run.line();
    CHECK(ask(page, "PUT /v1/faults/gone",
              R"({"fault": "error", "status": 503, "target": "web -> db"})")
              .find("201 ") != std::string::npos);
    const Json outcome = run.outcome();
    INFO(outcome.dump(1));
    CHECK(outcome["end"] == static_cast<int>(Injected::End::complete));
    // Put before t = 0, or a moment later: of one replica of three a third would fail.
    CHECK(outcome["repeats"][0]["failed"] > 120);
}

TEST_CASE("inject: no more faults act at once than may, those of the plan included") {
    const RuntimeFolder folder;
    Run run{scenario_of("duration: 3s",
                        "[{id: far, at: 2s, for: 500ms, fault: latency, target: web -> db, "
                        "delay: 1ms}]"),
            {},
            with_page(),
            1};
    const std::string page = run.line();
    const auto put = [&](const std::string& id, const std::string& more) {
        return ask(page, "PUT /v1/faults/" + id,
                   R"({"fault": "latency", "target": "web -> db", "delay": "1ms")" + more + "}")
            .substr(9, 3);
    };
    CHECK(put("long", "") == "409");  // it would meet the planned one
    CHECK(put("short", R"(, "lease": "200ms")") == "201");
    CHECK(put("second", R"(, "lease": "200ms")") == "409");
    CHECK(put("short", R"(, "lease": "1m")") == "409");  // longer than it may
    CHECK(put("short", R"(, "lease": "100ms")") == "200");
    CHECK(run.outcome()["end"] == static_cast<int>(Injected::End::complete));
}

TEST_CASE("inject: where the page's port is taken, it says by whom") {
    const RuntimeFolder folder;
    const Descriptor taken = listen_on_loopback();
    InjectOptions options;
    options.page = proxy::Address::of_socket(taken.get());
    const Json outcome = Run{scenario_of("duration: 1s"), {}, options}.outcome();
    CHECK(outcome["end"] == static_cast<int>(Injected::End::failed));
    CHECK(outcome["codes"] == Json::array({"E302"}));
}

/// The processes of a run whose parent's parent is the controller.
std::vector<pid_t> find_workers(pid_t controller) {
    std::vector<pid_t> workers;
    const auto parent_of = [](const std::string& pid) {
        std::ifstream file{"/proc/" + pid + "/stat"};
        std::string line;
        std::getline(file, line);
        const std::size_t name_end = line.rfind(')');
        if (name_end == std::string::npos) return std::string{};  // it has ended meanwhile
        std::istringstream rest{line.substr(name_end + 2)};
        std::string state, parent;
        rest >> state >> parent;
        return parent;
    };
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string parent = parent_of(name);
        if (!parent.empty() && parent != "0" && parent_of(parent) == std::to_string(controller))
            workers.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return workers;
}

TEST_CASE("inject: a load generator that stands still stops the run, which cannot be guarded") {
    const RuntimeFolder folder;
    InjectOptions options = with_page();
    options.lease = seconds{1};
    Run run{scenario_of("duration: 30s"), {}, options};
    (void)run.line();
    std::vector<pid_t> workers;
    for (int i = 0; i < 1000 && workers.size() < 4; ++i) {
        workers = find_workers(run.pid());
        (void)::poll(nullptr, 0, 10);
    }
    REQUIRE(workers.size() == 4);  // proxies, two stand-ins, and the load, which is started last
    for (const pid_t worker : workers) {
        std::ifstream status{"/proc/" + std::to_string(worker) + "/status"};
        const std::string text{std::istreambuf_iterator<char>{status}, {}};
        CHECK(text.find("NoNewPrivs:\t1") != std::string::npos);
    }
    ::kill(*std::max_element(workers.begin(), workers.end()), SIGSTOP);
    const Json outcome = run.outcome();
    INFO(outcome.dump(1));
    CHECK(outcome["end"] == static_cast<int>(Injected::End::stopped));
    CHECK(outcome["why"] == "the load generator has said nothing for 1s");
}

TEST_CASE("inject: a process of ours that crashes is named, and everything is undone") {
    const RuntimeFolder folder;
    Run run{scenario_of("duration: 30s"), {}, with_page()};
    (void)run.line();
    std::vector<pid_t> workers;
    for (int i = 0; i < 1000 && workers.empty(); ++i) {
        workers = find_workers(run.pid());
        (void)::poll(nullptr, 0, 10);
    }
    REQUIRE_FALSE(workers.empty());
    ::kill(workers.front(), SIGSEGV);
    const Json outcome = run.outcome();
    INFO(outcome.dump(1));
    CHECK(outcome["end"] == static_cast<int>(Injected::End::failed));
    CHECK(outcome["defect"] == true);
    CHECK(outcome["why"].get<std::string>().find("crashed (signal 11, Segmentation fault)") !=
          std::string::npos);
    CHECK(outcome["not_undone"].empty());
}

TEST_CASE("inject: what a former run has left is put right first, or named where it cannot be") {
    const RuntimeFolder folder;
    fs::create_directory(folder.path("shaketable"));
    fs::permissions(folder.path("shaketable"), fs::perms::owner_all);
    // A limit of a run whose process has gone.
    std::ofstream{folder.path("limit")} << "1000 4000\n";
    std::ofstream{folder.path("shaketable/1.journal")}
        << "owner 999999 1\nlimit " + folder.path("limit") + "\tmax 100\n";
    const Json healed = Run{scenario_of("duration: 1s")}.outcome();
    CHECK(healed["end"] == static_cast<int>(Injected::End::complete));
    CHECK(healed["put_right"].size() == 1);
    // One that is a folder cannot be written.
    std::ofstream{folder.path("shaketable/1.journal")}
        << "owner 999999 1\nlimit " + folder.path("shaketable") + "\tmax\n";
    const Json refused = Run{scenario_of("duration: 1s")}.outcome();
    CHECK(refused["end"] == static_cast<int>(Injected::End::failed));
    CHECK(refused["codes"] == Json::array({"E305"}));
    CHECK(refused["not_undone"].size() == 1);
    CHECK(refused["repeats"].empty());
}

}  // namespace
}  // namespace shaketable::injector
