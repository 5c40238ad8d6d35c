#include "faults/kinds/exhaust.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

TEST_CASE("exhaust: takes workers and connections, each its own amount") {
    const Exhaust exhaust{.workers = Amount{Share{0.5}}, .connections = Amount{Count{3}}};
    const Condition condition = exhaust.condition(1);
    CHECK(condition.workers.left_of(8) == 4);
    CHECK(condition.connections.left_of(8) == 5);
    CHECK(condition.replicas == Taken{});
    CHECK(exhaust.condition(0.5).workers.left_of(8) == 6);
}

TEST_CASE("exhaust: of nothing is refused") {
    CHECK(Exhaust{}.find_problem()->code == "E012");
    CHECK_FALSE(Exhaust{.workers = Amount{Count{1}}}.find_problem());
}

}  // namespace
}  // namespace shaketable::faults
