/// Gives an endpoint that has just come up less than its share, and more and more of it.
#pragma once

#include <optional>
#include <string_view>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

/// `slow_start: 30s`. Weight = max(weight_min, (time up / window)^(1 / aggression)).
///
/// Source: Envoy load balancing documentation, "Slow start mode".
struct SlowStart {
    static constexpr std::string_view kind = "slow_start";
    static constexpr std::string_view summary =
        "gives a fresh endpoint less than its share for a while";

    Duration window{std::chrono::seconds{30}};  ///< > 0
    double aggression = 1;                      ///< > 0; 1 = linear, more = faster at first
    Share weight_min{0.1};                      ///< of its share, at the start

    static constexpr auto fields() {
        return fields_of(
            field("window", &SlowStart::window, "until it has its full share; default 30s"),
            field("aggression", &SlowStart::aggression,
                  "1 (default): linear; more: faster at first"),
            field("weight_min", &SlowStart::weight_min,
                  "share of its weight at the start; default 10%"));
    }
    static constexpr auto shorthand() { return &SlowStart::window; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const SlowStart&) const = default;
};

/// In [weight_min, 1]; 1 once it has been up for `window`.
[[nodiscard]] double slow_start_weight(const SlowStart& rule, Duration up_for) noexcept;

}  // namespace shaketable::policies
