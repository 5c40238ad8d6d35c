#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "base/distribution.h"

using namespace shaketable;

namespace {

std::string code_of(std::string_view text) {
    const auto keys = Text<KeyDistribution>::parse(text);
    return keys ? "" : keys.error().code;
}

}  // namespace

TEST_CASE("keys: zipf draws each key as often as its law says") {
    constexpr int draws = 400'000;
    for (const double s : {0.3, 0.99, 1.0, 1.0000001, 1.1, 2.5, 20.0}) {
        CAPTURE(s);
        constexpr std::uint32_t n = 50;
        const KeySampler sampler{{.n = n, .s = s}};
        Random random{random_key(1, 0, "keys", "zipf")};
        std::vector<int> counts(n);
        for (int i = 0; i < draws; ++i) ++counts.at(sampler.draw(random));
        double total = 0;
        for (std::uint32_t k = 1; k <= n; ++k) total += std::pow(k, -s);
        for (std::uint32_t k = 1; k <= n; ++k) {
            const double p = std::pow(k, -s) / total;
            const double expected = p * draws;
            // Five standard deviations, and room for a rare key.
            CHECK(std::fabs(counts[k - 1] - expected) < 5 * std::sqrt(expected * (1 - p)) + 5);
        }
    }
}

TEST_CASE("keys: uniform keys are even, one key is always 0") {
    const KeySampler sampler{{.n = 10, .s = 0}};
    Random random{random_key(1, 0, "keys", "uniform")};
    std::vector<int> counts(10);
    for (int i = 0; i < 100'000; ++i) ++counts.at(sampler.draw(random));
    for (const int c : counts) CHECK(std::abs(c - 10'000) < 5 * 95);
    const KeySampler single{{.n = 1, .s = 1.1}};
    for (int i = 0; i < 100; ++i) CHECK(single.draw(random) == 0);
    CHECK(KeySampler{}.draw(random) == 0);
}

TEST_CASE("keys: the largest key space stays within it and reaches far") {
    const KeySampler sampler{{.n = 100'000'000, .s = 0.5}};
    Random random{random_key(1, 0, "keys", "large")};
    std::uint32_t most = 0;
    for (int i = 0; i < 10'000; ++i) most = std::max(most, sampler.draw(random));
    CHECK(most < 100'000'000);
    CHECK(most > 99'000'000);
}

TEST_CASE("keys: text reads back to the same keys") {
    for (const KeyDistribution keys :
         {KeyDistribution{10'000, 1.1}, KeyDistribution{500, 0}, KeyDistribution{1, 20},
          KeyDistribution{100'000'000, 1.0 / 3}}) {
        const auto back = Text<KeyDistribution>::parse(Text<KeyDistribution>::print(keys));
        REQUIRE(back);
        CHECK(*back == keys);
    }
    CHECK(*Text<KeyDistribution>::parse(" zipf(s=1.1, n=10k) ") == KeyDistribution{10'000, 1.1});
    CHECK(*Text<KeyDistribution>::parse("zipf(n=5 s=-0)") == KeyDistribution{5, 0});
}

TEST_CASE("keys: bad texts are refused with their code") {
    CHECK(code_of("") == "E030");
    CHECK(code_of("zpf(n=1 s=1)") == "E030");
    CHECK(code_of("5ms") == "E030");
    CHECK(code_of("zipf(n=10") == "E031");
    CHECK(code_of("zipf") == "E033");
    CHECK(code_of("zipf(n=10)") == "E033");
    CHECK(code_of("zipf(n=10 s=1 s=2)") == "E033");
    CHECK(code_of("uniform(n=10 s=1)") == "E033");
    CHECK(code_of("uniform(500)") == "E033");
    CHECK(code_of("zipf(n=0 s=1)") == "E023");
    CHECK(code_of("zipf(n=unlimited s=1)") == "E023");
    CHECK(code_of("zipf(n=100000001 s=1)") == "E023");
    CHECK(code_of("zipf(n=1 s=21)") == "E023");
    CHECK(code_of("zipf(n=1 s=nan)") == "E025");
    CHECK(code_of("zipf(n=1 s=1) x") == "E022");
    const auto bad = Text<KeyDistribution>::parse("zipf(n=10 s=x)");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().where.column == 12);
    CHECK(bad.error().where.length == 1);
}
