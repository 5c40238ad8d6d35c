/// Special functions behind the laws' moments and quantiles; this room only, not for the path of a
/// request.
#pragma once

namespace shaketable::detail {

/// e^x - 1 without loss near 0; relative error < 1e-14.
[[nodiscard]] double exp_minus_one(double x) noexcept;
/// ln(1 + x) without loss near 0, x > -1; relative error < 1e-14.
[[nodiscard]] double log_one_plus(double x) noexcept;
/// Regularised lower incomplete gamma function P(a, x), 0 < a <= 1e6, x >= 0; absolute error <
/// 1e-9.
[[nodiscard]] double gamma_share(double a, double x) noexcept;
/// The standard normal's mass at or below x; absolute error < 1e-13.
[[nodiscard]] double normal_share(double x) noexcept;

}  // namespace shaketable::detail
