// What a simulation needs of memory, seen from outside.
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

long kib_of(const std::string& how, const std::string& arrivals, const std::string& service) {
    const Folder folder;
    folder.write("a.yaml", "schema: shaketable/v1\nname: memory\nrun: {" + how +
                               ", repeats: 1, keep_traces: 0}\nnetwork: {default: 1ms}\n" + R"(
services:
  a: {threading: async, workers: 1000000, endpoints: {get: {steps: [{call: b.get, policy: careful}]}}}
  b: {threading: async, workers: 1000000, endpoints: {get: {idempotent: true, steps: [{)" +
                               service + R"(}]}}}
policies:
  careful:
    timeout: 20s
    retry: {retries: 2, when: [timeout, 5xx], budget: 10%}
    breaker: {preset: hystrix}
workload: {users: {call: a.get, arrivals: )" +
                               arrivals + "}}\n");
    const Outcome outcome = run(folder, {"simulate", "a.yaml", "-q", "-o", "result.json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.resident_kib;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep shadows of it
TEST_CASE("memory: a request in flight through two services takes at most 200 bytes") {
    // All of 10 s are in flight at the end, each with a timer at b and one for its timeout.
    const long few = kib_of("duration: 10s", "constant(10000/s)", "wait: 11s");
    const long many = kib_of("duration: 10s", "constant(30000/s)", "wait: 11s");
    CHECK((many - few) * 1024 <= 200 * 200'000);
    CHECK((many - few) * 1024 >= 100 * 200'000);  // it is the requests that were measured
}

TEST_CASE("memory: ten times as many requests take no more") {
    const long few = kib_of("duration: 10s", "poisson(5000/s)", "work: exponential(mean=2ms)");
    const long many = kib_of("duration: 100s, sample_every: 10s", "poisson(5000/s)",
                             "work: exponential(mean=2ms)");
    CHECK(many < few + 1024);
}
#endif
