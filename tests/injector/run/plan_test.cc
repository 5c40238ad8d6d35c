// What a plan says before anything is done.
#include "injector/plan.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "scenarios/read.h"

namespace shaketable::injector {
namespace {

scenarios::Scenario two_services(const std::string& faults = "[]") {
    const auto document = scenarios::read_text("test.yaml", R"(
schema: shaketable/v1
name: plan
run: {duration: 60s, seed: 1}
services:
  web: {replicas: 2, endpoints: {get: {steps: [{call: db.get}]}}}
  db: {endpoints: {get: {idempotent: true, steps: [{work: 1ms}]}}}
workload: {users: {call: web.get, arrivals: constant(1/s)}}
faults: )" + faults + "\n");
    REQUIRE(document.has_value());
    return document->scenarios.front();
}

Bindings bound_db(BoundService service = {.addresses = {"127.0.0.1:5432"}}) {
    Bindings bindings;
    bindings.services.entries.push_back({"db", std::move(service)});
    return bindings;
}

std::string code_of(const Result<Plan, Problems>& plan) {
    REQUIRE_FALSE(plan.has_value());
    return plan.error().front().code;
}

TEST_CASE("plan: without a binding or a stand-in, a service is nowhere") {
    CHECK(code_of(make_plan(two_services(), {}, {})) == "E301");
    CHECK(make_plan(two_services(), {}, {.stand_ins = true}).has_value());
}

TEST_CASE("plan: a proxy for each way from a caller to a replica") {
    const auto plan = make_plan(two_services(), {}, {.stand_ins = true});
    REQUIRE(plan.has_value());
    std::vector<std::string> names;
    for (const auto& proxy : plan->proxies) names.push_back(proxy.name);
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"users -> web[0]", "users -> web[1]", "web -> db[0]"});
    CHECK(plan->lives.size() == 3);
}

TEST_CASE("plan: what is not on this machine must be allowed by its block") {
    CHECK(code_of(make_plan(two_services(), bound_db({.addresses = {"10.1.2.3:5432"}}),
                            {.stand_ins = true})) == "E304");
    Bindings allowed = bound_db({.addresses = {"10.1.2.3:5432"}});
    allowed.allow = {"10.2.0.0/16"};
    CHECK(code_of(make_plan(two_services(), allowed, {.stand_ins = true})) == "E304");
    allowed.allow = {"10.1.0.0/16"};
    CHECK(make_plan(two_services(), allowed, {.stand_ins = true}).has_value());
}

TEST_CASE("plan: addresses are counted, and names must be the scenario's") {
    CHECK(code_of(make_plan(two_services(), bound_db({.addresses = {"127.0.0.1:1", "127.0.0.1:2"}}),
                            {.stand_ins = true})) == "E023");
    Bindings unknown;
    unknown.services.entries.push_back({"dbb", {.addresses = {"127.0.0.1:1"}}});
    CHECK(code_of(make_plan(two_services(), unknown, {.stand_ins = true})) == "E101");
    Bindings edge;
    edge.edges.entries.push_back({"web -> cache", {.listen = {"127.0.0.1:1"}}});
    CHECK(code_of(make_plan(two_services(), edge, {.stand_ins = true})) == "E101");
}

TEST_CASE("plan: a crash of the user's own service needs someone who restarts it") {
    const auto crash = two_services("[{id: dead, at: 10s, for: 5s, fault: crash, target: db}]");
    CHECK(code_of(make_plan(crash, bound_db(), {.stand_ins = true})) == "E303");
    const auto plan = make_plan(
        crash, bound_db({.addresses = {"127.0.0.1:5432"}, .start = {"./db"}}), {.stand_ins = true});
    REQUIRE(plan.has_value());
    REQUIRE(plan->deaths.size() == 1);
    CHECK(plan->deaths[0].at == Time{} + std::chrono::seconds{10});
    CHECK(std::count_if(plan->lives.begin(), plan->lives.end(), [](const Life& life) {
              return life.number == 1 && life.from == Time{} + std::chrono::seconds{15};
          }) == 1);
}

TEST_CASE("plan: crashes that overlap are one") {
    const auto plan =
        make_plan(two_services("[{id: a, at: 10s, for: 5s, fault: crash, target: db},"
                               " {id: b, at: 12s, for: 8s, fault: crash, target: db}]"),
                  {}, {.stand_ins = true});
    REQUIRE(plan.has_value());
    CHECK(std::count_if(plan->lives.begin(), plan->lives.end(),
                        [](const Life& life) { return life.number > 0; }) == 1);
    CHECK(plan->lives.back().from == Time{} + std::chrono::seconds{20});
}

TEST_CASE("plan: more faults at once than may act are refused before anything is done") {
    const auto faults = two_services(
        "[{id: a, at: 10s, for: 5s, fault: crash, target: db},"
        " {id: b, at: 12s, for: 8s, fault: load, target: users, factor: 2}]");
    CHECK(make_plan(faults, {}, {.stand_ins = true, .faults_max = 2}).has_value());
    const auto refused = make_plan(faults, {}, {.stand_ins = true, .faults_max = 1});
    CHECK(code_of(refused) == "E306");
    CHECK(refused.error().front().field == "faults[1]");
}

TEST_CASE("plan: a pause of the user's own service needs its process") {
    const auto pause = two_services("[{id: nap, at: 10s, for: 5s, fault: pause, target: db}]");
    CHECK(code_of(make_plan(pause, bound_db(), {.stand_ins = true})) == "E303");
    const auto plan =
        make_plan(pause, bound_db({.addresses = {"127.0.0.1:5432"}, .pid_file = "db.pid"}),
                  {.stand_ins = true});
    REQUIRE(plan.has_value());
    CHECK(plan->pauses.size() == 1);
}

TEST_CASE("plan: a fault that nobody here can carry out is refused, with what to do") {
    const auto loss = make_plan(
        two_services("[{id: lossy, at: 10s, for: 5s, fault: loss, target: web -> db, share: 5%}]"),
        {}, {.stand_ins = true});
    REQUIRE(code_of(loss) == "E306");
    CHECK(loss.error()[0].field == "faults[0]");
    CHECK(loss.error()[0].hint == "TCP hides lost packets from a proxy");
    const std::string cold = "[{id: c, at: 10s, for: 5s, fault: exhaust, target: db, workers: 1}]";
    const auto bound = make_plan(two_services(cold), bound_db(), {.stand_ins = true});
    REQUIRE(code_of(bound) == "E306");
    CHECK(bound.error()[0].message == "c: exhaust of db is left out: only a stand-in can do it");
    CHECK(bound.error()[0].hint == "leave the binding out, and --stand-ins plays it");
    CHECK(make_plan(two_services(cold), {}, {.stand_ins = true}).has_value());
}

TEST_CASE("plan: a fault that is carried out in part is a warning, by name") {
    const auto tampered = make_plan(
        two_services("[{id: t, at: 10s, for: 5s, fault: error, status: 503, target: \"* -> *\"}]"),
        bound_db({.addresses = {"127.0.0.1:5432"}, .flavour = proxy::Flavour::tcp}),
        {.stand_ins = true});
    REQUIRE(tampered.has_value());
    REQUIRE(tampered->warnings.size() == 1);
    CHECK(tampered->warnings[0].code == "W310");
    CHECK(tampered->warnings[0].field == "faults[0]");
    // Only the ways that it reaches count.
    const auto one = make_plan(
        two_services(
            "[{id: t, at: 10s, for: 5s, fault: error, status: 503, target: users -> web}]"),
        bound_db({.addresses = {"127.0.0.1:5432"}, .flavour = proxy::Flavour::tcp}),
        {.stand_ins = true});
    REQUIRE(one.has_value());
    CHECK(one->warnings.empty());
}

TEST_CASE("plan: what callers cannot know of each other is refused, and one caller knows itself") {
    scenarios::Scenario wide = two_services();
    for (auto& entry : wide.services.entries)
        entry.value.balance = policies::Balance{.view = policies::LoadView::global};
    const auto refused = make_plan(wide, {}, {.stand_ins = true});
    REQUIRE_FALSE(refused.has_value());
    REQUIRE(refused.error().size() == 1);  // db has two callers, web the load generator alone
    CHECK(refused.error()[0].code == "E306");
    CHECK(refused.error()[0].field == "services.db.balance");
}

const std::string slow_web = "[{id: tired, at: 10s, for: 5s, fault: slow, target: db, factor: 4}]";

TEST_CASE("plan: to slow down the user's own service, its process must be known") {
    const auto unknown = make_plan(two_services(slow_web), bound_db(), {.stand_ins = true});
    REQUIRE(code_of(unknown) == "E303");
    CHECK(unknown.error()[0].message == "tired would slow down db, whose process is unknown");
    CHECK(unknown.error()[0].field == "faults[0]");
}

TEST_CASE("plan: where no control group can be had, slowing down says what is missing") {
    const auto refused = make_plan(two_services(slow_web),
                                   bound_db({.addresses = {"127.0.0.1:5432"}, .start = {"./db"}}),
                                   {.stand_ins = true, .proc = "/nowhere"});
    REQUIRE(code_of(refused) == "E303");
    CHECK(refused.error()[0].message ==
          "tired would slow down db: no control group of this machine hands out processor time");
    CHECK(
        make_plan(two_services(slow_web), {}, {.stand_ins = true, .proc = "/nowhere"}).has_value());
}

TEST_CASE("plan: what stand-ins do not do of themselves is a warning") {
    scenarios::Scenario fragile = two_services("[]");
    const auto warnings_of = [&] {
        const auto plan = make_plan(fragile, {}, {.stand_ins = true});
        REQUIRE(plan.has_value());
        return plan->warnings;
    };
    REQUIRE(warnings_of().empty());
    for (auto& [name, service] : fragile.services.entries) {
        if (name != "web") continue;
        service.crash_at = scenarios::CrashAt{.requests = 100, .restart_after = {}};
        service.endpoints.entries.front().value.steps.push_back(
            {scenarios::Optimistic{{.row = "stock", .keys = {}, .steps = {}}}});
    }
    const Problems warnings = warnings_of();
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[0].code == "W310");
    CHECK(warnings[0].field == "services.web.crash_at");
    CHECK(warnings[1].field == "services.web");
}

TEST_CASE("plan: in words, it names every target, port and signal") {
    const auto plan =
        make_plan(two_services("[{id: nap, at: 10s, for: 5s, fault: pause, target: \"web[1]\"}]"),
                  bound_db(), {.stand_ins = true});
    REQUIRE(plan.has_value());
    const std::string text = print(*plan);
    for (const char* part :
         {"db: yours, at 127.0.0.1:5432", "web: 2 stand-ins", "web -> db[0]: http",
          "leads to 127.0.0.1:5432", "web[1]: SIGSTOP at 10s, SIGCONT at 15s"}) {
        INFO(part);
        CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("plan: in words, the end of a service of yours is a SIGKILL, and a start") {
    const auto plan = make_plan(
        two_services("[{id: gone, at: 10s, for: 5s, fault: crash, target: db}]"),
        bound_db({.addresses = {"127.0.0.1:5432"}, .start = {"./db"}}), {.stand_ins = true});
    REQUIRE(plan.has_value());
    CHECK(print(*plan).find("signals\n  db[0]: SIGKILL at 10s\n  db[0]: started again at 15s\n") !=
          std::string::npos);
}

TEST_CASE("plan: in words, a ramp of a slow-down is its first step and its last") {
    const auto plan = make_plan(
        two_services(
            "[{id: tired, at: 10s, for: 5s, fault: slow, target: db, factor: 4, ramp: 1s}]"),
        bound_db({.addresses = {"127.0.0.1:5432"}, .start = {"./db"}}), {.stand_ins = true});
    if (!plan) {
        WARN("skipped: " << plan.error()[0].message);
        return;
    }
    CHECK(plan->slowings.size() > 100);
    CHECK(plan->slowings.front().faults == std::vector<std::size_t>{0});
    CHECK(plan->slowings.back().slowdown == 1);
    CHECK(print(*plan).find("control groups\n"
                            "  db[0]: 1 ms of processor time in 1.03 ms from 10.01s\n"
                            "  db[0]: 1 ms of processor time in 4 ms from 11s\n"
                            "  db[0]: as before from 15s\n") != std::string::npos);
}

}  // namespace
}  // namespace shaketable::injector
