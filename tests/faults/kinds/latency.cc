#include "faults/kinds/latency.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("latency: a constant delay holds every crossing for exactly that") {
    for (const Verdict& verdict : judge_many(Latency{.delay = Duration{5ms}}, 100))
        REQUIRE(verdict == Verdict{.delay = 5ms});
}

TEST_CASE("latency: each direction is held where it is asked for") {
    const auto response =
        judge_many(Latency{.delay = Duration{5ms}, .direction = Direction::response}, 1);
    CHECK(response[0] == Verdict{.response_delay = 5ms});
    const Latency both{.delay = Duration{5ms}, .jitter = 1ms, .direction = Direction::both};
    for (const Verdict& verdict : judge_many(both, 100)) {
        REQUIRE(verdict.delay >= 4ms);
        REQUIRE(verdict.response_delay >= 4ms);
        REQUIRE(verdict.delay != verdict.response_delay);
    }
}

TEST_CASE("latency: jitter is uniform around the delay") {
    int below = 0;
    int outer = 0;
    for (const Verdict& verdict : judge_many(Latency{.delay = Duration{10ms}, .jitter = 4ms})) {
        REQUIRE(verdict.delay >= 6ms);
        REQUIRE(verdict.delay <= 14ms);
        below += verdict.delay < 10ms;
        outer += verdict.delay < 7ms || verdict.delay > 13ms;
    }
    CHECK(is_likely(below, trials, 0.5));
    CHECK(is_likely(outer, trials, 0.25));
}

TEST_CASE("latency: a law is drawn from anew for each crossing") {
    const Latency latency{.delay = *Text<Distribution>::parse("exponential(mean=10ms)")};
    const auto verdicts = judge_many(latency);
    // 1 - 1/e of the mass lies below the mean.
    CHECK(is_likely(count_of(verdicts, [](const Verdict& v) { return v.delay < 10ms; }), trials,
                    0.6321205588));
}

TEST_CASE("latency: the ramp scales the hold") {
    for (const Verdict& verdict :
         judge_many(Latency{.delay = Duration{8ms}}, 10, {.strength = 0.25}))
        CHECK(verdict.delay == 2ms);
}

TEST_CASE("latency: draws as often whatever its settings") {
    const auto draws = draws_of(Latency{.delay = Duration{5ms}});
    CHECK(draws == 2);
    CHECK(draws_of(Latency{.delay = Duration{5ms}, .jitter = 1ms}) == draws);
    CHECK(draws_of(Latency{.delay = Duration{5ms}, .direction = Direction::both}) == draws);
    CHECK(draws_of(Latency{.delay = *Text<Distribution>::parse("lognormal(p50=1ms p99=9ms)")}) ==
          draws);
}

TEST_CASE("latency: a jitter wider than the delay is refused") {
    CHECK_FALSE(Latency{.delay = Duration{5ms}, .jitter = 5ms}.find_problem());
    const auto problem = Latency{.delay = Duration{5ms}, .jitter = 6ms}.find_problem();
    REQUIRE(problem);
    CHECK(problem->field == "jitter");
    CHECK(problem->code == "E023");
}

TEST_CASE("latency: jitter around a law is refused") {
    const auto law = *Text<Distribution>::parse("exponential(mean=10ms)");
    CHECK_FALSE(Latency{.delay = law}.find_problem());
    CHECK(Latency{.delay = law, .jitter = 1ms}.find_problem()->code == "E014");
}

}  // namespace
}  // namespace shaketable::faults
