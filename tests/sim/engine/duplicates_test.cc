// Calls whose work was done more than once.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

/// Eleven calls, one a second.
reports::FlowTotals duplicates_of(const std::string& steps, const std::string& policy,
                                  const std::string& faults = "") {
    return calls(play(R"(
run: {duration: 10.9s, seed: 1}
services: {server: {replicas: 2, balance: round-robin, endpoints: {pay: {idempotent: true, steps: )" +
                      steps + R"(}}}}
policies: {again: )" + policy +
                      R"(}
workload: {users: {call: server.pay, arrivals: constant(1/s), policy: again}}
)" + faults + R"(
expect: [duplicates(server.pay) < 90%]
)"),
                 "users", "server.pay");
}

TEST_CASE("duplicates: a try that was given up and goes on is done twice") {
    const std::string slow = "[{work: 150ms}]";
    CHECK(duplicates_of(slow, "{timeout: 100ms, retry: {retries: 1, backoff: 0}}").duplicates ==
          11);
    // Three tries count once: it is calls that are counted.
    CHECK(duplicates_of(slow, "{timeout: 100ms, retry: {retries: 2, backoff: 0}}").duplicates ==
          11);
    CHECK(duplicates_of(slow, "{timeout: 200ms, retry: {retries: 1, backoff: 0}}").duplicates == 0);
}

TEST_CASE("duplicates: what was taken back, failed, or never arrived was not done") {
    CHECK(duplicates_of("[{work: 150ms}]",
                        "{timeout: 100ms, cancel: propagate, retry: {retries: 1, backoff: 0}}")
              .duplicates == 0);
    CHECK(duplicates_of("[{work: 10ms}, {fail: 503}]", "{retry: {retries: 1, backoff: 0}}")
              .duplicates == 0);
    CHECK(duplicates_of("[{work: 10ms}]", "{retry: {retries: 1, backoff: 0}}",
                        "faults: [{id: f, at: 0s, for: 20s, fault: error, target: users -> "
                        "server, sequence: every 2nd}]")
              .duplicates == 0);
}

TEST_CASE("duplicates: an answer that is of no use was an execution all the same") {
    const auto flow = duplicates_of("[{work: 10ms}]", "{retry: {retries: 1, backoff: 0}}",
                                    "faults: [{id: f, at: 0s, for: 20s, fault: corrupt, target: "
                                    "users -> server}]");
    CHECK(flow.duplicates == 11);
    CHECK(flow.succeeded() == 0);
}

TEST_CASE("duplicates: hedges do work twice, unless they are cancelled") {
    CHECK(duplicates_of("[{work: 50ms}]", "{hedge: {after: 10ms, cancel: none}}").duplicates == 11);
    CHECK(duplicates_of("[{work: 50ms}]", "{hedge: {after: 10ms}}").duplicates == 0);
}

TEST_CASE("duplicates: a reply counts with the work behind it, once") {
    CHECK(duplicates_of("[{reply: 202}, {work: 150ms}]",
                        "{timeout: 100ms, retry: {retries: 1, backoff: 0}}")
              .duplicates == 0);
    CHECK(duplicates_of("[{work: 150ms}, {reply: 202}, {work: 1ms}]",
                        "{timeout: 100ms, retry: {retries: 1, backoff: 0}}")
              .duplicates == 11);
}

TEST_CASE("duplicates: nothing is counted where nobody asks") {
    const auto flow = calls(play(R"(
run: {duration: 10.9s, seed: 1}
services: {server: {endpoints: {pay: {idempotent: true, steps: [{work: 150ms}]}}}}
policies: {again: {timeout: 100ms, retry: {retries: 1, backoff: 0}}}
workload: {users: {call: server.pay, arrivals: constant(1/s), policy: again}}
)"),
                            "users", "server.pay");
    CHECK(flow.retries == 11);
    CHECK(flow.duplicates == 0);
}

}  // namespace
}  // namespace shaketable::sim
