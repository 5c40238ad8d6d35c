#include "faults/kinds/throttle_response.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("throttle_response: slows the answer and not the request") {
    CHECK(judge_many(ThrottleResponse{.rate = {500}}, 1)[0] ==
          Verdict{.response_bytes = {.rate = 500}});
}

TEST_CASE("throttle_response: a rate of 0 is refused") {
    CHECK(ThrottleResponse{}.find_problem()->field == "rate");
    CHECK_FALSE(ThrottleResponse{.rate = {1}}.find_problem());
}

TEST_CASE("throttle_response: the share and the ramp say how many are hit") {
    ThrottleResponse fault{.rate = {1000}};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("throttle_response: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        ThrottleResponse fault{.rate = {1000}};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
