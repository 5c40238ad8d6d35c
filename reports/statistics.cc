#include "reports/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/math.h"

namespace shaketable::reports {

namespace {

/// The continued fraction of the incomplete beta function, by Lentz's method.
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    const auto away_from_zero = [](double v) { return std::fabs(v) < tiny ? tiny : v; };
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m <= 1000; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        fraction *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        const double step = d * c;
        fraction *= step;
        if (std::fabs(step - 1) < 1e-15) break;
    }
    return fraction;
}

/// Regularised incomplete beta function I_x(a, b), given 1 - x as well, so that neither end loses
/// digits.
double incomplete_beta(double a, double b, double x, double rest) {
    if (x <= 0) return 0;
    if (rest <= 0) return 1;
    const double front = stable_exp(stable_log_gamma(a + b) - stable_log_gamma(a) -
                                    stable_log_gamma(b) + a * stable_log(x) + b * stable_log(rest));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, rest) / b;
}

/// Mass of Student's t above `t` >= 0.
double upper_tail(double t, double dof) {
    const double x = dof / (dof + t * t);
    const double rest = t * t / (dof + t * t);
    return incomplete_beta(dof / 2, 0.5, x, rest) / 2;
}

/// Abramowitz & Stegun 26.7.5 in powers of 1 / dof.
double expanded_quantile(double p, double dof) {
    const double z = normal_quantile(p);
    const double z2 = z * z;
    const double g1 = z * (z2 + 1) / 4;
    const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
    const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
    return z + (g1 + (g2 + (g3 + g4 / dof) / dof) / dof) / dof;
}

/// t_quantile(0.975, dof). A report asks thousands of times in a row for the same number of
/// repeats, and one inversion takes longer than the sums of its estimate.
double half_width(std::uint32_t dof) {
    thread_local std::uint32_t known = 1;
    thread_local double width = t_quantile(0.975, 1);
    if (dof != known) width = t_quantile(0.975, known = dof);
    return width;
}

}  // namespace

double mean_of(std::span<const double> values) {
    SHAKETABLE_CHECK(!values.empty(), "a mean is of at least one value");
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

double deviation_of(std::span<const double> values) {
    if (values.size() < 2) return 0;
    const double mean = mean_of(values);
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Estimate estimate_of(std::span<const double> values) {
    if (values.empty()) return {};
    const auto n = static_cast<std::uint32_t>(values.size());
    const double mean = mean_of(values);
    if (n < 2 || !std::isfinite(mean)) return {mean, mean, mean, std::min(n, 1U)};
    const double half =
        half_width(n - 1) * deviation_of(values) / std::sqrt(static_cast<double>(n));
    return {mean, mean - half, mean + half, n};
}

Estimate estimate_within(std::span<const double> values, double least, double most) {
    Estimate estimate = estimate_of(values);
    if (estimate.has_interval()) {
        estimate.low = std::max(estimate.low, least);
        estimate.high = std::min(estimate.high, most);
    }
    return estimate;
}

double t_quantile(double p, std::uint32_t dof) {
    SHAKETABLE_CHECK(p > 0 && p < 1 && dof >= 1,
                     "a quantile of Student's t has 0 < p < 1, dof >= 1");
    if (p < 0.5) return -t_quantile(1 - p, dof);
    if (p == 0.5) return 0;
    const double nu = dof;
    if (dof > 500) return expanded_quantile(p, nu);
    double low = 0;
    double high = 1;
    while (upper_tail(high, nu) > 1 - p && high < 1e15) high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; ++i) {
        const double middle = low + (high - low) / 2;
        (upper_tail(middle, nu) > 1 - p ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials) {
    SHAKETABLE_CHECK(successes <= trials, "no more successes than trials");
    if (trials == 0) return {0, 1};
    constexpr double z = 1.959963984540054;  // 97.5% quantile of the standard normal
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double scale = 1 + z * z / n;
    const double centre = (share + z * z / (2 * n)) / scale;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale;
    return {successes == 0 ? 0 : std::max(0.0, centre - half),
            successes == trials ? 1 : std::min(1.0, centre + half)};
}

}  // namespace shaketable::reports
