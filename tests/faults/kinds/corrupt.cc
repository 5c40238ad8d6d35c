#include "faults/kinds/corrupt.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("corrupt: changes answers, or what it is told to") {
    CHECK(judge_many(Corrupt{}, 1)[0] == Verdict{.response_bytes = {.corrupt = true}});
    CHECK(judge_many(Corrupt{.direction = Direction::request}, 1)[0] ==
          Verdict{.request_bytes = {.corrupt = true}});
}

TEST_CASE("corrupt: the share and the ramp say how many are hit") {
    Corrupt fault{};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("corrupt: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        Corrupt fault{};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
