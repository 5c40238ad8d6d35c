#include "faults/kinds/limit_data.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("limit_data: says how many bytes pass on which way") {
    CHECK(judge_many(LimitData{.bytes = {100}}, 1)[0] == Verdict{.response_bytes = {.limit = 100}});
    CHECK(judge_many(LimitData{.bytes = {0}, .direction = Direction::request}, 1)[0] ==
          Verdict{.request_bytes = {.limit = 0}});
}

TEST_CASE("limit_data: of two limits the lower one counts") {
    const Verdict low = judge_many(LimitData{.bytes = {10}}, 1)[0];
    const Verdict high = judge_many(LimitData{.bytes = {20}}, 1)[0];
    CHECK(combine(low, high) == low);
}

TEST_CASE("limit_data: the share and the ramp say how many are hit") {
    LimitData fault{.bytes = {1}};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("limit_data: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        LimitData fault{.bytes = {1}};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
