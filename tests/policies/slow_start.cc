#include "policies/slow_start.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("slow start: weight grows from its least to its full share within the window") {
    const SlowStart rule{.window = seconds{10}};
    CHECK(slow_start_weight(rule, Duration{0}) == 0.1);
    CHECK(slow_start_weight(rule, milliseconds{500}) == 0.1);
    CHECK(slow_start_weight(rule, seconds{5}) == Approx(0.5));
    CHECK(slow_start_weight(rule, seconds{10}) == 1);
    CHECK(slow_start_weight(rule, seconds{99}) == 1);
}

TEST_CASE("slow start: aggression 2 is the square root") {
    const SlowStart rule{.window = seconds{10}, .aggression = 2};
    CHECK(slow_start_weight(rule, milliseconds{2500}) == Approx(0.5));
}

TEST_CASE("slow start: impossible settings are refused at their field") {
    CHECK(SlowStart{}.find_problem() == std::nullopt);
    CHECK(SlowStart{.window = Duration{0}}.find_problem()->field == "window");
    CHECK(SlowStart{.aggression = 0}.find_problem()->field == "aggression");
}

}  // namespace
}  // namespace shaketable::policies
