#include "policies/chain.h"

#include <catch2/catch.hpp>

namespace shaketable::policies {
namespace {

using K = PolicyKind;

TEST_CASE("order: by default deadline is outermost and timeout innermost") {
    const PolicyOrder order;
    CHECK(order.kinds().front() == K::deadline);
    CHECK(order.kinds().back() == K::timeout);
    CHECK(order.wraps(K::retry, K::breaker));
    CHECK(order.wraps(K::throttle, K::breaker));
    CHECK_FALSE(order.wraps(K::timeout, K::bulkhead));
    CHECK_FALSE(order.wraps(K::retry, K::retry));
}

TEST_CASE("order: what is written comes first, the rest keeps its order behind it") {
    const PolicyOrder order{{K::breaker, K::retry}};
    CHECK(order.wraps(K::breaker, K::retry));
    CHECK(order.wraps(K::retry, K::deadline));
    CHECK(order.wraps(K::deadline, K::fallback));
    CHECK(order.kinds().back() == K::timeout);
}

TEST_CASE("order: a kind that stands twice is refused") {
    EdgePolicy policy;
    policy.order = {K::retry, K::breaker, K::retry};
    CHECK(policy.find_problem()->field == "order");
    policy.order.pop_back();
    CHECK(policy.find_problem() == std::nullopt);
}

TEST_CASE("policy: an unknown preset is refused with the nearest one") {
    EdgePolicy policy;
    policy.preset = "resilence4j";
    const auto problem = policy.find_problem();
    REQUIRE(problem);
    CHECK(problem->code == "E107");
    CHECK(problem->hint == "did you mean \"resilience4j\"?");
}

TEST_CASE("policy: what contradicts its preset is refused, and the preset is named") {
    EdgePolicy policy;
    policy.preset = "envoy";
    policy.retry = Retry{.backoff = Backoff{.base = std::chrono::seconds{1}}};
    const auto problem = policy.find_problem();
    REQUIRE(problem);
    CHECK(problem->field == "retry");
    CHECK(problem->notes.front().find("envoy") != std::string::npos);
}

}  // namespace
}  // namespace shaketable::policies
