#include "faults/kinds/cold_cache.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {

TEST_CASE("cold_cache: chills by its share") {
    CHECK(ColdCache{}.condition(1) == Condition{.cold = 1});
    CHECK(ColdCache{.share = {0.4}}.condition(1) == Condition{.cold = 0.4});
}

}  // namespace shaketable::faults
