#include "scenarios/lint/lint.h"

#include <filesystem>
#include <limits>
#include <set>
#include <sstream>

#include "scenarios/check.h"
#include "scenarios/lint/catalogue.h"
#include "scenarios/subsets.h"
#include "tests/scenarios/validate_text.h"
#include "tests/source_path.h"

namespace shaketable::scenarios {

namespace {

/// users -> a.x -> b.x -> c.x, sound in every respect; the parts to change stand in capitals.
const std::string sound_system = R"(schema: shaketable/v1
name: sound
run: {duration: 100s, warmup: 10s}
services:
  a: {replicas: 2, workers: 64, threading: async, queue: 32, endpoints: {x: {steps: [{work: 1ms}, {call: b.x, policy: outer}]}}}
  b: {replicas: 2, workers: 64, queue: 32, endpoints: {x: {steps: [{work: 1ms}, {call: c.x, policy: inner}]}}}
  c: {replicas: 2, workers: 8, queue: 32, endpoints: {x: {steps: [{work: 10ms}]}}}
policies:
  outer: {timeout: 2s}
  inner: {timeout: 500ms}
workload: {users: {call: a.x, arrivals: poisson(100/s), timeout: 5s}}
)";

Problems changed(std::string_view from, std::string_view to) {
    return lint_of(replaced(sound_system, from, to));
}

}  // namespace

TEST_CASE("lint: a sound system has no warnings") {
    const Problems problems = lint_of(sound_system);
    INFO(print(problems));
    CHECK(problems.empty());
}

TEST_CASE("lint: every rule has a code of its own, ascending, and is a warning") {
    std::string_view before;
    for (const lint_rules::Rule& rule : lint_rules::catalogue) {
        CHECK(before < rule.code);
        before = rule.code;
    }
    for (const Problem& p : changed("duration: 100s, warmup: 10s", "duration: 100s"))
        CHECK(p.severity == Severity::warning);
}

TEST_CASE("lint: a caller that gives up before its callee is a timeout inversion") {
    const Problem p = only(changed("inner: {timeout: 500ms}", "inner: {timeout: 3s}"), "W201");
    CHECK(p.message == "a.x gives up on b.x after 2 s, which may wait 3 s for c.x");
    CHECK(p.where.line == 5);
}

TEST_CASE("lint: retries and back-offs of the callee count against its caller's patience") {
    const auto inner = [](const std::string& retry) {
        return changed("inner: {timeout: 500ms}",
                       "inner: {timeout: 500ms, retry: {" + retry + ", budget: 10%}}");
    };
    // 4 x 500 ms + 10 + 20 + 40 ms = 2.07 s
    CHECK(only(inner("retries: 3, backoff: {base: 10ms, max: 1s}"), "W201").message ==
          "a.x gives up on b.x after 2 s, which may wait 2.07 s for c.x");
    CHECK_FALSE(has(inner("retries: 2, backoff: {base: 10ms, max: 1s}"), "W201"));
    CHECK_FALSE(has(inner("retries: 9, when: [refused]"), "W201"));  // a timeout ends it
}

TEST_CASE(
    "lint: who tells its callee the deadline, or takes the work back, gives up without harm") {
    const std::string inverted =
        replaced(sound_system, "inner: {timeout: 500ms}", "inner: {timeout: 3s}");
    CHECK_FALSE(has(lint_of(replaced(inverted, "outer: {timeout: 2s}",
                                     "outer: {timeout: 2s, deadline: propagate}")),
                    "W201"));
    CHECK_FALSE(has(lint_of(replaced(inverted, "outer: {timeout: 2s}",
                                     "outer: {timeout: 2s, cancel: propagate}")),
                    "W201"));
    CHECK_FALSE(has(
        lint_of(replaced(
            inverted, "inner: {timeout: 3s}",
            "inner: {timeout: {attempt: 900ms, total: 1800ms}, retry: {retries: 3, budget: 10%}}")),
        "W201"));
}

TEST_CASE("lint: retries on several layers multiply") {
    std::string text = replaced(sound_system, "outer: {timeout: 2s}", "outer: {retry: 3}");
    text = replaced(text, "inner: {timeout: 500ms}", "inner: {retry: 3}");
    const Problem p = only(lint_of(text), "W202");
    CHECK(p.message == "retries multiply: 2 layers x 4 tries = 16 calls to c");
    CHECK(p.notes == std::vector<std::string>{"a.x -> b.x -> c.x"});
    const Problem uneven =
        only(lint_of(replaced(text, "inner: {retry: 3}", "inner: {retry: 1}")), "W202");
    CHECK(uneven.message == "retries multiply: 4 x 2 tries = 8 calls to c");
    CHECK_FALSE(has(
        lint_of(replaced(text, "inner: {retry: 3}", "inner: {retry: {retries: 3, budget: 10%}}")),
        "W202"));
    CHECK_FALSE(has(lint_of(replaced(text, "inner: {retry: 3}", "inner: {retry: 0}")), "W202"));
}

TEST_CASE("lint: the library's layered retries are 64 calls to the ledger") {
    auto read = read_file(test::source_path("scenarios/library/layered-retries.yaml"));
    REQUIRE(read.has_value());
    const Locations& where = read->where.at(0);
    const Problems found =
        lint(read->scenarios.at(0), [&](std::string_view path) { return where.at(path); });
    CHECK(only(found, "W202").message ==
          "retries multiply: 3 layers x 4 tries = 64 calls to ledger");
}

TEST_CASE("lint: a retry needs a budget or a breaker") {
    const auto inner = [](const std::string& more) {
        return changed("inner: {timeout: 500ms}",
                       "inner: {timeout: 500ms, retry: {retries: 1" + more + "}");
    };
    const Problem p = only(inner("}"), "W203");
    CHECK(p.message == "policy \"inner\" tries again without a budget or a breaker");
    CHECK(p.where.line == 10);
    CHECK_FALSE(has(inner(", budget: 10%}"), "W203"));
    CHECK_FALSE(has(inner("}, breaker: {open_at: \"5 consecutive errors\"}"), "W203"));
}

TEST_CASE("lint: what is not idempotent is not to be tried again") {
    const auto system = [](const std::string& endpoint, const std::string& when) {
        const std::string text =
            replaced(sound_system, "endpoints: {x: {steps: [{work: 10ms}]}}",
                     "endpoints: {x: {" + endpoint + "steps: [{work: 10ms}]}}");
        return lint_of(
            replaced(text, "inner: {timeout: 500ms}",
                     "inner: {timeout: 500ms, retry: {retries: 1, " + when + "budget: 10%}}"));
    };
    CHECK(has(system("idempotent: false, ", ""), "W204"));
    CHECK(only(system("http: POST /x, ", ""), "W204").notes ==
          std::vector<std::string>{"its method is POST /x"});
    CHECK_FALSE(has(system("http: POST /x, idempotent: true, ", ""), "W204"));
    CHECK_FALSE(has(system("http: PUT /x, ", ""), "W204"));
    CHECK_FALSE(has(system("idempotent: false, ", "when: [refused], "), "W204"));
}

TEST_CASE("lint: more work than workers is said before the run") {
    // 2 x 8 workers / 10 ms = 1,600 requests a second
    CHECK_FALSE(has(changed("poisson(100/s)", "poisson(1590/s)"), "W205"));
    const Problem p = only(changed("poisson(100/s)", "poisson(2k/s)"), "W205");
    CHECK(p.message == "c is offered 2000 requests/s, which need 20 workers, and it has 16");
    CHECK(p.where.line == 7);
}

TEST_CASE("lint: a blocking service holds its workers while it waits, an async one does not") {
    const std::string few =
        replaced(sound_system, "b: {replicas: 2, workers: 64", "b: {replicas: 1, workers: 1");
    CHECK(has(lint_of(few), "W205"));  // 100/s x 11 ms > 1 worker
    CHECK_FALSE(
        has(lint_of(replaced(few, "workers: 1,", "workers: 1, threading: async,")), "W205"));
}

TEST_CASE("lint: cores are shared by the work in them") {
    CHECK_FALSE(has(changed("workers: 8,", "workers: 64, cores: 0.6,"), "W205"));
    CHECK(only(changed("workers: 8,", "workers: 64, cores: 0.4,"), "W205").message ==
          "c is offered 100 requests/s, which need 1 cores, and it has 0.8");
}

TEST_CASE("lint: the busiest stage counts, and users by their round") {
    CHECK(has(changed("arrivals: poisson(100/s)",
                      "stages: [{for: 50s, rate: 100/s}, {for: 50s, to: 3k/s}]"),
              "W205"));
    CHECK(has(changed("arrivals: poisson(100/s)", "users: 2000, think: 500ms"), "W205"));
    CHECK_FALSE(has(changed("arrivals: poisson(100/s)", "users: 500, think: 500ms"), "W205"));
}

TEST_CASE("lint: a queue longer than its callers' patience works for nobody") {
    CHECK_FALSE(has(changed("workers: 8, queue: 32", "workers: 8, queue: 390"), "W206"));
    const Problem p = only(changed("workers: 8, queue: 32", "workers: 8, queue: 800"),
                           "W206");  // x 10 ms / 8 = 1 s
    CHECK(p.message == "the queue of c holds 1 s of work, and b.x leaves after 500 ms");
    CHECK(only(changed("workers: 8, queue: 32", "workers: 8, queue: unlimited"), "W206").message ==
          "the queue of c has no limit, and b.x leaves after 500 ms");
    CHECK_FALSE(
        has(changed("workers: 8, queue: 32", "workers: 8, queue: {limit: 800, max_wait: 400ms}"),
            "W206"));
    CHECK_FALSE(
        has(changed("workers: 8, queue: 32", "workers: 8, queue: {limit: 800, discipline: lifo}"),
            "W206"));
    CHECK_FALSE(has(changed("workers: 8, queue: 32", "workers: 8, queue: {limit: 800, codel: 5ms}"),
                    "W206"));
}

TEST_CASE("lint: one replica on every path is a single point of failure") {
    CHECK(only(changed("c: {replicas: 2", "c: {replicas: 1"), "W209").message ==
          "c is a single point of failure: every request needs it, and it has one replica");
    CHECK_FALSE(has(lint_of(replaced(replaced(sound_system, "c: {replicas: 2", "c: {replicas: 1"),
                                     "policy: inner", "policy: inner, optional: true")),
                    "W209"));
}

TEST_CASE("lint: a database has one owner") {
    const std::string database = replaced(sound_system, "c: {", "c: {kind: database, ");
    CHECK_FALSE(has(lint_of(database), "W210"));
    const Problem p =
        only(lint_of(replaced(database, "{call: b.x, policy: outer}",
                              "{call: b.x, policy: outer}, {call: c.x, policy: inner}")),
             "W210");
    CHECK(p.message == "a and b share the database c, and with it each other's load and faults");
}

TEST_CASE("lint: more than five services in a row are a deep chain") {
    const auto chain = [](int length) {
        std::string text = "schema: shaketable/v1\nname: chain\nservices:\n";
        for (int i = 1; i <= length; ++i)
            text += "  s" + std::to_string(i) + ": {endpoints: {x: {steps: [" +
                    (i < length ? "{call: s" + std::to_string(i + 1) + ".x}" : "{work: 1ms}") +
                    "]}}}\n";
        return lint_of(text + "workload: {users: {call: s1.x, arrivals: poisson(100/s)}}\n");
    };
    CHECK_FALSE(has(chain(5), "W211"));
    const Problem p = only(chain(7), "W211");
    CHECK(p.message == "7 services wait for each other in a row");
    CHECK(p.notes ==
          std::vector<std::string>{"s1.x -> s2.x -> s3.x -> s4.x -> s5.x -> s6.x -> s7.x"});
    CHECK(p.where.line == 8);
}

TEST_CASE("lint: a run needs requests, a warm-up and samples") {
    CHECK(only(changed("poisson(100/s)", "poisson(1/s)"), "W212").message ==
          "about 90 requests are measured in a run");
    CHECK(only(changed("warmup: 10s", "warmup: 100ms"), "W212").message ==
          "the warm-up of 100 ms is shorter than 120 ms");
    CHECK(only(changed("arrivals: poisson(100/s)", "users: 2000, think: 20s"), "W212").message ==
          "the warm-up of 10 s is shorter than 20 s");
    const auto claim = [](const std::string& text) {
        return lint_of(sound_system + "expect: [" + text + "]\n");
    };
    CHECK_FALSE(has(claim("p99(a.x) < 1s"), "W212"));
    CHECK(only(claim("p99.9(a.x) < 1s"), "W212").message ==
          "about 9000 samples a run, where p99.9 wants 10000");
}

TEST_CASE("lint: a request that takes a lock which it holds waits for itself") {
    const auto with = [](const std::string& steps) {
        return changed("[{work: 10ms}]", "[" + steps + "]");
    };
    const Problem p = only(with("{lock: m}, {work: 1ms}, {lock: m}"), "W213");
    CHECK(p.message ==
          "the lock \"m\" may be held by this very request, which then waits for ever");
    CHECK(p.where.line == 7);
    for (const char* twice :
         {"{choose: [{weight: 10%, steps: [{lock: m}]}]}, {lock: m}",
          "{lock: m}, {choose: [{weight: 10%, steps: [{unlock: m}]}]}, {lock: m}",
          "{lock: m}, {cache: {hit: 50%, miss: [{lock: m}]}}",
          "{cache: {hit: 50%, miss: [{lock: m}]}}, {lock: m}",
          "{loop: {times: 2, steps: [{lock: m}]}}",
          "{lock: m}, {parallel: [[{lock: m}], [{work: 1ms}]]}",
          "{lock: m}, {any: [[{work: 1ms}], [{lock: m}]]}",
          "{optimistic: {row: r, steps: [{lock: m}]}}, {lock: m}",
          "{lock: m}, {fail: 503, probability: 50%}, {lock: m}"}) {
        INFO(twice);
        CHECK(has(with(twice), "W213"));
    }
    for (const char* sound :
         {"{lock: m}, {unlock: m}, {lock: m}", "{lock: m}, {lock: n}",
          "{choose: [{weight: 50%, steps: [{lock: m}]}, {weight: 50%, steps: [{lock: m}]}]}",
          "{choose: [{weight: 100%, steps: [{lock: m}, {fail: 503}]}]}, {lock: m}, {lock: n}",
          "{loop: {times: 9, steps: [{lock: m}, {unlock: m}]}}",
          "{loop: {times: 1, steps: [{lock: m}]}}",
          "{parallel: [[{lock: m}], [{lock: m}]]}, {lock: m}"}) {
        INFO(sound);
        CHECK_FALSE(has(with(sound), "W213"));
    }
}

TEST_CASE("lint: more callers than subsets of replicas are not kept apart") {
    const auto subset = [](const std::string& callers) {
        return lint_of(
            replaced(replaced(sound_system, "b: {replicas: 2", "b: {replicas: " + callers),
                     "c: {replicas: 2", "c: {replicas: 8, balance: {subset: 2}"));
    };
    CHECK_FALSE(has(subset("28"), "W214"));
    const Problem p = only(subset("29"), "W214");
    CHECK(p.message == "29 callers of c draw from 28 different subsets");
    CHECK(p.where.line == 7);
}

TEST_CASE("subsets: the ways to choose are exact, up to the largest number") {
    CHECK(ways_to_choose(8, 2) == 28);
    CHECK(ways_to_choose(2048, 4) == 730'862'190'080);
    CHECK(ways_to_choose(2048, 2044) == 730'862'190'080);
    CHECK(ways_to_choose(67, 33) == 14'226'520'737'620'288'370U);
    CHECK(ways_to_choose(68, 34) == std::numeric_limits<std::uint64_t>::max());
    CHECK(ways_to_choose(100'000, 50'000) == std::numeric_limits<std::uint64_t>::max());
    CHECK(ways_to_choose(7, 7) == 1);
    CHECK(ways_to_choose(7, 0) == 1);
    CHECK(ways_to_choose(3, 4) == 0);
    for (std::uint32_t n = 1; n < 60; ++n)
        for (std::uint32_t k = 1; k < n; ++k)
            CHECK(ways_to_choose(n, k) == ways_to_choose(n - 1, k - 1) + ways_to_choose(n - 1, k));
}

TEST_CASE("lint: the library is warned of what its comments announce, and of nothing else") {
    const auto codes_in = [](const std::string& text) {
        std::set<std::string> announced;
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line) && !line.starts_with("schema:");)
            for (std::size_t at = line.find("W2"); at != std::string::npos;
                 at = line.find("W2", at + 1))
                announced.insert(line.substr(at, 4));
        return announced;
    };
    for (const auto& entry :
         std::filesystem::directory_iterator{test::source_path("scenarios/library")}) {
        INFO(entry.path().filename().string());
        const auto checked = check_file(entry.path().string());
        REQUIRE(checked);
        std::set<std::string> warned;
        for (const Problem& problem : lint(*checked)) warned.insert(problem.code);
        CHECK(warned == codes_in(checked->sources.files.front().text));
    }
}

}  // namespace shaketable::scenarios
