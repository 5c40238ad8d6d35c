#include "policies/outcome_class.h"

#include <catch2/catch.hpp>

namespace shaketable::policies {
namespace {

using C = OutcomeClass;

TEST_CASE("outcome classes: unavailable is 503, unreachable and every refusal") {
    const OutcomeMask mask{{C::unavailable}};
    CHECK(mask.contains(Outcome::error, 503));
    CHECK(mask.contains(Outcome::error, 14));
    CHECK(mask.contains(Outcome::unreachable));
    for (const Outcome o :
         {Outcome::queue_full, Outcome::breaker_open, Outcome::rate_limited, Outcome::shed,
          Outcome::limited, Outcome::bulkhead_full, Outcome::expired})
        CHECK(mask.contains(o));
    CHECK_FALSE(mask.contains(Outcome::error, 500));
    CHECK_FALSE(mask.contains(Outcome::timeout));
}

TEST_CASE("outcome classes: 5xx has 503 in it, 4xx has 429 in it, and an unknown status is a 5xx") {
    CHECK(OutcomeMask{{C::error_5xx}}.contains(Outcome::error, 503));
    CHECK(OutcomeMask{{C::error_5xx}}.contains(Outcome::error, 0));
    CHECK(OutcomeMask{{C::error_4xx}}.contains(Outcome::error, 429));
    CHECK(OutcomeMask{{C::throttled}}.contains(Outcome::error, 429));
    CHECK_FALSE(OutcomeMask{{C::error_4xx}}.contains(Outcome::error, 502));
    CHECK_FALSE(OutcomeMask{{C::throttled}}.contains(Outcome::error, 404));
}

TEST_CASE("outcome classes: a conflict is 409 or ABORTED, and a 4xx as well") {
    for (const int status : {409, 10}) {
        CHECK(OutcomeMask{{C::conflict}}.contains(Outcome::error, status));
        CHECK(OutcomeMask{{C::error_4xx}}.contains(Outcome::error, status));
        CHECK(OutcomeMask{{C::error}}.contains(Outcome::error, status));
        CHECK_FALSE(OutcomeMask{{C::error_5xx}}.contains(Outcome::error, status));
    }
    CHECK_FALSE(OutcomeMask{{C::conflict}}.contains(Outcome::error, 404));
    CHECK_FALSE(OutcomeMask{{C::conflict}}.contains(Outcome::queue_full));
}

TEST_CASE("outcome classes: a gRPC status is in the class of the HTTP status it stands for") {
    CHECK(OutcomeMask{{C::error_5xx}}.contains(Outcome::error, 13));
    CHECK(OutcomeMask{{C::error_4xx}}.contains(Outcome::error, 5));
    CHECK(OutcomeMask{{C::throttled}}.contains(Outcome::error, 8));
}

TEST_CASE("outcome classes: any holds every failure a caller can see, and no success") {
    const OutcomeMask mask{{C::any}};
    for (int i = 0; i < outcome_count; ++i) {
        const auto outcome = static_cast<Outcome>(i);
        const bool seen_as_failure = !is_success(outcome) && outcome != Outcome::cancelled;
        CHECK(mask.contains(outcome) == seen_as_failure);
    }
    CHECK(mask.contains(Outcome::error, 404));
}

TEST_CASE("outcome classes: a list is the union, an empty one is nothing") {
    const OutcomeMask mask{{C::timeout, C::error_5xx}};
    CHECK(mask.contains(Outcome::timeout));
    CHECK(mask.contains(Outcome::error, 500));
    CHECK_FALSE(mask.contains(Outcome::shed));
    CHECK_FALSE(OutcomeMask{}.contains(Outcome::timeout));
}

TEST_CASE("outcome classes: throttling is 429, rate limits, shedding and limits") {
    CHECK(is_throttling(Outcome::shed, 0));
    CHECK(is_throttling(Outcome::error, 429));
    CHECK_FALSE(is_throttling(Outcome::error, 503));
    CHECK_FALSE(is_throttling(Outcome::queue_full, 0));
}

}  // namespace
}  // namespace shaketable::policies
