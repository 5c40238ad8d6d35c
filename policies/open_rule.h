/// When a breaker opens, as one line of text: `errors > 50% of 20 over 5s`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/field.h"
#include "base/quantity.h"

namespace shaketable::policies {

/// `> 50%` or `>= 50%`. Compared in integers, so that 50 % of 20 is exactly 10.
struct ShareTest {
    Share share{};
    bool or_equal = false;  ///< `>=`

    [[nodiscard]] bool holds(std::uint32_t part, std::uint32_t whole) const noexcept;
    bool operator==(const ShareTest&) const = default;
};

/// Conditions joined by `or`, over one window:
///
///     errors > 50% of 20 over 5s          share of failures, of at least 20 calls in 5 s
///     errors >= 50% of 100                of the last 100 calls
///     errors >= 50% of 10 over 100 calls  of the last 100 calls, once there are 10
///     slow > 80% of 20 over 5s            calls slower than `slow_after`
///     5 consecutive errors                in a row, whatever the window
///     errors > 50% of 20 over 5s or slow > 80% or 5 consecutive errors
///
/// The volume and the window stand once; a second share shares them.
struct OpenRule {
    std::optional<ShareTest> errors{};
    std::optional<ShareTest> slow{};
    std::uint32_t consecutive = 0;  ///< 0 = no such condition
    std::uint32_t volume_min =
        0;  ///< calls in the window below which no share is judged; >= 1 where there is a share
    Duration window{0};              ///< > 0: a window of time
    std::uint32_t window_calls = 0;  ///< > 0: a window of calls, >= volume_min, <= 100,000

    [[nodiscard]] bool has_window() const noexcept {
        return errors.has_value() || slow.has_value();
    }
    bool operator==(const OpenRule&) const = default;
};

}  // namespace shaketable::policies

namespace shaketable {

/// Errors: E014 a condition or a window given twice, E023 out of range, E110 not such a rule
/// (column at the word).
template <>
struct Text<policies::OpenRule> {
    static constexpr std::string_view name = "opening rule";
    static constexpr std::string_view example = "errors > 50% of 20 over 5s";
    static Result<policies::OpenRule> parse(std::string_view text);
    static std::string print(const policies::OpenRule& value);
};

}  // namespace shaketable
