/// Lets through so many calls per time, at a caller or at a service.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

enum class RateRule : std::uint8_t {
    token_bucket,    ///< refilled continuously; `burst` tokens fit
    fixed_window,    ///< rate * window calls per window, windows aligned to the start of the run
    sliding_window,  ///< at most rate * window calls in any (t - window, t]
};

constexpr auto enum_names(RateRule) {
    using P = std::pair<std::string_view, RateRule>;
    return std::array{P{"token-bucket", RateRule::token_bucket},
                      P{"fixed-window", RateRule::fixed_window},
                      P{"sliding-window", RateRule::sliding_window}};
}

/// `rate_limit: 100/s`. The three rules lose different calls at the same rate.
///
/// Source: ITU-T I.371 (virtual scheduling, for the token bucket); resilience4j AtomicRateLimiter
/// (fixed window with waiting).
struct RateLimit {
    static constexpr std::string_view kind = "rate_limit";
    static constexpr std::string_view summary = "lets through so many calls per time";

    std::optional<Rate> rate{};      ///< > 0; must be written
    std::optional<RateRule> rule{};  ///< default token-bucket
    std::optional<std::uint32_t>
        burst{};  ///< token bucket: tokens that fit; default: one second's, at least 1
    std::optional<Duration>
        window{};  ///< windows: default 1 s; rate * window is 1 .. 1,000,000 calls
    std::optional<Duration> wait{};  ///< longest wait for a turn; default 0: refused at once

    static constexpr auto fields() {
        return fields_of(
            field("rate", &RateLimit::rate, "calls let through per time"),
            field("rule", &RateLimit::rule,
                  "token-bucket (default), fixed-window or sliding-window"),
            field("burst", &RateLimit::burst, "tokens that fit the bucket; default: one second's"),
            field("window", &RateLimit::window, "length of a window; default 1s"),
            field("wait", &RateLimit::wait, "longest wait for a turn; default 0: refused at once"));
    }
    static constexpr auto shorthand() { return &RateLimit::rate; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const RateLimit&) const = default;
};

/// Per caller replica, or per replica of a service. Starts full.
class RateLimitMachine {
  public:
    struct Turn {
        bool admitted = false;
        Duration wait{0};  ///< from now, until its turn; <= `wait` of the settings
    };

    explicit RateLimitMachine(const RateLimit& settings);

    /// Takes a turn, or refuses at once (Outcome::rate_limited). A turn taken cannot be given back.
    [[nodiscard]] Turn admit(Time now);

  private:
    [[nodiscard]] Turn admit_bucket(Time now) noexcept;
    [[nodiscard]] Turn admit_fixed(Time now) noexcept;
    [[nodiscard]] Turn admit_sliding(Time now) noexcept;

    RateRule rule_;
    Duration wait_max_;
    Duration window_;
    std::uint32_t limit_ = 0;         ///< calls per window
    std::uint32_t used_ = 0;          ///< calls of the window `window_index_`
    std::int64_t window_index_ = -1;  ///< the window turns are now given in; may lie ahead
    std::int64_t step_ = 0;           ///< bucket: 1/256 ns per token
    std::int64_t slack_ = 0;          ///< bucket: (burst - 1) * step
    std::int64_t due_ = 0;            ///< bucket: theoretical arrival time, 1/256 ns
    std::size_t at_ = 0;
    std::vector<Time> turns_{};  ///< sliding: the last `limit` turns
};

}  // namespace shaketable::policies
