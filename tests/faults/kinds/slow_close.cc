#include "faults/kinds/slow_close.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("slow_close: the end comes late on the way it names") {
    const Handling late{.close_delay = 3s};
    CHECK(judge_many(SlowClose{.delay = 3s}, 1)[0] == Verdict{.response_bytes = late});
    CHECK(judge_many(SlowClose{.delay = 3s, .direction = Direction::request}, 1)[0] ==
          Verdict{.request_bytes = late});
    CHECK(judge_many(SlowClose{.delay = 3s, .direction = Direction::both}, 1)[0] ==
          Verdict{.request_bytes = late, .response_bytes = late});
}

TEST_CASE("slow_close: a delay of 0 is refused") {
    CHECK(SlowClose{}.find_problem()->field == "delay");
    CHECK_FALSE(SlowClose{.delay = 1ns}.find_problem());
}

TEST_CASE("slow_close: the share and the ramp say how many are hit") {
    SlowClose fault{.delay = 3s};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("slow_close: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        SlowClose fault{.delay = 3s};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
