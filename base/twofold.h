/// Arithmetic with about 106 bits: an unevaluated sum of two doubles. For tables and for
/// `stable_pow`; this room only.
///
/// Without fused multiply-add, so that every processor gives the same bits.
/// Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
#pragma once

namespace shaketable::detail {

struct Twofold {
    double high = 0;  ///< the sum rounded to double
    double low = 0;   ///< what the rounding lost
};

/// Exact. Precondition: |a| >= |b| or a == 0.
[[nodiscard]] constexpr Twofold ordered_sum(double a, double b) noexcept {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// Exact, whatever the order.
[[nodiscard]] constexpr Twofold exact_sum(double a, double b) noexcept {
    const double sum = a + b;
    const double b_part = sum - a;
    return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// Exact. Precondition: |a|, |b| < 2^990.
[[nodiscard]] constexpr Twofold exact_product(double a, double b) noexcept {
    constexpr double splitter = 0x1p27 + 1;
    const double a_big = a * splitter;
    const double b_big = b * splitter;
    const double a1 = a_big - (a_big - a);
    const double b1 = b_big - (b_big - b);
    const double a2 = a - a1;
    const double b2 = b - b1;
    const double product = a * b;
    return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

[[nodiscard]] constexpr Twofold sum(Twofold a, Twofold b) noexcept {
    const Twofold s = exact_sum(a.high, b.high);
    return ordered_sum(s.high, s.low + (a.low + b.low));
}

[[nodiscard]] constexpr Twofold product(Twofold a, Twofold b) noexcept {
    const Twofold p = exact_product(a.high, b.high);
    return ordered_sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

[[nodiscard]] constexpr Twofold quotient(Twofold a, double b) noexcept {
    const double q = a.high / b;
    const Twofold back = exact_product(q, b);
    return ordered_sum(q, ((a.high - back.high) - back.low + a.low) / b);
}

}  // namespace shaketable::detail
