// What must not change when a scenario is told differently.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

/// Times are in the unit @, which is a second or a thousand: a nanosecond more or less decides
/// nothing there.
constexpr std::string_view shop = R"yaml(
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

std::string shop_in(std::string_view unit, std::string_view rate) {
    std::string text{shop};
    text.replace(text.find("RATE"), 4, rate);
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@'))
        text.replace(at, 1, unit);
    return text;
}

TEST_CASE("metamorphic: a thousand times as slow is the same, but for the unit of time") {
    const auto fast = play(shop_in("s", "0.12/s"));
    const auto slow = play(shop_in("000s", "0.432/h"));
    for (const auto& [caller, callee] :
         {std::pair{"users", "web.get"}, std::pair{"web", "db.get"}}) {
        INFO(caller << " -> " << callee);
        const auto a = calls(fast, caller, callee), b = calls(slow, caller, callee);
        CHECK(a.started > 3000);
        CHECK(b.started == a.started);
        CHECK(b.settled == a.settled);
        CHECK(b.attempts == a.attempts);
        CHECK(b.tries == a.tries);
        CHECK(b.latency.mean() == Approx(1000 * a.latency.mean()).epsilon(1e-5));
        CHECK(to_seconds(b.latency.longest()) ==
              Approx(1000 * to_seconds(a.latency.longest())).epsilon(1e-5));
    }
    CHECK(calls(fast, "web", "db.get").retries > 50);
    CHECK(service(fast, "db").queue_max > 5);
    for (const char* name : {"web", "db"}) {
        const auto a = service(fast, name), b = service(slow, name);
        INFO(name);
        CHECK(b.completed == a.completed);
        CHECK(b.queue_max == a.queue_max);
        CHECK(to_seconds(b.busy_time) / to_seconds(b.worker_time) ==
              Approx(to_seconds(a.busy_time) / to_seconds(a.worker_time)).epsilon(1e-6));
        CHECK(to_seconds(b.queue_time) == Approx(1000 * to_seconds(a.queue_time)).epsilon(1e-5));
    }
}

constexpr std::string_view two_shops = R"(
run: {duration: 60s, seed: 5, repeats: 2, keep_traces: 0}
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
)";

TEST_CASE("metamorphic: a policy of one chain of services moves no dice of another") {
    const auto before = play(two_shops);
    for (const char* policy :
         {"{timeout: 20ms, retry: {retries: 3, when: [any], backoff: {base: 2ms, jitter: full}}}",
          "{timeout: 50ms, hedge: {after: 10ms}}",
          "{timeout: 50ms, breaker: {open_at: 'errors >= 5% of 20', half_open_after: 1s}}",
          "{bulkhead: 3, rate_limit: 100/s, cancel: none}"}) {
        INFO(policy);
        const auto after = play(two_shops, {{"policies.rules", policy}});
        CHECK_FALSE(calls(after, "web", "db.get") == calls(before, "web", "db.get"));
        CHECK(calls(after, "sellers", "app.get") == calls(before, "sellers", "app.get"));
        CHECK(calls(after, "app", "store.get") == calls(before, "app", "store.get"));
        CHECK(service(after, "app") == service(before, "app"));
        CHECK(service(after, "store") == service(before, "store"));
        CHECK(calls(after, "buyers", "web.get").started ==
              calls(before, "buyers", "web.get").started);
    }
}

TEST_CASE("metamorphic: services declared in another order keep every figure of theirs") {
    std::string turned{two_shops};
    const std::size_t web = turned.find("  web:"), app = turned.find("  app:"),
                      end = turned.find("policies:");
    turned = turned.substr(0, web) + turned.substr(app, end - app) + turned.substr(web, app - web) +
             turned.substr(end);
    const auto before = play(two_shops), after = play(turned);
    for (const char* name : {"web", "db", "app", "store"})
        CHECK(service(after, name) == service(before, name));
    CHECK(calls(after, "buyers", "web.get") == calls(before, "buyers", "web.get"));
    CHECK(calls(after, "sellers", "app.get") == calls(before, "sellers", "app.get"));
}

TEST_CASE("metamorphic: services and endpoints that nobody calls leave all the others' figures") {
    const auto before = play(two_shops);
    const auto after =
        play(two_shops,
             {{"services.aaa", "{replicas: 3, endpoints: {get: {steps: [{call: store.get}]}}}"},
              {"services.zzz",
               "{workers: 1, endpoints: {get: {steps: [{work: exponential(mean=1s)}]}}}"}});
    for (const char* name : {"web", "db", "app", "store"})
        CHECK(service(after, name) == service(before, name));
    CHECK(calls(after, "buyers", "web.get") == calls(before, "buyers", "web.get"));
    CHECK(calls(after, "sellers", "app.get") == calls(before, "sellers", "app.get"));
}

constexpr std::string_view line = R"(
run: {duration: 20000s, repeats: 4, seed: 3, sample_every: 1000s, keep_traces: 0}
services:
  server:
    workers: 1
    queue: {limit: unlimited, discipline: fifo}
    endpoints: {get: {steps: [{work: exponential(mean=100ms)}]}}
workload: {users: {call: server.get, arrivals: poisson(7/s)}}
)";

/// 560,000 requests at 70%: a mean wait of rho / (mu - lambda) = 0.2333 s, known to 1%.
TEST_CASE("metamorphic: who is served next does not change the mean wait, only its spread") {
    const auto fifo = service(play(line), "server");
    CHECK(fifo.wait.mean() == Approx(0.7 / 3).epsilon(0.02));
    for (const char* discipline : {"lifo", "adaptive-lifo", "priority"}) {
        INFO(discipline);
        const auto other =
            service(play(line, {{"services.server.queue.discipline", discipline}}), "server");
        CHECK(other.wait.mean() == Approx(fifo.wait.mean()).epsilon(0.02));
        CHECK(to_seconds(other.queue_time) == Approx(to_seconds(fifo.queue_time)).epsilon(0.02));
        if (std::string_view{discipline} == "lifo")
            CHECK(other.wait.deviation() > 1.3 * fifo.wait.deviation());
    }
}

}  // namespace
}  // namespace shaketable::sim
