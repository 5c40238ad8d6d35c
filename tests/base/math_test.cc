// The truth is libm's long double: 64 bits of mantissa against our 53.
#include "base/math.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "base/special.h"

using namespace shaketable;

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

/// Error in units of the last place of the wanted value.
double ulps(double got, long double wanted) {
    const double size = std::fabs(static_cast<double>(wanted));
    const double place = std::nextafter(size, endless) - size;
    return static_cast<double>(std::fabs(static_cast<long double>(got) - wanted) / place);
}

double relative(double got, long double wanted) {
    return static_cast<double>(std::fabs((static_cast<long double>(got) - wanted) / wanted));
}

double any_size(Random& random, int exponent_max) {
    const auto span = static_cast<std::uint32_t>(2 * exponent_max);
    return std::ldexp(1 + random.uniform(), static_cast<int>(random.below(span)) - exponent_max);
}

constexpr int cases = 200'000;

}  // namespace

TEST_CASE("stable_log: less than one ulp off, everywhere and next to 1") {
    Random random{random_key(1, 0, "math", "log")};
    double worst = 0;
    for (int i = 0; i < cases; ++i) {
        const double x = any_size(random, 1020);
        worst = std::max(worst, ulps(stable_log(x), std::log(static_cast<long double>(x))));
        const double near =
            1 + std::ldexp(random.uniform() - 0.5, -static_cast<int>(random.below(40)));
        if (near != 1)
            worst =
                std::max(worst, ulps(stable_log(near), std::log(static_cast<long double>(near))));
    }
    for (const double x : {4.9e-324, 1e-310, 2.2250738585072014e-308})
        worst = std::max(worst, ulps(stable_log(x), std::log(static_cast<long double>(x))));
    CHECK(worst < 1);
}

TEST_CASE("stable_log: the ends of its range") {
    CHECK(stable_log(1) == 0);
    CHECK(stable_log(0) == -endless);
    CHECK(stable_log(endless) == endless);
    CHECK(std::isnan(stable_log(-1)));
    CHECK(std::isnan(stable_log(std::nan(""))));
}

TEST_CASE("stable_exp: less than one ulp off") {
    Random random{random_key(1, 0, "math", "exp")};
    double worst = 0;
    for (int i = 0; i < cases; ++i) {
        const double x = (random.uniform() - 0.5) * 1417;
        worst = std::max(worst, ulps(stable_exp(x), std::exp(static_cast<long double>(x))));
        const double small = (random.uniform() - 0.5) * 0.1;
        worst = std::max(worst, ulps(stable_exp(small), std::exp(static_cast<long double>(small))));
    }
    CHECK(worst < 1);
}

TEST_CASE("stable_exp: the ends of its range") {
    CHECK(stable_exp(0) == 1);
    CHECK(stable_exp(709.79) == endless);
    CHECK(stable_exp(1e308) == endless);
    CHECK(stable_exp(endless) == endless);
    CHECK(stable_exp(-746) == 0);
    CHECK(stable_exp(-endless) == 0);
    CHECK(std::isnan(stable_exp(std::nan(""))));
    for (double x = -745; x < -708; x += 0.01)
        REQUIRE(ulps(stable_exp(x), std::exp(static_cast<long double>(x))) <= 1);
    for (double x = 708; x < 709.78; x += 0.01)
        REQUIRE(ulps(stable_exp(x), std::exp(static_cast<long double>(x))) < 1);
}

TEST_CASE("stable_pow: relative error below 1e-15") {
    Random random{random_key(1, 0, "math", "pow")};
    double worst = 0;
    int checked = 0;
    for (int i = 0; i < cases; ++i) {
        const double x = any_size(random, 30);
        const double y = (random.uniform() - 0.5) * 200;
        const long double wanted =
            std::pow(static_cast<long double>(x), static_cast<long double>(y));
        if (!(wanted > 1e-300L && wanted < 1e300L)) continue;
        ++checked;
        worst = std::max(worst, relative(stable_pow(x, y), wanted));
    }
    CHECK(checked > cases / 10);
    CHECK(worst < 1e-15);
    // Next to 1 the exponent must not lose the logarithm's last bits.
    const double x = 1 + 0x1p-52;
    CHECK(relative(stable_pow(x, 1e17), std::pow(static_cast<long double>(x), 1e17L)) < 1e-15);
}

TEST_CASE("stable_pow: the ends of its range") {
    CHECK(stable_pow(1, 1e300) == 1);
    CHECK(stable_pow(7, 0) == 1);
    CHECK(stable_pow(2, 10) == 1024);
    CHECK(stable_pow(2, 1e300) == endless);
    CHECK(stable_pow(2, -1e300) == 0);
    CHECK(stable_pow(0.5, 1e300) == 0);
    CHECK(stable_pow(0.5, -1e300) == endless);
    CHECK(stable_pow(0, 2) == 0);
    CHECK(stable_pow(0, -2) == endless);
    CHECK(std::isnan(stable_pow(-1, 2)));
}

TEST_CASE("stable_log_gamma: relative error below 1e-13") {
    double worst = 0;
    for (double x = 1e-6; x < 1e8; x *= 1.0007)
        worst = std::max(worst,
                         relative(stable_log_gamma(x), std::lgamma(static_cast<long double>(x))));
    for (int k = 2; k < 45; ++k)
        for (const double at : {1.0, 2.0})
            for (const double side : {-1.0, 1.0}) {
                const double x = at + side * std::ldexp(1, -k);
                worst = std::max(
                    worst, relative(stable_log_gamma(x), std::lgamma(static_cast<long double>(x))));
            }
    CHECK(worst < 1e-13);
    CHECK(stable_log_gamma(1) == 0);
    CHECK(stable_log_gamma(2) == 0);
    CHECK(std::isnan(stable_log_gamma(0)));
}

TEST_CASE("normal_quantile: absolute error below 1e-9, far tails included") {
    double worst = 0;
    const auto check = [&](double p) {
        const long double q = normal_quantile(p);
        const long double share = 0.5L * std::erfc(-q / std::sqrt(2.0L));
        const long double density = std::exp(-q * q / 2) / 2.506628274631000502L;
        worst = std::max(
            worst, static_cast<double>(std::fabs((share - static_cast<long double>(p)) / density)));
    };
    for (double p = 1e-300; p < 0.5; p *= 1.01) check(p);
    for (double tail = 1e-12; tail < 0.5; tail *= 1.01) check(1 - tail);
    CHECK(worst < 1e-9);
    CHECK(normal_quantile(0.5) == 0);
    CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-14));
    CHECK(normal_quantile(0.25) == -normal_quantile(0.75));
}

TEST_CASE("special: exp_minus_one and log_one_plus keep their digits next to 0") {
    double worst = 0;
    for (double size = 1e-18; size < 0.9; size *= 1.05)
        for (const double x : {size, -size}) {
            worst = std::max(
                worst, relative(detail::exp_minus_one(x), std::expm1(static_cast<long double>(x))));
            worst = std::max(
                worst, relative(detail::log_one_plus(x), std::log1p(static_cast<long double>(x))));
        }
    CHECK(worst < 1e-14);
}

TEST_CASE("special: gamma_share agrees with the closed form for whole shapes") {
    double worst = 0;
    for (int k = 1; k <= 40; ++k)
        for (long double x = 0.01L; x < 120; x *= 1.1L) {
            long double term = 1;
            long double sum = 0;
            for (int i = 0; i < k; ++i) {
                sum += term;
                term *= x / (i + 1);
            }
            const long double wanted = 1 - std::exp(-x) * sum;
            worst = std::max(worst, static_cast<double>(std::fabs(
                                        detail::gamma_share(k, static_cast<double>(x)) - wanted)));
        }
    CHECK(worst < 1e-12);
    CHECK(detail::gamma_share(1e6, 1e6) == Approx(0.5).margin(1e-3));
    CHECK(detail::gamma_share(2, 0) == 0);
    CHECK(detail::gamma_share(2, 1e301) == 1);
}

TEST_CASE("special: normal_share agrees with erfc") {
    double worst = 0;
    for (double x = -9; x < 9; x += 0.01) {
        const long double wanted = 0.5L * std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L));
        worst = std::max(worst, static_cast<double>(std::fabs(detail::normal_share(x) - wanted)));
    }
    CHECK(worst < 1e-13);
}
