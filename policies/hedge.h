/// Sends the same call once more when the answer is late, and takes the first answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "policies/latency_sketch.h"
#include "policies/outcome_class.h"

namespace shaketable::policies {

/// `20ms`, or `p95` of the latencies this caller has seen.
struct HedgeDelay {
    Duration fixed{0};
    double percentile = 0;  ///< 0 = `fixed` holds; else in (0, 100)
    HedgeDelay() = default;
    HedgeDelay(Duration delay)
        : fixed{delay} {}  // NOLINT(google-explicit-constructor): `20ms` is a delay
    bool operator==(const HedgeDelay&) const = default;
};

enum class HedgeCancel : std::uint8_t {
    none,           ///< the others work on for nobody
    on_completion,  ///< the first answer cancels the others, as the edge's `cancel: propagate` does
    on_start,       ///< tied requests: the first to begin work cancels the others
};

constexpr auto enum_names(HedgeCancel) {
    using P = std::pair<std::string_view, HedgeCancel>;
    return std::array{P{"none", HedgeCancel::none}, P{"on-completion", HedgeCancel::on_completion},
                      P{"on-start", HedgeCancel::on_start}};
}

enum class HedgeTarget : std::uint8_t {
    any,    ///< as the balancer chooses: it may be the replica that is late
    other,  ///< one that does not have the call yet, where there is any
};

constexpr auto enum_names(HedgeTarget) {
    using P = std::pair<std::string_view, HedgeTarget>;
    return std::array{P{"any", HedgeTarget::any}, P{"other", HedgeTarget::other}};
}

/// `hedge: p95` or `hedge: {after: 20ms, extra: 2, cancel: on-completion, budget: 5%}`.
///
/// Source: J. Dean, L. Barroso, "The tail at scale", CACM 2013; gRPC proposal A6 (hedging policy);
/// Finagle BackupRequestFilter.
struct Hedge {
    static constexpr std::string_view kind = "hedge";
    static constexpr std::string_view summary = "sends the call once more when its answer is late";

    std::optional<HedgeDelay> after{};     ///< from one send to the next; default 2 s (Polly)
    std::optional<std::uint32_t> extra{};  ///< extra sends at most; default 1; 1 .. 100
    std::optional<Duration> after_min{};   ///< least delay where it is a percentile; default 1 ms
    std::optional<HedgeCancel> cancel{};   ///< default on-completion
    std::optional<HedgeTarget> to{};       ///< default any
    std::optional<Share>
        budget{};  ///< extra sends per call in the long run, ten in reserve; default: no limit
    std::vector<OutcomeClass> next_on{};  ///< failures that send the next one at once; other
                                          ///< failures settle the call. Default: any

    static constexpr auto fields() {
        return fields_of(
            field("after", &Hedge::after, "a delay, or p95 of the latencies seen; default 2s"),
            field("extra", &Hedge::extra, "extra sends at most; default 1"),
            field("after_min", &Hedge::after_min,
                  "least delay where it is a percentile; default 1ms"),
            field("cancel", &Hedge::cancel,
                  "none, on-completion (default) or on-start (tied requests)"),
            field("to", &Hedge::to,
                  "any (default), or other: a replica that does not have the call yet"),
            field("budget", &Hedge::budget,
                  "extra sends per call in the long run; default: no limit"),
            field("next_on", &Hedge::next_on,
                  "failures that send the next one at once; others settle the call; default: any"));
    }
    static constexpr auto shorthand() { return &Hedge::after; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Hedge&) const = default;
};

/// One caller's hedging towards one callee. The world keeps the timers and counts the sends of a
/// call.
class HedgeMachine {
  public:
    explicit HedgeMachine(const Hedge& settings);

    /// A call's first send. Deposits into the budget.
    void on_call() noexcept;
    /// The wait before the next send; `forever` while a percentile has too few samples (it needs
    /// 20, and 1 / (1 - p)).
    [[nodiscard]] Duration delay() const noexcept { return delay_; }
    /// May `sent_extra` extra sends become one more? Takes it from the budget.
    [[nodiscard]] bool try_spend(std::uint32_t sent_extra) noexcept;
    /// A send was answered after `latency`, counted from that send.
    void observe(Duration latency) noexcept;
    /// A send failed: true = send the next one at once (if `try_spend` allows); false = the call is
    /// settled by this failure.
    [[nodiscard]] bool sends_next_on(Outcome outcome, int status = 0) const noexcept {
        return next_on_.contains(outcome, status);
    }
    [[nodiscard]] HedgeCancel cancel() const noexcept { return cancel_; }

  private:
    std::uint32_t extra_;
    HedgeCancel cancel_;
    OutcomeMask next_on_;
    Duration delay_;
    Duration delay_min_;
    double percentile_;
    std::uint32_t samples_min_ = 0;
    std::uint32_t until_update_ = 0;
    std::int64_t deposit_ = -1;  ///< millionths of a send per call; < 0 = no budget
    std::int64_t balance_ = 0;   ///< millionths, at most ten sends
    LatencySketch sketch_{};
};

}  // namespace shaketable::policies

namespace shaketable {

/// Errors: as Duration's; E023 a percentile outside (0, 100).
template <>
struct Text<policies::HedgeDelay> {
    static constexpr std::string_view name = "hedge delay";
    static constexpr std::string_view example = "p95";
    static Result<policies::HedgeDelay> parse(std::string_view text);
    static std::string print(const policies::HedgeDelay& value);
};

}  // namespace shaketable
