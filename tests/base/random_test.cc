#include "base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/math.h"
#include "base/special.h"
#include "base/ziggurat.h"

using namespace shaketable;

namespace {

/// Largest gap between the draws' share at or below x and the law's, times sqrt(n): Kolmogorov's
/// statistic.
template <class Draw, class Law>
double kolmogorov(std::size_t n, Draw draw, Law law) {
    std::vector<double> values(n);
    for (double& v : values) v = draw();
    std::sort(values.begin(), values.end());
    double gap = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double f = law(values[i]);
        const auto size = static_cast<double>(n);
        gap = std::max(
            {gap, f - static_cast<double>(i) / size, static_cast<double>(i + 1) / size - f});
    }
    return gap * std::sqrt(static_cast<double>(n));
}
constexpr double kolmogorov_limit = 1.95;  // passed once in 1,000 times by chance

}  // namespace

// Source: kat_vectors of Random123, lines `philox4x32 10`.
TEST_CASE("philox: the published known answers") {
    using Words = std::array<std::uint64_t, 2>;
    CHECK(philox(0, 0, 0) == Words{0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c});
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    CHECK(philox(ones, ones, ones) == Words{0x41c83b0e408f276d, 0x6d5451fda20bc7c6});
    CHECK(philox(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e) ==
          Words{0x94fdccebd16cfe09, 0x24126ea15001e420});
}

TEST_CASE(
    "random: a stream is the blocks of its key in order, the ordinal in the counter's high half") {
    const RandomKey key{0x0123456789abcdef};
    for (const std::uint64_t ordinal : {0ULL, 1ULL, 0xfedcba9876543210ULL}) {
        Random random = Random::at(key, ordinal);
        for (std::uint64_t block = 0; block < 10; ++block) {
            const auto words = philox(key.bits, block, ordinal);
            CHECK(random.next() == words[0]);
            CHECK(random.next() == words[1]);
        }
    }
}

TEST_CASE("random: ordinal 0 is the plain stream, other ordinals are other streams") {
    const RandomKey key = random_key(1, 2, "web", "work");
    Random plain{key};
    Random zero = Random::at(key, 0);
    Random one = Random::at(key, 1);
    const std::uint64_t first = plain.next();
    CHECK(zero.next() == first);
    CHECK(one.next() != first);
}

TEST_CASE("random: a copy goes on from the same place") {
    Random random{random_key(1, 0, "a", "b")};
    for (int i = 0; i < 7; ++i) (void)random.next();
    Random copy = random;
    for (int i = 0; i < 20; ++i) CHECK(copy.next() == random.next());
    STATIC_REQUIRE(sizeof(Random) <= 64);
}

TEST_CASE("random_key: stable across versions") {
    CHECK(random_key(0, 0, "", "").bits == 0xa80fd0e52f6a301aULL);
    CHECK(random_key(42, 3, "ledger", "work").bits == 0x6249d1a2f17309e8ULL);
    CHECK(random_key(42, 3, "a name of more than eight bytes", "work").bits ==
          0xe6bbd162d589afa6ULL);
}

TEST_CASE("random_key: parts do not run into each other") {
    std::set<std::uint64_t> keys;
    std::size_t made = 0;
    const auto add = [&](RandomKey key) {
        keys.insert(key.bits);
        ++made;
    };
    add(random_key(1, 2, "ab", "c"));
    add(random_key(1, 2, "a", "bc"));
    add(random_key(1, 2, "abc", ""));
    add(random_key(1, 2, "", "abc"));
    add(random_key(2, 1, "ab", "c"));
    add(random_key(1, 2, std::string_view{"ab\0", 3}, "c"));
    add(random_key(1, 2, "ab", std::string_view{"c\0", 2}));
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (std::uint64_t repeat = 0; repeat < 20; ++repeat)
            for (int stream = 0; stream < 200; ++stream)
                add(random_key(seed + 10, repeat, "service-" + std::to_string(stream), "work"));
    CHECK(keys.size() == made);
}

TEST_CASE("random_key: each bit of the input moves each bit of the key half of the time") {
    constexpr int trials = 2000;
    // 64 output bits x 3 inputs, each a binomial of n = 2000: 5.5 standard deviations.
    const double limit = 5.5 * std::sqrt(0.25 / trials);
    std::array<std::array<int, 64>, 3> flips{};
    for (int t = 0; t < trials; ++t) {
        const auto seed = static_cast<std::uint64_t>(t);
        std::string name = "service-" + std::to_string(t);
        const std::uint64_t base = random_key(seed, 5, name, "work").bits;
        std::string other = name;
        other[static_cast<std::size_t>(t) % other.size()] ^= static_cast<char>(1 << (t % 7));
        const std::array changed{random_key(seed ^ (1ULL << (t % 64)), 5, name, "work").bits,
                                 random_key(seed, 5 ^ (1ULL << (t % 64)), name, "work").bits,
                                 random_key(seed, 5, other, "work").bits};
        for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t bit = 0; bit < 64; ++bit)
                flips[k][bit] += static_cast<int>(((changed[k] ^ base) >> bit) & 1U);
    }
    for (const auto& of_input : flips)
        for (const int count : of_input)
            CHECK(std::fabs(count / static_cast<double>(trials) - 0.5) < limit);
}

TEST_CASE("random: neighbouring streams are not correlated") {
    constexpr int n = 10'000;
    double worst = 0;
    for (int stream = 0; stream < 100; ++stream) {
        Random a{random_key(1, 0, "s" + std::to_string(stream), "work")};
        Random b{random_key(1, 0, "s" + std::to_string(stream + 1), "work")};
        double sum = 0;
        for (int i = 0; i < n; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
        worst = std::max(worst, std::fabs(sum / n * 12));
    }
    CHECK(worst < 4.5 / std::sqrt(n));
}

TEST_CASE("random: uniform is never 0 and never 1") {
    // The extreme words of 64 bits, by the same arithmetic.
    const auto of = [](std::uint64_t bits) {
        return static_cast<double>((bits >> 11U) | 1U) * 0x1p-53;
    };
    CHECK(of(0) > 0);
    CHECK(of(~std::uint64_t{0}) < 1);
    Random random{random_key(1, 0, "u", "u")};
    Random words{random_key(1, 0, "u", "u")};
    for (int i = 0; i < 1000; ++i) CHECK(random.uniform() == of(words.next()));
}

TEST_CASE("random: uniform is uniform") {
    Random random{random_key(3, 0, "uniform", "ks")};
    CHECK(kolmogorov(
              200'000, [&] { return random.uniform(); }, [](double x) { return x; }) <
          kolmogorov_limit);
}

TEST_CASE("random: below is even and stays below") {
    Random random{random_key(3, 0, "below", "chi")};
    std::array<int, 7> counts{};
    constexpr int n = 70'000;
    for (int i = 0; i < n; ++i) ++counts.at(random.below(7));
    double chi_square = 0;
    for (const int c : counts) chi_square += (c - 10'000.0) * (c - 10'000.0) / 10'000.0;
    CHECK(chi_square < 22.46);  // 6 degrees of freedom, 0.1%
    CHECK(random.below(1) == 0);
    for (int i = 0; i < 100; ++i) CHECK(random.below(0xffffffffU) < 0xffffffffU);
}

TEST_CASE("random: chance draws once whatever its probability") {
    Random a{random_key(1, 0, "c", "c")};
    Random b{random_key(1, 0, "c", "c")};
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(a.chance(0));
        CHECK(b.chance(1));
    }
    CHECK(a.next() == b.next());
}

TEST_CASE("ziggurat: strips have equal areas and the last one closes the figure") {
    for (const auto* z : {&detail::exponential_ziggurat, &detail::normal_ziggurat}) {
        const double area = z->edge[0] * z->density[1];
        for (std::size_t i = 1; i < 256; ++i) {
            CHECK(z->edge[i] > z->edge[i + 1]);
            CHECK(z->edge[i] * (z->density[i + 1] - z->density[i]) == Approx(area).epsilon(1e-9));
        }
    }
    // The base strip holds the tail: area = r f(r) + tail.
    const auto& e = detail::exponential_ziggurat;
    CHECK(e.edge[0] * e.density[1] ==
          Approx((e.edge[1] + 1) * std::exp(-e.edge[1])).epsilon(1e-13));
    const auto& n = detail::normal_ziggurat;
    const double tail = std::sqrt(std::acos(-1.0) / 2) * std::erfc(n.edge[1] / std::sqrt(2.0));
    CHECK(n.edge[0] * n.density[1] ==
          Approx(n.edge[1] * std::exp(-0.5 * n.edge[1] * n.edge[1]) + tail).epsilon(1e-13));
}

TEST_CASE("ziggurat: exponential follows its law, tail included") {
    Random random{random_key(5, 0, "exponential", "ks")};
    constexpr std::size_t n = 400'000;
    std::size_t beyond = 0;
    CHECK(kolmogorov(
              n,
              [&] {
                  const double x = random.exponential();
                  beyond += x > 7.7 ? 1 : 0;
                  return x;
              },
              [](double x) { return -std::expm1(-x); }) < kolmogorov_limit);
    const double expected = n * std::exp(-7.7);
    CHECK(std::fabs(static_cast<double>(beyond) - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("ziggurat: normal follows its law, tails and signs included") {
    Random random{random_key(5, 0, "normal", "ks")};
    constexpr std::size_t n = 400'000;
    std::array<std::size_t, 2> beyond{};
    CHECK(kolmogorov(
              n,
              [&] {
                  const double x = random.normal();
                  if (std::fabs(x) > 3.66) ++beyond[x > 0 ? 1 : 0];
                  return x;
              },
              [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }) < kolmogorov_limit);
    const double expected = n * 0.5 * std::erfc(3.66 / std::sqrt(2.0));
    for (const std::size_t side : beyond)
        CHECK(std::fabs(static_cast<double>(side) - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("ziggurat: moments within five standard errors") {
    Random random{random_key(6, 0, "moments", "m")};
    constexpr int n = 1'000'000;
    double e1 = 0;
    double e2 = 0;
    double n1 = 0;
    double n2 = 0;
    double n4 = 0;
    for (int i = 0; i < n; ++i) {
        const double e = random.exponential();
        const double z = random.normal();
        e1 += e;
        e2 += e * e;
        n1 += z;
        n2 += z * z;
        n4 += z * z * z * z;
    }
    const double unit = 5 / std::sqrt(static_cast<double>(n));
    CHECK(std::fabs(e1 / n - 1) < unit);
    CHECK(std::fabs(e2 / n - 2) < unit * std::sqrt(20.0));
    CHECK(std::fabs(n1 / n) < unit);
    CHECK(std::fabs(n2 / n - 1) < unit * std::sqrt(2.0));
    CHECK(std::fabs(n4 / n - 3) < unit * std::sqrt(96.0));
}
