#include "faults/kinds/crash.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("crash: takes the replica down, and nothing else") {
    CHECK(Crash{}.condition(1) == Condition{.up = false});
}

TEST_CASE("crash: a restart after no time is refused") {
    CHECK_FALSE(Crash{}.find_problem());
    CHECK_FALSE(Crash{.restart_after = 1ns}.find_problem());
    CHECK(Crash{.restart_after = 0s}.find_problem()->field == "restart_after");
}

}  // namespace
}  // namespace shaketable::faults
