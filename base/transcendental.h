/// The kernels of `stable_log` and `stable_exp`, usable at compile time: the dice's tables are made
/// with them.
///
/// Only + - * / and bit operations, in one fixed order, so all compilers, levels and processors
/// agree.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/twofold.h"

namespace shaketable::detail {

// ln 2 as a part of 42 bits, whose product with any exponent is exact, and the rest.
inline constexpr double ln2_head = 0x1.62e42fefa3800p-1;
inline constexpr double ln2_rest = 0x1.ef35793c76730p-45;
inline constexpr Twofold ln2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// -ln(c) for a reciprocal c of few bits: head (a multiple of 2^-42) and rest.
struct LogEntry {
    double reciprocal = 1;
    double head = 0;
    double rest = 0;
};
inline constexpr std::size_t log_entries = 128;
inline constexpr std::size_t exp_entries = 64;

/// ln(a / b) = 2 atanh((a - b) / (a + b)), for the tables only. Precondition: a - b and a + b are
/// exact.
[[nodiscard]] constexpr Twofold log_of_ratio(double a, double b) noexcept {
    const Twofold s = quotient({a - b, 0}, a + b);
    const Twofold square = product(s, s);
    Twofold power = s;
    Twofold total = s;
    for (int n = 3; n < 75; n += 2) {
        power = product(power, square);
        total = sum(total, quotient(power, n));
    }
    return {2 * total.high, 2 * total.low};
}

[[nodiscard]] constexpr std::array<LogEntry, log_entries> make_log_table() noexcept {
    std::array<LogEntry, log_entries> table{};
    for (std::size_t i = 1; i + 1 < log_entries; ++i) {
        const double centre = 1.0 + (static_cast<double>(i) + 0.5) / log_entries;
        const double c = static_cast<double>(static_cast<int>(1024.0 / centre + 0.5)) / 1024.0;
        const Twofold value = log_of_ratio(1.0, c);
        const double head = (value.high + 0x1.8p10) - 0x1.8p10;  // rounds to a multiple of 2^-42
        table[i] = {c, head, (value.high - head) + value.low};
    }
    // Next to 1 the sum of exponent and table must cancel to exactly 0.
    table[0] = {1.0, 0.0, 0.0};
    table[log_entries - 1] = {0.5, ln2_head, ln2_rest};
    return table;
}

/// 2^(i/64), by the series of exp.
[[nodiscard]] constexpr std::array<Twofold, exp_entries> make_exp_table() noexcept {
    std::array<Twofold, exp_entries> table{};
    for (std::size_t i = 0; i < exp_entries; ++i) {
        const Twofold x = product(ln2, {static_cast<double>(i) / exp_entries, 0});
        Twofold term{1, 0};
        Twofold total{1, 0};
        for (int n = 1; n < 28; ++n) {
            term = quotient(product(term, x), n);
            total = sum(total, term);
        }
        table[i] = total;
    }
    return table;
}

inline constexpr std::array<LogEntry, log_entries> log_table = make_log_table();
inline constexpr std::array<Twofold, exp_entries> exp_table = make_exp_table();

/// x = 2^exponent * m with ln m = head + rest + ln(1 + r), |r| < 2^-7; r = r.high + r.low exactly.
struct LogReduction {
    double head;
    double rest;
    Twofold r;
};

/// Precondition: x > 0, finite.
[[nodiscard]] constexpr LogReduction reduce_log(double x) noexcept {
    constexpr std::uint64_t fraction_bits = 0x000fffffffffffffULL;
    constexpr std::uint64_t low_bits = 0x1fffffULL;
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    int exponent = static_cast<int>(bits >> 52U) - 1023;
    if (exponent == -1023) [[unlikely]] {  // subnormal
        bits = std::bit_cast<std::uint64_t>(x * 0x1p54);
        exponent = static_cast<int>(bits >> 52U) - 1023 - 54;
    }
    const std::uint64_t fraction = (bits & fraction_bits) | 0x3ff0000000000000ULL;
    const LogEntry& entry = log_table[(bits >> 45U) & (log_entries - 1)];
    // Split, so that both products with the reciprocal of 11 bits are exact.
    const double m = std::bit_cast<double>(fraction);
    const double m1 = std::bit_cast<double>(fraction & ~low_bits);
    const double k = exponent;
    return {k * ln2_head + entry.head, k * ln2_rest + entry.rest,
            exact_sum(m1 * entry.reciprocal - 1.0, (m - m1) * entry.reciprocal)};
}

/// ln(1 + r) = r - r^2/2 + r^3 * log_series(r).
[[nodiscard]] constexpr double log_series(double r) noexcept {
    const double r2 = r * r;
    const double low = (1.0 / 3 - r * (1.0 / 4)) + r2 * (1.0 / 5 - r * (1.0 / 6));
    const double high = (1.0 / 7 - r * (1.0 / 8)) + r2 * (1.0 / 9);
    return low + (r2 * r2) * high;
}

[[nodiscard]] constexpr double log_of(double x) noexcept {
    if (!(x > 0) || x == std::numeric_limits<double>::infinity()) [[unlikely]] {
        if (x == 0) return -std::numeric_limits<double>::infinity();
        return x > 0 ? x : std::numeric_limits<double>::quiet_NaN();
    }
    const LogReduction part = reduce_log(x);
    const double r = part.r.high;
    const Twofold s = ordered_sum(part.head, r);
    const double r2 = r * r;
    return s.high + (((s.low + part.rest) - 0.5 * r2) + r2 * r * log_series(r));
}

/// ln x to about 2^-65 relative.
[[nodiscard]] constexpr Twofold twofold_log(double x) noexcept {
    const LogReduction part = reduce_log(x);
    const double r = part.r.high;
    const Twofold square = exact_product(r, r);
    Twofold total = exact_sum(part.head, r);
    total = sum(total, {-0.5 * square.high, -0.5 * square.low});
    const double rest = part.rest + (part.r.low - r * part.r.low) + square.high * r * log_series(r);
    return sum(total, {rest, 0});
}

/// e^(x + extra), |extra| tiny.
[[nodiscard]] constexpr double exp_of(double x, double extra = 0) noexcept {
    constexpr double per_step = 0x1.71547652b82fep+6;  // 64 / ln 2
    constexpr double step_head = 0x1.62e42fef80000p-7;
    constexpr double step_rest = 0x1.1cf79abc9e3b4p-42;
    constexpr double to_integer = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
    if (!(x > -708.0 && x < 709.0)) [[unlikely]] {
        if (x != x) return x;
        if (x > 709.8) return std::numeric_limits<double>::infinity();
        if (x < -745.2) return 0;
    }
    const double shifted = x * per_step + to_integer;
    const double steps = shifted - to_integer;
    const auto n = static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(shifted) & 0xffffffffULL);
    const double r = ((x - steps * step_head) - steps * step_rest) + extra;
    const double r2 = r * r;
    const double series = r + (r2 * (0.5 + r * (1.0 / 6)) +
                               r2 * r2 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720)));
    const Twofold& root = exp_table[static_cast<std::uint32_t>(n) & (exp_entries - 1)];
    const double value = root.high + (root.low + root.high * series);
    const int exponent = n >> 6;
    if (exponent > -1022 && exponent < 1023) [[likely]]
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) +
                                     (static_cast<std::uint64_t>(exponent) << 52U));
    const int half = exponent / 2;  // at the ends of the range: in two steps, the last one rounds
    const auto power = [](int e) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52U);
    };
    return value * power(half) * power(exponent - half);
}

}  // namespace shaketable::detail
