// What must not change when a scenario is told differently: the same command, two files, and what
// it wrote of them.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

using Json = nlohmann::ordered_json;

/// The bytes of result.json.
std::string result_of(const std::string& scenario) {
    const Folder folder;
    folder.write("a.yaml", "schema: shaketable/v1\nname: test\n" + scenario);
    const Outcome outcome = run(folder, {"simulate", "a.yaml", "-q", "-o", "result.json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return folder.read("result.json");
}
Json read(const std::string& scenario) {
    return Json::parse(result_of(scenario));
}

/// Everything but what repeats the file itself: how it was called and what stands in it.
std::string without_source(const std::string& result) {
    const std::size_t first = result.find("\n \"expectations\""),
                      source = result.find("\n \"provenance\""),
                      record = result.find("\n \"record\"");
    REQUIRE(record != std::string::npos);
    REQUIRE(first < source);
    REQUIRE(source < record);
    return result.substr(first, source - first) + result.substr(record);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// What the result holds of the flows or services of that number, in all its parts.
std::string everything_of(const Json& result, const std::string& kind, std::size_t number) {
    Json all = Json::array();
    all.push_back(result.at(kind).at(number));
    all.push_back(result.at("series").at(kind).at(number));
    for (const Json& window : result.at("windows")) all.push_back(window.at(kind).at(number));
    for (const Json& repeat : result.at("record").at("repeats")) {
        for (const Json& segment : repeat.at("segments"))
            for (const auto& [name, column] : segment.at(kind).items())
                all.push_back({name, column.at(number)});
        all.push_back(repeat.at(kind == "flows" ? "flow_samples" : "service_samples").at(number));
        // The heat map is the first repeat's alone.
        if (kind == "flows" && !repeat.at("heat").at("flows").empty())
            all.push_back(repeat.at("heat").at("flows").at(number));
    }
    return all.dump();
}
std::string of_service(const Json& result, const std::string& name) {
    const Json& services = result.at("services");
    for (std::size_t s = 0; s < services.size(); ++s)
        if (services[s].at("name") == name) return everything_of(result, "services", s);
    FAIL("no service " << name);
    return {};
}
std::string of_calls(const Json& result, const std::string& caller, const std::string& service) {
    const Json& flows = result.at("flows");
    for (std::size_t f = 0; f < flows.size(); ++f)
        if (flows[f].at("caller") == caller && flows[f].at("service") == service)
            return everything_of(result, "flows", f);
    FAIL("no calls " << caller << " -> " << service);
    return {};
}

/// The sum of a column of the record, over repeats and segments, of that flow or service.
double sum(const Json& result, const std::string& kind, const std::string& column,
           std::size_t number) {
    double all = 0;
    for (const Json& repeat : result.at("record").at("repeats"))
        for (const Json& segment : repeat.at("segments"))
            all += segment.at(kind).at(column).at(number).get<double>();
    return all;
}
/// The columns of counters, as they stand.
Json counters(const Json& result, const std::string& kind, const std::vector<std::string>& names) {
    Json all = Json::array();
    for (const Json& repeat : result.at("record").at("repeats"))
        for (const Json& segment : repeat.at("segments"))
            for (const std::string& name : names) all.push_back(segment.at(kind).at(name));
    return all;
}

/// Times are in the unit @, which is a second or a thousand: a nanosecond more or less decides
/// nothing there.
const std::string shop = R"yaml(
run: {duration: 30000@, repeats: 2, seed: 11, sample_every: 1000@, keep_traces: 0}
network: {default: exponential(mean=1@)}
services:
  web:
    replicas: 2
    workers: 8
    endpoints: {get: {steps: [{work: exponential(mean=2@)}, {call: db.get, policy: rules}]}}
  db:
    workers: 2
    endpoints: {get: {idempotent: true, steps: [{work: exponential(mean=6@)}]}}
policies: {rules: {timeout: 40@, retry: {retries: 2, when: [any], backoff: 5@}, cancel: propagate}}
workload: {users: {call: web.get, arrivals: poisson(RATE)}}
faults: [{id: slow, at: 10000@, for: 4000@, fault: slow, target: db, factor: 2}]
)yaml";

std::string shop_in(const std::string& unit, const std::string& rate) {
    std::string text = replaced(shop, "RATE", rate);
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@'))
        text.replace(at, 1, unit);
    return text;
}

const std::string two_shops = R"(
run: {duration: 20s, seed: 5, repeats: 2, keep_traces: 40}
services:
  web: {workers: 8, endpoints: {get: {steps: [{work: exponential(mean=2ms)}, {call: db.get, policy: rules}]}}}
  db: {workers: 2, endpoints: {get: {idempotent: true, steps: [{work: exponential(mean=8ms)}, {fail: 503, probability: 5%}]}}}
  app: {replicas: 2, workers: 4, balance: random, endpoints: {get: {steps: [{work: exponential(mean=3ms)}, {call: store.get, policy: others}]}}}
  store: {workers: 3, endpoints: {get: {idempotent: true, steps: [{work: lognormal(p50=5ms p99=40ms)}, {fail: 503, probability: 3%}]}}}
policies:
  rules: {timeout: 50ms}
  others: {timeout: 60ms, retry: {retries: 1, when: [any], backoff: {base: 5ms, jitter: full}}}
workload:
  buyers: {call: web.get, arrivals: poisson(150/s)}
  sellers: {call: app.get, arrivals: poisson(200/s)}
expect:
  - {id: fast, that: p99(app.get) < 10s}
)";

}  // namespace

TEST_CASE("metamorphic: a thousand times as slow is the same, but for the unit of time") {
    const Json fast = read(shop_in("s", "0.12/s")), slow = read(shop_in("000s", "0.432/h"));
    for (const auto& [kind, names] :
         {std::pair{"flows", std::vector<std::string>{"started", "settled", "attempts", "sent",
                                                      "retries", "late", "tries"}},
          std::pair{"services",
                    std::vector<std::string>{"arrived", "admitted", "refused", "completed",
                                             "cancelled", "wasted", "queue_max", "busy_max"}}})
        CHECK(counters(slow, kind, names) == counters(fast, kind, names));
    CHECK(sum(fast, "flows", "started", 0) > 3000);
    CHECK(sum(fast, "flows", "retries", 1) > 50);
    for (std::size_t s = 0; s < 2; ++s) {
        for (const char* column : {"work", "queue_time", "busy_time", "worker_time", "sojourn"}) {
            INFO(column);
            CHECK(sum(slow, "services", column, s) ==
                  Approx(1000 * sum(fast, "services", column, s)).epsilon(1e-5));
        }
        const auto ratio = [&](const Json& result) {
            return sum(result, "services", "busy_time", s) /
                   sum(result, "services", "worker_time", s);
        };
        CHECK(ratio(slow) == Approx(ratio(fast)).epsilon(1e-6));
    }
}

TEST_CASE("metamorphic: services declared in another order leave every byte of the record") {
    const std::size_t web = two_shops.find("  web:"), app = two_shops.find("  app:"),
                      end = two_shops.find("policies:");
    const std::string turned = two_shops.substr(0, web) + two_shops.substr(app, end - app) +
                               two_shops.substr(web, app - web) + two_shops.substr(end);
    const std::string before = without_source(result_of(two_shops));
    CHECK(before.size() > 20'000);
    // Not CHECK(a == b): nobody wants to read both.
    const bool same = without_source(result_of(turned)) == before;
    CHECK(same);
}

TEST_CASE("metamorphic: a policy of one chain of services moves no dice of another") {
    const Json before = read(two_shops);
    for (const char* policy :
         {"{timeout: 20ms, retry: {retries: 3, when: [any], backoff: {base: 2ms, jitter: full}}}",
          "{timeout: 50ms, hedge: {after: 10ms}}",
          "{timeout: 50ms, breaker: {open_at: 'errors >= 5% of 20', half_open_after: 1s}}",
          "{bulkhead: 3, rate_limit: 100/s, cancel: none}"}) {
        INFO(policy);
        const Json after = read(replaced(two_shops, "{timeout: 50ms}", policy));
        CHECK_FALSE(of_calls(after, "web", "db") == of_calls(before, "web", "db"));
        CHECK(of_calls(after, "sellers", "app") == of_calls(before, "sellers", "app"));
        CHECK(of_calls(after, "app", "store") == of_calls(before, "app", "store"));
        CHECK(of_service(after, "app") == of_service(before, "app"));
        CHECK(of_service(after, "store") == of_service(before, "store"));
    }
}

TEST_CASE("metamorphic: services and endpoints that nobody calls leave all that others did") {
    const Json before = read(two_shops);
    const Json after = read(replaced(
        two_shops, "services:\n",
        "services:\n"
        "  aaa: {replicas: 3, queue: {limit: 9, discipline: random}, endpoints: {get: {steps: "
        "[{call: store.get}]}}}\n"
        "  zzz: {workers: 1, endpoints: {get: {steps: [{work: exponential(mean=1s)}]}}}\n"));
    for (const char* name : {"web", "db", "app", "store"})
        CHECK(of_service(after, name) == of_service(before, name));
    CHECK(of_calls(after, "buyers", "web") == of_calls(before, "buyers", "web"));
    CHECK(of_calls(after, "web", "db") == of_calls(before, "web", "db"));
    CHECK(of_calls(after, "sellers", "app") == of_calls(before, "sellers", "app"));
    CHECK(of_calls(after, "app", "store") == of_calls(before, "app", "store"));
    REQUIRE(before.at("traces").size() == 40);
    CHECK(after.at("traces") == before.at("traces"));
}

/// The record is cut where a fault begins and ends, so its segments are compared as a whole run.
TEST_CASE("metamorphic: a fault that changes nothing leaves every sample, trace and figure") {
    const std::string with_idle =
        replaced(two_shops, "services:\n",
                 "services:\n  idle: {endpoints: {get: {steps: [{work: 1ms}]}}}\n");
    const Json before = read(with_idle);
    const auto whole_run = [](const Json& result) {
        Json all = {result.at("series"), result.at("traces"), result.at("expectations")};
        for (const Json& window : result.at("windows"))
            if (window.at("name") == "run") all.push_back(window);
        REQUIRE(all.size() == 4);
        for (const Json& repeat : result.at("record").at("repeats"))
            for (const auto& [name, value] : repeat.items())
                if (name.ends_with("_samples") || name == "heat" || name.starts_with("requests") ||
                    name == "in_flight")
                    all.push_back({name, value});
        return all.dump();
    };
    const std::string expected = whole_run(before);
    CHECK(expected.size() > 20'000);
    for (const char* fault :
         {"fault: latency, target: 'web -> db', delay: 0s", "fault: slow, target: idle, factor: 10",
          "fault: slow, target: db, factor: 1", "fault: error, target: 'app -> store', share: 0%",
          "fault: loss, target: db, share: 0%",
          "fault: reset, target: 'app -> store', share: 0%"}) {
        INFO(fault);
        const Json after =
            read(with_idle + "faults: [{id: inert, at: 5.3s, for: 3.1s, " + fault + "}]\n");
        const bool same = whole_run(after) == expected;
        CHECK(same);
    }
}

TEST_CASE("metamorphic: who is served next changes nobody's mean wait, only its spread") {
    const Folder folder;
    folder.write("a.yaml", R"(schema: shaketable/v1
name: line
run: {duration: 20000s, repeats: 2, seed: 3, sample_every: 1000s, keep_traces: 0}
services:
  server:
    workers: 1
    queue: {limit: unlimited, discipline: fifo}
    endpoints: {get: {steps: [{work: exponential(mean=100ms)}]}}
workload: {users: {call: server.get, arrivals: poisson(8/s)}}
expect:
  - {id: wait, that: wait(server) > 0s}
  - {id: p99, that: p99(server.get) > 0s}
variants:
  fifo: {}
  lifo: {set: {services.server.queue.discipline: lifo}}
  adaptive-lifo: {set: {services.server.queue.discipline: adaptive-lifo}}
  priority: {set: {services.server.queue.discipline: priority}}
  random: {set: {services.server.queue.discipline: random}}
)");
    const Outcome outcome = run(folder, {"simulate", "a.yaml", "--json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    std::map<std::string, double> wait, p99;
    std::set<std::int64_t> requests_times_seconds;
    for (const Json& result : Json::parse(outcome.out)) {
        const auto variant = result.at("scenario").at("variant").get<std::string>();
        wait[variant] = result.at("expectations")[0].at("value").at("mean").get<double>();
        p99[variant] = result.at("expectations")[1].at("value").at("mean").get<double>();
        requests_times_seconds.insert(
            static_cast<std::int64_t>(sum(result, "services", "queue_time", 0)));
    }
    REQUIRE(wait.size() == 5);
    // The n-th to be served brings the n-th work, whoever it is: the queue is as long in all five.
    CHECK(requests_times_seconds.size() == 1);
    // 320,000 requests at 80%: rho / (mu - lambda) = 0.4 s, known to 3%.
    CHECK(wait["fifo"] == Approx(0.4).epsilon(0.05));
    for (const auto& [variant, seconds] : wait) {
        INFO(variant);
        CHECK(seconds == Approx(wait["fifo"]).epsilon(0.001));
    }
    // M/M/1: the sojourn of first come, first served is exponential.
    CHECK(p99["fifo"] == Approx(std::log(100) * 0.5).epsilon(0.1));
    CHECK(p99["random"] > 1.1 * p99["fifo"]);
    CHECK(p99["lifo"] > 1.1 * p99["random"]);
}
