#include <string>

#include "base/check.h"
#include "base/decimal.h"
#include "base/distribution.h"
#include "base/math.h"
#include "base/special.h"

namespace shaketable {
namespace {

/// (e^t - 1) / t, continued at 0.
double slope_of_exp(double t) {
    return t == 0 ? 1 : detail::exp_minus_one(t) / t;
}
/// ln(1 + t) / t, continued at 0.
double slope_of_log(double t) {
    return t == 0 ? 1 : detail::log_one_plus(t) / t;
}

/// The hat x^-s, its integral from 1, and the integral's inverse.
double hat(double x, double s) {
    return stable_exp(-s * stable_log(x));
}
double integral(double x, double s) {
    const double log_x = stable_log(x);
    return slope_of_exp((1 - s) * log_x) * log_x;
}
double inverse_integral(double y, double s) {
    double t = y * (1 - s);
    if (t <= -1) t = -1 + 0x1p-53;  // rounding only: the integral stays above -1 / (1 - s)
    return stable_exp(slope_of_log(t) * y);
}

}  // namespace

KeySampler::KeySampler(const KeyDistribution& keys) : keys_{keys} {
    SHAKETABLE_CHECK(keys.n >= 1 && keys.n <= 100'000'000, "keys are 1 to 100,000,000");
    SHAKETABLE_CHECK(keys.s >= 0 && keys.s <= 20, "the exponent of zipf is 0 to 20");
    if (keys_.s == 0) return;
    h_x1_ = integral(1.5, keys_.s) - 1;
    h_n_ = integral(static_cast<double>(keys_.n) + 0.5, keys_.s);
    threshold_ = 2 - inverse_integral(integral(2.5, keys_.s) - hat(2, keys_.s), keys_.s);
}

std::uint32_t KeySampler::draw(Random& random) const {
    if (keys_.s == 0) return random.below(keys_.n);
    constexpr int draws_max = 1000;  // about 1.1 are needed
    double k = 1;
    for (int i = 0; i < draws_max; ++i) {
        const double y = h_n_ + random.uniform() * (h_x1_ - h_n_);
        const double x = inverse_integral(y, keys_.s);
        k = static_cast<double>(static_cast<std::int64_t>(x + 0.5));
        if (k < 1) k = 1;
        if (k > static_cast<double>(keys_.n)) k = static_cast<double>(keys_.n);
        if (k - x <= threshold_ || y >= integral(k + 0.5, keys_.s) - hat(k, keys_.s)) break;
    }
    return static_cast<std::uint32_t>(k) - 1;
}

}  // namespace shaketable
