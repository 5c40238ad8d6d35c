#include "faults/kinds/load.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

TEST_CASE("load: the ramp goes from the normal load to the full one") {
    CHECK(Load{.factor = 3}.condition(0) == Condition{});
    CHECK(Load{.factor = 3}.condition(0.5).load == 2);
    CHECK(Load{.factor = 0}.condition(1).load == 0);
    CHECK(Load{.rate = Rate{200}}.condition(1) == Condition{.load_extra = 200});
    CHECK(Load{.rate = Rate{200}}.condition(0.25).load_extra == 50);
}

TEST_CASE("load: has a factor or a rate, in its range") {
    CHECK(Load{}.find_problem()->code == "E012");
    CHECK(Load{.factor = 2, .rate = Rate{1}}.find_problem()->code == "E014");
    CHECK(Load{.factor = -1}.find_problem()->code == "E023");
    CHECK_FALSE(Load{.factor = 0}.find_problem());
    CHECK_FALSE(Load{.rate = Rate{1}}.find_problem());
}

}  // namespace
}  // namespace shaketable::faults
