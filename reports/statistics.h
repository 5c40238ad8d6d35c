/// Means and intervals over independent repeats.
///
/// Values of one run are autocorrelated (requests wait in the same queues), so no interval is ever
/// made from them: only from repeats, which have dice of their own. With one repeat there is no
/// interval, and the reports say so.
#pragma once

#include <cstdint>
#include <span>

namespace shaketable::reports {

/// A mean over `n` repeats with its 95% interval by Student's t.
struct Estimate {
    double mean = 0;
    double low = 0;   ///< = mean where n < 2
    double high = 0;  ///< = mean where n < 2
    std::uint32_t n = 0;
    [[nodiscard]] bool has_interval() const noexcept { return n >= 2; }
    /// The longer half, where the interval was cut off on one side.
    [[nodiscard]] double half_width() const noexcept {
        return high - mean > mean - low ? high - mean : mean - low;
    }
    bool operator==(const Estimate&) const = default;
};

/// Arithmetic mean, summed in order. Precondition: at least one value.
[[nodiscard]] double mean_of(std::span<const double> values);
/// Standard deviation of a sample (divisor n - 1); 0 for fewer than two values.
[[nodiscard]] double deviation_of(std::span<const double> values);

/// Mean and mean -/+ t(0.975, n - 1) s / sqrt(n). n = 0 for no values; +inf anywhere gives a mean
/// of +inf without interval. Source: any textbook; Student, "The probable error of a mean", 1908.
[[nodiscard]] Estimate estimate_of(std::span<const double> values);
/// The same for what cannot be below `least` or above `most`: the interval is cut off there.
[[nodiscard]] Estimate estimate_within(std::span<const double> values, double least, double most);

/// Quantile of Student's t with `dof` degrees of freedom; 0 < p < 1, dof >= 1. Absolute error <
/// 1e-6 for p = 0.5 .. 0.9995. Source: by inversion of the incomplete beta function (continued
/// fraction, Numerical Recipes 6.4); for more than 500 degrees by the expansion of Abramowitz &
/// Stegun 26.7.5.
[[nodiscard]] double t_quantile(double p, std::uint32_t dof);

struct Interval {
    double low = 0, high = 0;
    bool operator==(const Interval&) const = default;
};
/// 95% interval of a share from `successes` of `trials` independent trials; [0, 1] for no trials.
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// 1927.
[[nodiscard]] Interval wilson_interval(std::uint64_t successes, std::uint64_t trials);

}  // namespace shaketable::reports
