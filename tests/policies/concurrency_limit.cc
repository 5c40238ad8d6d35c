#include "policies/concurrency_limit.h"

#include <initializer_list>

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// Fills the limit, then ends one request after `latency`.
void one_at_full_limit(ConcurrencyLimitMachine& limit, Time now, Duration latency,
                       bool dropped = false) {
    Random random = dice();
    while (limit.try_enter()) {
    }
    limit.leave(now, latency, dropped, random);
}

TEST_CASE("concurrency limit: a fixed one lets so many in, and as many again as left") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 2}};
    Random random = dice();
    CHECK(limit.try_enter());
    CHECK(limit.try_enter());
    CHECK_FALSE(limit.try_enter());
    limit.leave({}, milliseconds{1}, true, random);
    CHECK(limit.limit() == 2);
    CHECK(limit.try_enter());
    limit.forget();
    CHECK(limit.in_progress() == 1);
}

TEST_CASE("concurrency limit: Gradient2 grows from 20 to 200 in 225 samples of one latency") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.rule = LimitRule::gradient2}};
    int samples = 0;
    while (limit.limit() < 200) {
        one_at_full_limit(limit, {}, milliseconds{10});
        ++samples;
    }
    CHECK(samples == 225);
}

TEST_CASE("concurrency limit: Gradient2 goes from 100 to 90.8 when latency quadruples") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 100, .rule = LimitRule::gradient2}};
    Random random = dice();
    for (int i = 0; i < 200; ++i) {  // learns the long latency with a limit that is hardly used
        REQUIRE(limit.try_enter());
        limit.leave({}, milliseconds{10}, false, random);
    }
    REQUIRE(limit.estimate() == 100);
    one_at_full_limit(limit, {}, milliseconds{40});
    CHECK(limit.estimate() == Approx(90.8).epsilon(0.001));
}

TEST_CASE("concurrency limit: Vegas goes from 20 to 26 when there is no queue") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.rule = LimitRule::vegas}};
    one_at_full_limit(limit, {}, milliseconds{10});
    CHECK(limit.limit() == 20);
    one_at_full_limit(limit, {}, milliseconds{10});
    CHECK(limit.limit() == 26);
}

TEST_CASE("concurrency limit: Vegas shrinks by its logarithm at a drop and at a long queue") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 100, .rule = LimitRule::vegas}};
    one_at_full_limit(limit, {}, milliseconds{10});
    one_at_full_limit(limit, {}, milliseconds{10}, true);
    CHECK(limit.limit() == 98);
    one_at_full_limit(limit, {}, milliseconds{20});
    CHECK(limit.limit() == 97);  // log10(98) is one, in whole numbers
}

TEST_CASE("concurrency limit: AIMD adds one while it is used and takes a tenth at a drop") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 50, .rule = LimitRule::aimd}};
    one_at_full_limit(limit, {}, milliseconds{10});
    CHECK(limit.limit() == 51);
    one_at_full_limit(limit, {}, milliseconds{10}, true);
    CHECK(limit.limit() == 45);
    one_at_full_limit(limit, {}, seconds{5});
    CHECK(limit.limit() == 46);
    one_at_full_limit(limit, {}, seconds{5} + nanoseconds{1});
    CHECK(limit.limit() == 41);
    for (int i = 0; i < 100; ++i) one_at_full_limit(limit, {}, milliseconds{1}, true);
    CHECK(limit.limit() == 20);
}

TEST_CASE("concurrency limit: a limit that is not used does not grow") {
    for (const LimitRule rule : {LimitRule::aimd, LimitRule::gradient2, LimitRule::vegas}) {
        ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 50, .rule = rule}};
        Random random = dice();
        for (int i = 0; i < 100; ++i) {
            REQUIRE(limit.try_enter());
            limit.leave({}, milliseconds{10}, false, random);
        }
        CHECK(limit.limit() == 50);
    }
}

TEST_CASE("concurrency limit: with a window one average counts, once it has its samples") {
    ConcurrencyLimitMachine limit{
        ConcurrencyLimit{.limit = 50, .rule = LimitRule::aimd, .window = seconds{1}}};
    for (int i = 1; i <= 9; ++i) one_at_full_limit(limit, at(seconds{i}), milliseconds{10});
    CHECK(limit.limit() == 50);
    one_at_full_limit(limit, at(seconds{10}), microseconds{99});  // too short to tell
    CHECK(limit.limit() == 50);
    one_at_full_limit(limit, at(seconds{11}), milliseconds{10});
    CHECK(limit.limit() == 51);
}

/// Ends `n` requests, each after `latency`, a millisecond apart.
void serve(ConcurrencyLimitMachine& limit, Time& now, int n, Duration latency) {
    for (int i = 0; i < n; ++i) {
        now += milliseconds{1};
        one_at_full_limit(limit, now, latency);
    }
}

TEST_CASE(
    "concurrency limit: Envoy's measures the least latency at three in progress, then grows") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.rule = LimitRule::envoy}};
    Time now = at(seconds{1});
    serve(limit, now, 49, milliseconds{10});
    CHECK(limit.limit() == 3);
    serve(limit, now, 1, milliseconds{10});
    serve(limit, now, 100, milliseconds{10});
    // gradient 1.25: 1.25 * 3 + sqrt(3)
    CHECK(limit.estimate() == Approx(5.482).epsilon(0.01));
    serve(limit, now, 1000, milliseconds{10});
    CHECK(limit.limit() > 50);
}

TEST_CASE(
    "concurrency limit: Envoy's at least halves a window, and measures anew after five at the "
    "least") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.limit = 400, .rule = LimitRule::envoy}};
    Time now = at(seconds{1});
    serve(limit, now, 50, milliseconds{10});
    CHECK(limit.limit() == 400);
    serve(limit, now, 100, seconds{1});
    CHECK(limit.limit() == 220);  // 400 / 2 + sqrt(400)
    serve(limit, now, 10'000, seconds{5});
    CHECK(limit.limit() < 10);
}

TEST_CASE("concurrency limit: impossible settings are refused at their field") {
    CHECK(ConcurrencyLimit{}.find_problem() == std::nullopt);
    for (const LimitRule rule :
         {LimitRule::aimd, LimitRule::gradient2, LimitRule::vegas, LimitRule::envoy})
        CHECK(ConcurrencyLimit{.rule = rule}.find_problem() == std::nullopt);
    CHECK(ConcurrencyLimit{.limit = 0}.find_problem()->field == "limit");
    CHECK(ConcurrencyLimit{.max = 5}.find_problem()->field == "max");
    const ConcurrencyLimit idle{.rule = LimitRule::vegas, .slow_after = seconds{1}};
    CHECK(idle.find_problem()->field == "slow_after");
}

}  // namespace
}  // namespace shaketable::policies
