#include "faults/kinds/pause.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {

TEST_CASE("pause: freezes the replica, which stays up") {
    CHECK(Pause{}.condition(1) == Condition{.up = true, .paused = true});
}

}  // namespace shaketable::faults
