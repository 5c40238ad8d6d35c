#include "policies/retry.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// Mean of the n-th wait over many calls, each call drawing its waits from the first on.
double mean_wait(const Backoff& backoff, std::uint32_t n, int calls = 200'000) {
    const BackoffRule rule{backoff};
    Random random = dice(n);
    double sum = 0;
    for (int i = 0; i < calls; ++i) {
        Duration wait{0};
        for (std::uint32_t k = 1; k <= n; ++k) wait = next_wait(rule, k, wait, random);
        sum += in_ms(wait);
    }
    return sum / calls;
}

TEST_CASE("backoff: without jitter the waits are the base, doubled up to ten times the base") {
    Random random = dice();
    const BackoffRule rule{Backoff{.base = milliseconds{25}}};
    const std::vector<int> expected{25, 50, 100, 200, 250, 250};
    for (std::uint32_t n = 1; n <= expected.size(); ++n)
        CHECK(next_wait(rule, n, {}, random) == milliseconds{expected[n - 1]});
}

TEST_CASE("backoff: a single time is a constant wait when it is the only retry") {
    Random random = dice();
    CHECK(next_wait(Backoff{.base = seconds{2}}, 1, {}, random) == seconds{2});
}

TEST_CASE("backoff: full jitter is uniform below the envelope") {
    const Backoff b{.base = milliseconds{100}, .max = seconds{10}, .jitter = Jitter::full};
    CHECK(mean_wait(b, 4) == Approx(400).epsilon(0.02));
}

TEST_CASE("backoff: equal jitter keeps half of the envelope") {
    const Backoff b{.base = milliseconds{100}, .max = seconds{10}, .jitter = Jitter::equal};
    CHECK(mean_wait(b, 4) == Approx(600).epsilon(0.02));
    Random random = dice();
    for (int i = 0; i < 1000; ++i) CHECK(next_wait(b, 4, {}, random) >= milliseconds{400});
}

TEST_CASE("backoff: Envoy's n-th wait is uniform below (2^n - 1) bases, at most 250 ms") {
    const Backoff b{.base = milliseconds{25},
                    .max = milliseconds{250},
                    .jitter = Jitter::full,
                    .growth = Growth::envoy};
    CHECK(mean_wait(b, 1) == Approx(12.5).epsilon(0.02));
    CHECK(mean_wait(b, 3) == Approx(87.5).epsilon(0.02));
    CHECK(mean_wait(b, 4) == Approx(125).epsilon(0.02));
}

TEST_CASE("backoff: gRPC's wait is the envelope plus or minus a fifth, also at its maximum") {
    const Backoff b{.base = milliseconds{100}, .max = seconds{1}, .jitter = Jitter::plus_minus};
    CHECK(mean_wait(b, 4) == Approx(800).epsilon(0.02));
    Random random = dice();
    Duration longest{0};
    Duration shortest = forever;
    for (int i = 0; i < 10'000; ++i) {
        const Duration wait = next_wait(b, 9, {}, random);
        longest = std::max(longest, wait);
        shortest = std::min(shortest, wait);
    }
    CHECK(in_ms(longest) == Approx(1200).epsilon(0.001));
    CHECK(in_ms(shortest) == Approx(800).epsilon(0.001));
}

TEST_CASE("backoff: the AWS SDKs' third wait has a mean of 2 s, from 2026 on of 100 ms") {
    const Backoff old{.base = seconds{1}, .max = seconds{20}, .jitter = Jitter::full};
    CHECK(mean_wait(old, 3) == Approx(2000).epsilon(0.02));
    const Backoff fresh{.base = milliseconds{50}, .max = seconds{20}, .jitter = Jitter::full};
    CHECK(mean_wait(fresh, 3) == Approx(100).epsilon(0.02));
}

TEST_CASE("backoff: the AWS simulator's first wait is already doubled") {
    Random random = dice();
    const Backoff b{.base = milliseconds{5}, .max = seconds{2}, .growth = Growth::aws_simulator};
    CHECK(next_wait(b, 1, {}, random) == milliseconds{10});
    CHECK(next_wait(b, 3, {}, random) == milliseconds{40});
    CHECK(next_wait(b, 60, {}, random) == seconds{2});
}

// E[s1] = (base + 3 base) / 2 and, far from the cap, E[s(n+1)] = (base + 3 E[s(n)]) / 2.
TEST_CASE("backoff: decorrelated jitter starts at the base and triples what it was, at most") {
    const Backoff b{.base = milliseconds{100}, .max = seconds{10}, .jitter = Jitter::decorrelated};
    CHECK(mean_wait(b, 1) == Approx(200).epsilon(0.01));
    CHECK(mean_wait(b, 2) == Approx(350).epsilon(0.01));
    CHECK(mean_wait(b, 3) == Approx(575).epsilon(0.01));
    Random random = dice();
    for (int i = 0; i < 1000; ++i) {
        const Duration wait = next_wait(b, 9, seconds{9}, random);
        CHECK(wait >= milliseconds{100});
        CHECK(wait <= seconds{10});
    }
}

TEST_CASE("backoff: exponential jitter has the envelope as its mean, and no longest wait") {
    const Backoff b{.base = milliseconds{100},
                    .max = milliseconds{100},
                    .jitter = Jitter::exponential,
                    .growth = Growth::constant};
    CHECK(mean_wait(b, 3) == Approx(100).epsilon(0.02));
    Random random = dice();
    int longer = 0;
    for (int i = 0; i < 10'000; ++i)
        longer += next_wait(b, 1, {}, random) > milliseconds{100} ? 1 : 0;
    CHECK(longer / 10'000.0 == Approx(std::exp(-1)).margin(0.02));
}

TEST_CASE("backoff: a constant and a linear growth are what they say") {
    Random random = dice();
    const Backoff constant{.base = milliseconds{500}, .growth = Growth::constant};
    CHECK(next_wait(constant, 7, {}, random) == milliseconds{500});
    const Backoff linear{.base = milliseconds{500}, .growth = Growth::linear};
    CHECK(next_wait(linear, 3, {}, random) == milliseconds{1500});
    CHECK(next_wait(linear, 30, {}, random) == seconds{5});
}

TEST_CASE("backoff: a base of 0 retries at once, however often") {
    Random random = dice();
    for (const Jitter j : {Jitter::none, Jitter::full, Jitter::decorrelated})
        CHECK(next_wait(Backoff{.base = Duration{0}, .jitter = j}, 40, {}, random) == Duration{0});
}

TEST_CASE("backoff: a huge number of retries neither overflows nor takes long") {
    Random random = dice();
    const Backoff b{.base = seconds{1}, .factor = 10.0, .max = std::chrono::hours{1}};
    CHECK(next_wait(b, 4'000'000'000U, {}, random) == std::chrono::hours{1});
}

TEST_CASE("backoff: impossible settings are refused at their field") {
    CHECK(Backoff{}.find_problem() == std::nullopt);
    CHECK(Backoff{.base = milliseconds{-1}}.find_problem()->field == "base");
    CHECK(Backoff{.factor = 0.5}.find_problem()->field == "factor");
    CHECK(Backoff{.base = seconds{2}, .max = seconds{1}}.find_problem()->field == "max");
    CHECK(Backoff{.jitter = Jitter::full, .spread = Share{0.1}}.find_problem()->field == "spread");
    const Backoff grown{.jitter = Jitter::decorrelated, .growth = Growth::linear};
    CHECK(grown.find_problem()->field == "growth");
}

TEST_CASE("retry: counts tries without the first one, two where nothing is written") {
    CHECK(RetryRule{}.retries == 0);
    CHECK(RetryRule{Retry{}}.retries == 2);
    CHECK(RetryRule{Retry{.retries = 5}}.retries == 5);
    CHECK(Retry{.retries = 2000}.find_problem()->field == "retries");
}

TEST_CASE("retry: a share of the failures is tried again") {
    Random random = dice();
    const RetryRule always{Retry{}}, some{Retry{.probability = Share{0.25}}};
    int willing = 0;
    for (int i = 0; i < 10'000; ++i) {
        CHECK(is_willing(always, random));
        willing += is_willing(some, random) ? 1 : 0;
    }
    CHECK(willing / 10'000.0 == Approx(0.25).margin(0.02));
    CHECK(Retry{.probability = Share{1.5}}.find_problem()->field == "probability");
}

TEST_CASE("retry: where nothing is written, timeouts, unavailability and 5xx are worth a retry") {
    const RetryRule rule{Retry{}};
    CHECK(is_retryable(rule, Outcome::timeout));
    CHECK(is_retryable(rule, Outcome::queue_full));
    CHECK(is_retryable(rule, Outcome::unreachable));
    CHECK(is_retryable(rule, Outcome::error, 500));
    CHECK(is_retryable(rule, Outcome::error));
    CHECK_FALSE(is_retryable(rule, Outcome::error, 404));
    CHECK_FALSE(is_retryable(rule, Outcome::error, 429));
    CHECK_FALSE(is_retryable(rule, Outcome::ok));
    CHECK_FALSE(is_retryable(rule, Outcome::degraded));
}

}  // namespace
}  // namespace shaketable::policies
