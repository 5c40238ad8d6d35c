/// Own transcendental functions: glibc's differ between CPUs in one draw of some thousands, so none
/// of libm's is called on the simulation path. Only + - * / and sqrt, which IEEE 754 fixes;
/// compiled with -ffp-contract=off.
#pragma once

namespace shaketable {

/// Natural logarithm; error < 1 ulp of the result (tested against long double). x > 0 finite; 0
/// gives -inf, negative NaN.
[[nodiscard]] double stable_log(double x) noexcept;
/// Error < 1 ulp; overflow gives +inf, underflow 0.
[[nodiscard]] double stable_exp(double x) noexcept;
/// x^y for x > 0, as exp(y log x) in double-double; relative error < 1e-15 while the result is in
/// [1e-300, 1e300].
[[nodiscard]] double stable_pow(double x, double y) noexcept;
/// ln Gamma(x), x > 0; relative error < 1e-13.
[[nodiscard]] double stable_log_gamma(double x) noexcept;
/// Quantile of the standard normal; 0 < p < 1. Absolute error < 1e-9.
[[nodiscard]] double normal_quantile(double p) noexcept;

}  // namespace shaketable
