#include "faults/kinds/slow.h"

#include <limits>

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

TEST_CASE("slow: the ramp goes from 1 to the factor") {
    CHECK(Slow{.factor = 8}.condition(0) == Condition{});
    CHECK(Slow{.factor = 8}.condition(0.5).slowdown == 4.5);
    CHECK(Slow{.factor = 8}.condition(1) == Condition{.slowdown = 8});
}

TEST_CASE("slow: a factor below 1 is refused, and so is none at all") {
    CHECK_FALSE(Slow{.factor = 1}.find_problem());
    CHECK(Slow{.factor = 0.5}.find_problem()->field == "factor");
    CHECK(Slow{.factor = 1e7}.find_problem());
    CHECK(Slow{.factor = std::numeric_limits<double>::quiet_NaN()}.find_problem());
}

}  // namespace
}  // namespace shaketable::faults
