/// A service that bounds its requests in progress, and finds the bound by itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "base/random.h"
#include "policies/latency_sketch.h"

namespace shaketable::policies {

enum class LimitRule : std::uint8_t {
    fixed,      ///< the bound that is written
    aimd,       ///< +1 while it is used, * 0.9 on a drop or a slow answer
    gradient2,  ///< by the ratio of long to short latency
    vegas,      ///< by the queue that the best latency seen lets guess
    envoy,  ///< by the ratio of the least to the median latency; measures the least anew now and
            ///< then
};

constexpr auto enum_names(LimitRule) {
    using P = std::pair<std::string_view, LimitRule>;
    return std::array{P{"fixed", LimitRule::fixed}, P{"aimd", LimitRule::aimd},
                      P{"gradient2", LimitRule::gradient2}, P{"vegas", LimitRule::vegas},
                      P{"envoy", LimitRule::envoy}};
}

/// `concurrency_limit: 100` is fixed. Refusals are answers (Outcome::limited).
///
/// Source: Netflix concurrency-limits (AIMDLimit, Gradient2Limit, VegasLimit, WindowedLimit); Envoy
/// adaptive_concurrency filter documentation (gradient controller).
struct ConcurrencyLimit {
    static constexpr std::string_view kind = "concurrency_limit";
    static constexpr std::string_view summary =
        "bounds requests in progress, and finds the bound by itself";

    std::optional<std::uint32_t>
        limit{};                      ///< the bound, or the first one; default 20 (envoy: 3); >= 1
    std::optional<LimitRule> rule{};  ///< default fixed
    std::optional<std::uint32_t> min{};  ///< default 20 (vegas 1, envoy 3); >= 1
    std::optional<std::uint32_t> max{};  ///< default 200 (vegas, envoy 1,000); >= min
    std::optional<double> smoothing{};   ///< (0, 1]; default gradient2 0.2, vegas 1
    std::optional<Duration>
        slow_after{};  ///< aimd: an answer slower than this is a drop; default 5 s
    std::optional<Duration>
        window{};  ///< 0 (default): every answer is a sample; else one per window (envoy 100 ms)
    std::optional<std::uint32_t> samples{};  ///< answers a window needs; default 10
    std::optional<Duration>
        remeasure_every{};  ///< envoy: the least latency is measured anew; default 60 s

    static constexpr auto fields() {
        using C = ConcurrencyLimit;
        return fields_of(
            field("limit", &C::limit,
                  "requests in progress at once, or the first guess; default 20 (envoy: 3)"),
            field("rule", &C::rule, "fixed (default), aimd, gradient2, vegas or envoy"),
            field("min", &C::min, "least limit; default 20 (vegas: 1, envoy: 3)"),
            field("max", &C::max, "greatest limit; default 200 (vegas, envoy: 1000)"),
            field("smoothing", &C::smoothing, "weight of the new limit; default 0.2 (vegas: 1)"),
            field("slow_after", &C::slow_after, "aimd: a slower answer is a drop; default 5s"),
            field("window", &C::window,
                  "0 (default): every answer counts; else one average per window (envoy: 100ms)"),
            field("samples", &C::samples, "answers a window needs; default 10"),
            field("remeasure_every", &C::remeasure_every,
                  "envoy: the least latency is measured anew; default 60s"));
    }
    static constexpr auto shorthand() { return &ConcurrencyLimit::limit; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const ConcurrencyLimit&) const = default;
};

/// Per replica of a service.
class ConcurrencyLimitMachine {
  public:
    explicit ConcurrencyLimitMachine(const ConcurrencyLimit& settings);

    /// Takes a place, or refuses at once.
    [[nodiscard]] bool try_enter() noexcept {
        if (in_progress_ >= limit()) return false;
        return ++in_progress_, true;
    }
    /// A request in progress ended after `latency` (time since it entered). `dropped`: it timed out
    /// or was refused further on.
    void leave(Time now, Duration latency, bool dropped, Random& random);
    /// A request left without telling anything about latency (cancelled, crashed).
    void forget() noexcept { --in_progress_; }

    [[nodiscard]] std::uint32_t limit() const noexcept { return pinned_ ? min_ : limit_; }
    /// As it is smoothed, with its fraction.
    [[nodiscard]] double estimate() const noexcept { return estimate_; }
    [[nodiscard]] std::uint32_t in_progress() const noexcept { return in_progress_; }

  private:
    void sample(double latency, std::uint32_t in_progress, bool dropped, Random& random);
    void sample_aimd(double latency, std::uint32_t in_progress, bool dropped) noexcept;
    void sample_gradient2(double latency, std::uint32_t in_progress) noexcept;
    void sample_vegas(double latency, std::uint32_t in_progress, bool dropped,
                      Random& random) noexcept;
    void leave_envoy(Time now, Duration latency, Random& random) noexcept;
    void end_envoy_window(Time now) noexcept;
    void begin_envoy_measurement(Time now) noexcept;
    void end_envoy_measurement(Time now, Random& random) noexcept;
    void set_estimate(double estimate) noexcept;

    LimitRule rule_;
    bool pinned_ = false;  ///< envoy: measuring the least latency at the least limit
    bool window_dropped_ = false;
    std::uint32_t limit_;
    std::uint32_t min_;
    std::uint32_t max_;
    std::uint32_t samples_min_;
    std::uint32_t in_progress_ = 0;
    std::uint32_t count_ = 0;  ///< gradient2: warm-up samples; vegas: since the last probe; envoy:
                               ///< windows at the least limit
    std::uint32_t window_count_ = 0;
    std::uint32_t window_busy_ = 0;  ///< greatest number in progress within the window
    double smoothing_;
    double estimate_;
    double long_latency_ = 0;  ///< ns; gradient2: long average, vegas and envoy: the least
    double jitter_ = 1;        ///< vegas
    double window_sum_ = 0;    ///< ns
    Duration slow_after_;
    Duration window_;
    Duration remeasure_every_;
    Time window_end_{};
    Time measuring_since_{};
    Time remeasure_at_{};
    LatencySketch sketch_{};  ///< envoy
};

}  // namespace shaketable::policies
