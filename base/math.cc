#include "base/math.h"

#include <limits>

#include "base/transcendental.h"

namespace shaketable {

double stable_log(double x) noexcept {
    return detail::log_of(x);
}

double stable_exp(double x) noexcept {
    return detail::exp_of(x);
}

double stable_pow(double x, double y) noexcept {
    constexpr double inf = std::numeric_limits<double>::infinity();
    if (x == 1 || y == 0) return 1;
    if (!(x > 0) || x == inf || !(y < inf && y > -inf)) {
        if (x != x || y != y || x < 0) return std::numeric_limits<double>::quiet_NaN();
        return stable_exp(y * stable_log(x));
    }
    // No double differs from 1 by less than 2^-53: past this the result has left the range.
    constexpr double largest = 0x1p63;
    if (y > largest || y < -largest) return ((x > 1) == (y > 0)) ? inf : 0;
    const detail::Twofold exponent = detail::product(detail::twofold_log(x), {y, 0});
    if (!(exponent.high < 710 && exponent.high > -746)) return exponent.high > 0 ? inf : 0;
    return detail::exp_of(exponent.high, exponent.low);
}

}  // namespace shaketable
