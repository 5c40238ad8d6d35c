/// A caller that refuses its own calls when the callee accepts too few of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "base/random.h"
#include "policies/outcome_class.h"
#include "policies/sliced_window.h"

namespace shaketable::policies {

enum class ThrottleRule : std::uint8_t {
    sre,    ///< P = max(0, (requests - factor * accepts) / (requests + 1)); requests include those
            ///< refused here
    envoy,  ///< P = max(0, (n - s / threshold) / (n + 1))^(1 / aggression); n does not include
            ///< those refused here
};

constexpr auto enum_names(ThrottleRule) {
    using P = std::pair<std::string_view, ThrottleRule>;
    return std::array{P{"sre", ThrottleRule::sre}, P{"envoy", ThrottleRule::envoy}};
}

/// `throttle: sre`. Refusals are answers (Outcome::shed).
///
/// Source: SRE book ch. 21, "Client-side throttling"; Envoy admission_control filter documentation.
struct AdaptiveThrottle {
    static constexpr std::string_view kind = "throttle";
    static constexpr std::string_view summary = "refuses own calls when the callee accepts too few";

    std::optional<ThrottleRule> rule{};  ///< default sre
    std::optional<double> factor{};      ///< sre: K; >= 1, default 2
    std::optional<Share> threshold{};    ///< envoy: success share wanted; default 95 %
    std::optional<double> aggression{};  ///< envoy: > 0, default 1
    std::optional<Share> reject_max{};   ///< most it refuses; default 100 %, envoy 80 %
    std::optional<Rate> rate_min{};      ///< below this rate of calls it refuses none; default 0
    std::optional<Duration> window{};    ///< default 2 min, envoy 30 s
    std::vector<OutcomeClass> counts{};  ///< what is not accepted; default: sre [timeout,
                                         ///< unavailable, throttled], envoy [any]

    static constexpr auto fields() {
        using A = AdaptiveThrottle;
        return fields_of(
            field("rule", &A::rule, "sre (default) or envoy"),
            field("factor", &A::factor,
                  "sre: calls per accepted call that are let through; default 2"),
            field("threshold", &A::threshold,
                  "envoy: success share below which it refuses; default 95%"),
            field("aggression", &A::aggression,
                  "envoy: 1 = linear (default); more refuses earlier"),
            field("reject_max", &A::reject_max, "most it refuses; default 100%, envoy 80%"),
            field("rate_min", &A::rate_min, "below this rate of calls it refuses none; default 0"),
            field("window", &A::window, "how long calls count; default 2m, envoy 30s"),
            field("counts", &A::counts,
                  "what is not accepted; default: timeout, unavailable, throttled; envoy: any"));
    }
    static constexpr auto shorthand() { return &AdaptiveThrottle::rule; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const AdaptiveThrottle&) const = default;
};

/// Per caller replica and callee. The window moves in slices of a tenth (envoy: of a second).
class AdaptiveThrottleMachine {
  public:
    explicit AdaptiveThrottleMachine(const AdaptiveThrottle& settings);

    /// Draws once, whatever the share is.
    [[nodiscard]] bool admit(Time now, Random& random);
    /// An admitted call ended.
    void observe(Time now, Outcome outcome, int status = 0);
    /// The share it refuses now, 0 .. 1.
    [[nodiscard]] double reject_share() const noexcept;

  private:
    struct Counts {
        std::uint64_t requests = 0;
        std::uint64_t accepts = 0;
        Counts& operator+=(const Counts& o) noexcept {
            return requests += o.requests, accepts += o.accepts, *this;
        }
        Counts& operator-=(const Counts& o) noexcept {
            return requests -= o.requests, accepts -= o.accepts, *this;
        }
    };

    ThrottleRule rule_;
    OutcomeMask rejected_;
    double factor_;    ///< sre: K; envoy: 1 / threshold
    double exponent_;  ///< 1 / aggression
    double reject_max_;
    double volume_min_;  ///< calls per window below which none is refused
    SlicedWindow<Counts> window_;
};

}  // namespace shaketable::policies
