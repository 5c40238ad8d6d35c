#include "base/special.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "base/math.h"

namespace shaketable {
namespace {

/// (zeta(k) - 1) / k for k = 2, 3, ...: ln Gamma(2 + z) = (1 - euler) z + sum over k of (-z)^k
/// times these.
constexpr std::array zeta_terms{
    3.22467033424113203033e-01, 6.73523010531981020099e-02, 2.05808084277845464161e-02,
    7.38555102867398567679e-03, 2.89051033074152335933e-03, 1.19275391170326101886e-03,
    5.09669524743042450139e-04, 2.23154758453579385793e-04, 9.94575127818085309803e-05,
    4.49262367381331420460e-05, 2.05072127756706910667e-05, 9.43948827526839671519e-06,
    4.37486678990748817440e-06, 2.03921575380136618969e-06, 9.55141213040741935301e-07,
    4.49246919876456618549e-07, 2.12071848055546646449e-07, 1.00432248239680990840e-07,
    4.76981016936398039829e-08, 2.27110946089431635043e-08, 1.08386592148969545929e-08,
    5.18347504197004664423e-09, 2.48367454380247847524e-09, 1.19214014058609115474e-09,
    5.73136724167886225144e-10, 2.75952288512423335590e-10};

/// ln Gamma(2 + z), |z| <= 1/2.
double log_gamma_near_two(double z) noexcept {
    constexpr double one_minus_euler = 0.42278433509846713939;
    double series = 0;
    for (std::size_t i = zeta_terms.size(); i-- > 0;) series = zeta_terms[i] - z * series;
    return z * (one_minus_euler + z * series);
}

/// Stirling's series, x >= 10.
double log_gamma_large(double x) noexcept {
    constexpr std::array terms{1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                               1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    constexpr double half_log_two_pi = 0.91893853320467274178;
    const double inverse = 1 / x;
    const double square = inverse * inverse;
    double series = 0;
    for (std::size_t i = terms.size(); i-- > 0;) series = terms[i] + square * series;
    return ((x - 0.5) * stable_log(x) - x) + (half_log_two_pi + inverse * series);
}

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) noexcept {
    double value = 0;
    for (std::size_t i = N; i-- > 0;) value = coefficients[i] + x * value;
    return value;
}

}  // namespace

double stable_log_gamma(double x) noexcept {
    if (!(x > 0)) return std::numeric_limits<double>::quiet_NaN();
    if (x > 1e305) return std::numeric_limits<double>::infinity();
    if (x >= 10) return log_gamma_large(x);
    if (x < 0.5) return log_gamma_near_two(x) - stable_log(x * (1 + x));
    if (x < 1.5) return log_gamma_near_two(x - 1) - stable_log(x);
    double factor = 1;
    while (x > 2.5) {
        x -= 1;
        factor *= x;
    }
    return log_gamma_near_two(x - 2) + stable_log(factor);
}

// Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988
// (PPND16).
double normal_quantile(double p) noexcept {
    constexpr std::array a{3.3871328727963666080e0, 1.3314166789178437745e2,
                           1.9715909503065514427e3, 1.3731693765509461125e4,
                           4.5921953931549871457e4, 6.7265770927008700853e4,
                           3.3430575583588128105e4, 2.5090809287301226727e3};
    constexpr std::array b{1.0,
                           4.2313330701600911252e1,
                           6.8718700749205790830e2,
                           5.3941960214247511077e3,
                           2.1213794301586595867e4,
                           3.9307895800092710610e4,
                           2.8729085735721942674e4,
                           5.2264952788528545610e3};
    constexpr std::array c{1.42343711074968357734e0,  4.63033784615654529590e0,
                           5.76949722146069140550e0,  3.64784832476320460504e0,
                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr std::array d{1.0,
                           2.05319162663775882187e0,
                           1.67638483018380384940e0,
                           6.89767334985100004550e-1,
                           1.48103976427480074590e-1,
                           1.51986665636164571966e-2,
                           5.47593808499534494600e-4,
                           1.05075007164441684324e-9};
    constexpr std::array e{6.65790464350110377720e0,  5.46378491116411436990e0,
                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr std::array f{1.0,
                           5.99832206555887937690e-1,
                           1.36929880922735805310e-1,
                           1.48753612908506148525e-2,
                           7.86869131145613259100e-4,
                           1.84631831751005468180e-5,
                           1.42151175831644588870e-7,
                           2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    const double tail = q < 0 ? p : 1 - p;
    if (!(tail > 0))
        return q < 0 ? -std::numeric_limits<double>::infinity()
                     : std::numeric_limits<double>::infinity();
    const double r = std::sqrt(-stable_log(tail));
    const double value = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                                : polynomial(e, r - 5) / polynomial(f, r - 5);
    return q < 0 ? -value : value;
}

namespace detail {

double exp_minus_one(double x) noexcept {
    if (x < -0.4 || x > 0.4) return stable_exp(x) - 1;
    double series = 1;
    for (int n = 15; n > 1; --n) series = 1 + x * series / n;
    return x * series;
}

double log_one_plus(double x) noexcept {
    const double sum = 1 + x;
    if (sum == 1) return x;
    // What rounding did to the sum cancels in the quotient (W. Kahan).
    return stable_log(sum) * (x / (sum - 1));
}

double gamma_share(double a, double x) noexcept {
    if (!(x > 0)) return 0;
    if (x > 1e300) return 1;
    constexpr int terms_max = 20000;  // some 10 sqrt(a) are needed at most
    const double front = stable_exp(a * stable_log(x) - x - stable_log_gamma(a));
    if (x < a + 1) {
        double term = 1 / a;
        double total = term;
        for (int n = 1; n < terms_max && term > total * 1e-17; ++n) {
            term *= x / (a + n);
            total += term;
        }
        const double share = front * total;
        return share < 1 ? share : 1;
    }
    // The continued fraction of the upper part, by Lentz's method.
    constexpr double tiny = 1e-300;
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < terms_max; ++n) {
        const double an = -n * (n - a);
        b += 2;
        d = an * d + b;
        if (d == 0) d = tiny;
        d = 1 / d;
        c = b + an / c;
        if (c == 0) c = tiny;
        const double factor = d * c;
        fraction *= factor;
        if (factor > 1 - 0x1p-51 && factor < 1 + 0x1p-51) break;
    }
    const double share = 1 - front * fraction;
    return share > 0 ? share : 0;
}

double normal_share(double x) noexcept {
    const double half = 0.5 * gamma_share(0.5, 0.5 * x * x);
    return x < 0 ? 0.5 - half : 0.5 + half;
}

}  // namespace detail
}  // namespace shaketable
