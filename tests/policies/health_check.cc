#include "policies/health_check.h"

#include <catch2/catch.hpp>

namespace shaketable::policies {
namespace {

TEST_CASE("health check: three failures in a row take an endpoint out, two passes bring it back") {
    HealthMachine health{HealthCheck{}, 2};
    CHECK_FALSE(health.observe(0, false));
    CHECK_FALSE(health.observe(0, false));
    CHECK_FALSE(health.observe(0, true));
    CHECK_FALSE(health.observe(0, false));
    CHECK_FALSE(health.observe(0, false));
    CHECK(health.observe(0, false));
    CHECK_FALSE(health.is_healthy(0));
    CHECK(health.is_healthy(1));
    CHECK_FALSE(health.observe(0, true));
    CHECK_FALSE(health.observe(0, false));
    CHECK_FALSE(health.observe(0, true));
    CHECK(health.observe(0, true));
    CHECK(health.is_healthy(0));
}

TEST_CASE("health check: impossible settings are refused at their field") {
    CHECK(HealthCheck{}.find_problem() == std::nullopt);
    CHECK(HealthCheck{.interval = Duration{0}}.find_problem()->field == "interval");
    CHECK(HealthCheck{.unhealthy = 0}.find_problem()->field == "unhealthy");
}

}  // namespace
}  // namespace shaketable::policies
