#include "policies/fallback.h"

#include <catch2/catch.hpp>

namespace shaketable::policies {
namespace {

TEST_CASE("fallback: replaces any failure, or those it names") {
    CHECK(fallback_mask(Fallback{}).contains(Outcome::breaker_open));
    const OutcomeMask mask = fallback_mask(Fallback{.when = {OutcomeClass::timeout}});
    CHECK(mask.contains(Outcome::timeout));
    CHECK_FALSE(mask.contains(Outcome::error));
}

}  // namespace
}  // namespace shaketable::policies
