#include "faults/kinds/capacity.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {

TEST_CASE("capacity: takes replicas by number or share, little by little") {
    CHECK(Capacity{.removed = {Count{2}}}.condition(1).replicas.left_of(5) == 3);
    CHECK(Capacity{.removed = {Share{0.5}}}.condition(1).replicas.left_of(5) == 2);
    CHECK(Capacity{.removed = {Count{2}}}.condition(0.5).replicas.left_of(5) == 4);
    CHECK(Capacity{.removed = {Count{9}}}.condition(1).replicas.left_of(5) == 0);
    CHECK(Capacity{.removed = {Count{2}}}.condition(1).up);
}

}  // namespace shaketable::faults
