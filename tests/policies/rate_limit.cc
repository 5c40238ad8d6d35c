#include "policies/rate_limit.h"

#include <deque>

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// Share of Poisson arrivals that are let through.
double accepted_share(const RateLimit& settings, double per_second, int calls) {
    RateLimitMachine limit{settings};
    Random random = dice();
    Time now{};
    int accepted = 0;
    for (int i = 0; i < calls; ++i) {
        now += from_seconds(random.exponential() / per_second);
        accepted += limit.admit(now).admitted;
    }
    return static_cast<double>(accepted) / calls;
}

TEST_CASE("rate limit: a token bucket at its own rate loses what an M/D/1/b queue does") {
    const RateLimit settings{.rate = Rate{1}, .burst = 10};
    CHECK(1 - accepted_share(settings, 1, 2'000'000) == Approx(0.0508474576).epsilon(0.02));
}

TEST_CASE("rate limit: a fixed window at its own rate lets E[min(N, 50)] / 50 through") {
    const RateLimit settings{.rate = Rate{50}, .rule = RateRule::fixed_window};
    CHECK(accepted_share(settings, 50, 1'000'000) == Approx(0.943674994).epsilon(0.003));
}

TEST_CASE("rate limit: a token comes back exactly when it is due, not a nanosecond earlier") {
    RateLimitMachine limit{RateLimit{.rate = Rate{10}, .burst = 2}};
    CHECK(limit.admit({}).admitted);
    CHECK(limit.admit({}).admitted);
    CHECK_FALSE(limit.admit({}).admitted);
    CHECK_FALSE(limit.admit(at(milliseconds{100}) - nanoseconds{1}).admitted);
    CHECK(limit.admit(at(milliseconds{100})).admitted);
    CHECK_FALSE(limit.admit(at(milliseconds{199})).admitted);
    CHECK(limit.admit(at(milliseconds{200})).admitted);
}

TEST_CASE("rate limit: a third of a nanosecond per token does not add up to an error") {
    RateLimitMachine limit{RateLimit{.rate = Rate{3e6}, .burst = 1}};
    int admitted = 0;
    for (int ns = 0; ns < 10'000'000; ns += 10)
        admitted += limit.admit(at(nanoseconds{ns})).admitted;
    CHECK(admitted <= 30'000);
    CHECK(admitted >=
          29'000);  // a call comes every 10 ns, so up to 10 ns of each token's time are lost
}

TEST_CASE("rate limit: a token bucket holds one second's tokens where no burst is written") {
    RateLimitMachine limit{RateLimit{.rate = Rate{7}}};
    int admitted = 0;
    while (limit.admit({}).admitted) ++admitted;
    CHECK(admitted == 7);
}

TEST_CASE("rate limit: the fixed window lets double the rate pass around its edge") {
    RateLimitMachine limit{RateLimit{.rate = Rate{5}, .rule = RateRule::fixed_window}};
    int admitted = 0;
    for (int i = 0; i < 20; ++i) admitted += limit.admit(at(milliseconds{999})).admitted;
    for (int i = 0; i < 20; ++i) admitted += limit.admit(at(milliseconds{1000})).admitted;
    CHECK(admitted == 10);
}

TEST_CASE("rate limit: no sliding window ever holds more than its calls") {
    RateLimitMachine limit{RateLimit{.rate = Rate{5}, .rule = RateRule::sliding_window}};
    Random random = dice();
    std::deque<Time> last;
    Time now{};
    for (int i = 0; i < 20'000; ++i) {
        now += from_seconds(random.exponential() / 20);
        while (!last.empty() && now - last.front() >= seconds{1}) last.pop_front();
        const bool admitted = limit.admit(now).admitted;
        CHECK(admitted == (last.size() < 5));
        if (admitted) last.push_back(now);
    }
}

TEST_CASE("rate limit: a caller may wait for its turn, up to the longest wait") {
    for (const RateRule rule :
         {RateRule::token_bucket, RateRule::fixed_window, RateRule::sliding_window}) {
        RateLimit settings{.rate = Rate{1}, .rule = rule, .wait = milliseconds{2500}};
        if (rule == RateRule::token_bucket) settings.burst = 1;
        RateLimitMachine limit{settings};
        CHECK(limit.admit({}).wait == Duration{0});
        CHECK(limit.admit({}).wait == seconds{1});
        CHECK(limit.admit({}).wait == seconds{2});
        CHECK_FALSE(limit.admit({}).admitted);
        CHECK(limit.admit(at(seconds{1})).wait == seconds{2});
    }
}

TEST_CASE("rate limit: resilience4j's 50 per 500 ns waits up to 5 s") {
    RateLimitMachine limit{RateLimit{.rate = Rate{1e8},
                                     .rule = RateRule::fixed_window,
                                     .window = nanoseconds{500},
                                     .wait = seconds{5}}};
    for (int i = 0; i < 50; ++i) CHECK(limit.admit({}).wait == Duration{0});
    CHECK(limit.admit({}).wait == nanoseconds{500});
}

TEST_CASE("rate limit: impossible settings are refused at their field") {
    CHECK(RateLimit{}.find_problem()->field == "rate");
    CHECK(RateLimit{.rate = Rate{5}}.find_problem() == std::nullopt);
    CHECK(RateLimit{.rate = Rate{0}}.find_problem()->field == "rate");
    const RateLimit bucket{.rate = Rate{5}, .window = seconds{1}};
    CHECK(bucket.find_problem()->field == "window");
    const RateLimit tiny{
        .rate = Rate{5}, .rule = RateRule::fixed_window, .window = milliseconds{1}};
    CHECK(tiny.find_problem()->field == "window");
    const RateLimit burst{.rate = Rate{5}, .rule = RateRule::fixed_window, .burst = 3};
    CHECK(burst.find_problem()->field == "burst");
}

}  // namespace
}  // namespace shaketable::policies
