#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/distribution.h"
#include "base/law.h"
#include "tests/base/laws_for_test.h"

using namespace shaketable;
using namespace std::chrono_literals;

namespace {

Distribution law_of(std::string_view text) {
    return Text<Distribution>::parse(text).value();
}

std::vector<Duration> draws_of(const Distribution& law, std::size_t n, std::string_view purpose) {
    const Sampler sampler{law};
    Random random{random_key(9, 0, "sampler", purpose)};
    std::vector<Duration> draws(n);
    for (Duration& d : draws) d = sampler.draw(random);
    return draws;
}

/// FNV-1a over the nanoseconds, byte by byte.
std::uint64_t hash_of(const std::vector<Duration>& draws) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const Duration d : draws)
        for (int shift = 0; shift < 64; shift += 8) {
            hash ^= (static_cast<std::uint64_t>(d.count()) >> shift) & 0xffU;
            hash *= 0x100000001b3ULL;
        }
    return hash;
}

constexpr std::size_t n = 100'000;

}  // namespace

TEST_CASE("sampler: means and deviations within five standard errors") {
    for (const LawCase& c : law_cases) {
        CAPTURE(c.text);
        const Distribution law = law_of(c.text);
        double m1 = 0;
        double m2 = 0;
        double m4 = 0;
        const auto draws = draws_of(law, n, c.text);
        for (const Duration d : draws) m1 += to_seconds(d) / n;
        for (const Duration d : draws) {
            const double gap = to_seconds(d) - m1;
            m2 += gap * gap / n;
            m4 += gap * gap * gap * gap / n;
        }
        const double deviation = law.deviation();
        CHECK(std::fabs(m1 - law.mean()) <= 5 * deviation / std::sqrt(n) + 1e-9);
        // The standard error of a variance is sqrt((m4 - m2^2) / n); times are whole nanoseconds.
        CHECK(std::fabs(m2 - deviation * deviation) <=
              5 * std::sqrt((m4 - m2 * m2) / n) + 1e-9 * deviation + 1e-18);
    }
}

TEST_CASE("sampler: draws follow the law everywhere (Kolmogorov-Smirnov)") {
    for (const LawCase& c : law_cases) {
        CAPTURE(c.text);
        const Distribution law = law_of(c.text);
        const detail::SolvedLaw solved{law};
        auto draws = draws_of(law, 50'000, c.text);
        std::sort(draws.begin(), draws.end());
        const auto size = static_cast<double>(draws.size());
        double gap = 0;
        for (std::size_t i = 0; i < draws.size(); ++i) {
            if (i + 1 < draws.size() && draws[i + 1] == draws[i]) continue;
            // A draw is rounded to nanoseconds: the law's mass within half of one is the draw's
            // own.
            const double time = static_cast<double>(draws[i].count());
            gap = std::max(gap, std::fabs(detail::cumulative(solved, time + 0.5) -
                                          static_cast<double>(i + 1) / size));
        }
        CHECK(gap * std::sqrt(size) < 1.95);  // passed once in 1,000 times by chance
    }
}

TEST_CASE("sampler: the share of draws below each quantile is that quantile's") {
    for (const LawCase& c : law_cases) {
        const Distribution law = law_of(c.text);
        const detail::SolvedLaw solved{law};
        const auto draws = draws_of(law, n, c.text);
        for (const double p : {0.1, 0.5, 0.9, 0.99, 0.999}) {
            CAPTURE(c.text, p);
            const double limit = law.quantile(p) * 1e9 + 0.5;
            // Where mass sits on one time, the quantile has more than p at or below it.
            const double mass = detail::cumulative(solved, limit);
            const auto below = std::count_if(draws.begin(), draws.end(), [&](Duration d) {
                return static_cast<double>(d.count()) <= limit;
            });
            const double share = static_cast<double>(below) / n;
            CHECK(mass >= p - 1e-3);
            CHECK(std::fabs(share - mass) <= 5 * std::sqrt(mass * (1 - mass) / n) + 1e-9);
        }
    }
}

TEST_CASE("sampler: a constant draws nothing from the dice") {
    Random random{random_key(1, 0, "c", "c")};
    Random same = random;
    const Sampler sampler{Distribution{5ms}};
    CHECK(sampler.is_constant());
    CHECK(sampler.constant() == 5ms);
    CHECK(sampler.draw(random) == 5ms);
    CHECK(random.next() == same.next());
    CHECK(Sampler{}.draw(random) == 0ms);
}

TEST_CASE("sampler: draws are never negative and never beyond 100 days") {
    for (const char* const text :
         {"normal(mean=0 sd=1s)", "normal(mean=1ns sd=1s)", "pareto(min=1s alpha=0.01)",
          "lognormal(p50=1s sigma=20)", "weibull(shape=0.01 scale=1s)",
          "gamma(shape=0.01 mean=1ns)", "gamma(mean=1us sd=1ms)", "uniform(0 0)",
          "normal(mean=0 sd=0)"}) {
        CAPTURE(text);
        for (const Duration d : draws_of(law_of(text), 10'000, text)) {
            REQUIRE(d >= 0ns);
            REQUIRE(d <= 2400h);
        }
    }
    Random random{random_key(1, 0, "c", "c")};
    CHECK(Sampler{Distribution{forever}}.draw(random) == 2400h);
}

TEST_CASE("sampler: an empirical law draws its samples, each as often") {
    Distribution law = law_of("empirical(x.csv)");
    law.samples = {1ms, 2ms, 3ms, 6ms};
    std::vector<int> counts(7);
    for (const Duration d : draws_of(law, 40'000, "empirical"))
        ++counts.at(static_cast<std::size_t>(d / 1ms));
    for (const std::size_t at : {1U, 2U, 3U, 6U}) CHECK(std::abs(counts[at] - 10'000) < 5 * 87);
    CHECK(counts[4] + counts[5] + counts[0] == 0);
}

TEST_CASE("sampler: a share of 0% is never drawn, a single part always") {
    for (const Duration d : draws_of(law_of("mixture(0%:1s 100%:1ms)"), 10'000, "m"))
        CHECK(d == 1ms);
    for (const Duration d : draws_of(law_of("mixture(100%:1ms 0%:1s)"), 10'000, "m"))
        CHECK(d == 1ms);
}

// Every compiler, level and processor must give these; a change here changes everybody's runs.
TEST_CASE("sampler: the first thousand draws of each law are the same everywhere") {
    const std::vector<std::pair<std::string_view, std::uint64_t>> golden{
        {"5ms", 0xabf9c22053187ba5ULL},
        {"exponential(mean=5ms)", 0x8c4db98b59a1c7faULL},
        {"lognormal(p50=18ms p99=70ms)", 0x6ff73bf2af4f46aeULL},
        {"lognormal(mean=20ms sd=10ms)", 0x312a33e1c3d701a9ULL},
        {"lognormal(mean=20ms p99=100ms)", 0xf27fea9d96d517deULL},
        {"lognormal(sd=10ms p99.9=90ms)", 0xfff446f1f01e90b9ULL},
        {"lognormal(p90=9ms sigma=0.5)", 0x85a9c62b614e0b84ULL},
        {"normal(mean=5ms sd=1us)", 0xfcf71833f748ec79ULL},
        {"normal(mean=5ms sd=4ms)", 0xd0bbf10622dd716cULL},
        {"normal(p50=5ms p99=8ms)", 0x50857100f493bc8fULL},
        {"uniform(5ms 9ms)", 0x42e2104bd52d9d6cULL},
        {"erlang(k=3 mean=6ms)", 0xcb3008ad7dfd159cULL},
        {"erlang(k=40 mean=6ms)", 0xd69073dbe27da6afULL},
        {"gamma(shape=2.5 mean=5ms)", 0x378c2a45db7e56e8ULL},
        {"gamma(shape=0.4 mean=5ms)", 0x8633b49ed1f60224ULL},
        {"gamma(sd=5ms cv=0.5)", 0x5c62beab1dcbd1e6ULL},
        {"weibull(shape=0.7 mean=5ms)", 0xaf63b25ed5bf127dULL},
        {"weibull(shape=1 scale=5ms)", 0x8c4db98b59a1c7faULL},
        {"weibull(shape=2 scale=5ms)", 0x8729b5a86435f880ULL},
        {"pareto(min=5ms alpha=6)", 0x1f78c0c4c7a0fae2ULL},
        {"hyperexponential(mean=5ms cv=2)", 0xe5ddcc2f8e77cef3ULL},
        {"hyperexponential(p=30% mean1=1ms mean2=9ms)", 0x4e3ee88485f4d79dULL},
        {"mixture(95%:5ms 5%:uniform(50ms 90ms))", 0xc5aaba0eb4f44059ULL},
        {"mixture(20%:exponential(mean=1ms) 80%:mixture(50%:4ms 50%:6ms))", 0x3ab419f8b79c64f4ULL},
    };
    REQUIRE(golden.size() == law_cases.size());
    for (const auto& [text, hash] : golden) {
        CAPTURE(text);
        CHECK(hash_of(draws_of(law_of(text), 1000, "golden")) == hash);
    }
}

TEST_CASE("sampler: the first thousand keys are the same everywhere") {
    const auto keys_hash = [](const KeyDistribution& keys) {
        const KeySampler sampler{keys};
        Random random{random_key(9, 0, "keys", "golden")};
        std::vector<Duration> draws(1000);
        for (Duration& d : draws) d = Duration{sampler.draw(random)};
        return hash_of(draws);
    };
    CHECK(keys_hash({10'000, 1.1}) == 0xa265a5d22e1f24a7ULL);
    CHECK(keys_hash({10'000, 0}) == 0x20c60710c61d06bdULL);
}
