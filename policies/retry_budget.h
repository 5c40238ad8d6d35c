/// How many retries a caller may add to its load, and how that is counted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/field.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "policies/sliced_window.h"

namespace shaketable::policies {

enum class BudgetRule : std::uint8_t {
    tokens,      ///< a bucket: deposits per call or success, each retry costs; starts full
    ratio,       ///< retries may be at most `share` of first tries within `ttl`
    grpc,        ///< every attempt moves the bucket; retry only while it is more than half full
    finagle,     ///< deposits and withdrawals expire after `ttl`, plus a reserve
    aws,         ///< a bucket with costs by cause and refunds
    concurrent,  ///< retries in progress are at most `share` of requests in progress, or
                 ///< `retries_min`
};

constexpr auto enum_names(BudgetRule) {
    using P = std::pair<std::string_view, BudgetRule>;
    return std::array{P{"tokens", BudgetRule::tokens}, P{"ratio", BudgetRule::ratio},
                      P{"grpc", BudgetRule::grpc},     P{"finagle", BudgetRule::finagle},
                      P{"aws", BudgetRule::aws},       P{"concurrent", BudgetRule::concurrent}};
}

enum class DepositOn : std::uint8_t {
    call,           ///< when a call's first try starts
    success,        ///< when a call succeeds, by whichever try
    first_success,  ///< when a call succeeds by its first try
};

constexpr auto enum_names(DepositOn) {
    using P = std::pair<std::string_view, DepositOn>;
    return std::array{P{"call", DepositOn::call}, P{"success", DepositOn::success},
                      P{"first-success", DepositOn::first_success}};
}

/// `budget: 10%`: every call's first try deposits a tenth of a token, a retry costs one, ten tokens
/// fit and are there at the start: in the long run retries add at most 10 % to the load.
///
/// - tokens: deposits `share` of a token on `deposit_on`; a retry needs and costs `cost` (strict:
///   needs more than it).
/// - ratio: a retry needs retries < share * first tries, both within the last `ttl`.
/// - grpc: a successful attempt deposits `deposit`, a retryable failure takes one token; a retry
///   needs more than half of `tokens` and costs nothing further.
/// - finagle: a first try deposits one unit for `ttl`, a retry costs 1/share units for `ttl`;
///   `min_per_second` * ttl retries are held in reserve.
/// - aws: deposits `deposit` on `deposit_on`; a retry costs `cost`, `timeout_cost` or
///   `throttle_cost`, and a success by a retry refunds the last one.
/// - concurrent: a retry needs retries in progress < max(retries_min, share * attempts in
///   progress), and takes a place from its decision to its end, back-off included.
///
/// Amounts are integer millionths of a token: ten deposits of 10 % are exactly one token.
///
/// Source: SRE book ch. 21; gRPC proposal A6; Finagle RetryBudget.scala; botocore
/// retries/standard.py; Envoy resource_manager_impl.h; M. Brooker, "Fixing retries with token
/// buckets and circuit breakers", 2022.
struct RetryBudget {
    static constexpr std::string_view kind = "retry_budget";
    static constexpr std::string_view summary = "limits what retries may add to the load";

    std::optional<Share> share{};           ///< default 10 %; finagle and concurrent 20 %
    std::optional<BudgetRule> rule{};       ///< default tokens
    std::optional<std::uint32_t> tokens{};  ///< capacity; default 10; aws 500; <= 1,000,000
    std::optional<double> deposit{};  ///< tokens; default: tokens `share`, grpc 0.1, aws 1; >= 0
    std::optional<DepositOn> deposit_on{};        ///< default call; aws first-success
    std::optional<std::uint32_t> cost{};          ///< tokens per retry; default 1; aws 5
    std::optional<std::uint32_t> timeout_cost{};  ///< aws: after a timeout; default 10
    std::optional<std::uint32_t>
        throttle_cost{};            ///< aws: after a throttling answer; default `cost`
    std::optional<bool> strict{};   ///< tokens: a retry needs more than its cost; default false
    std::optional<Duration> ttl{};  ///< finagle 10 s; ratio 2 min; > 0
    std::optional<Rate> min_per_second{};  ///< finagle: retries always allowed; default 10/s
    std::optional<std::uint32_t>
        retries_min{};  ///< concurrent: retries in progress always allowed; default 3

    static constexpr auto fields() {
        using B = RetryBudget;
        return fields_of(
            field("share", &B::share,
                  "extra load by retries; default 10% (finagle, concurrent: 20%)"),
            field("rule", &B::rule, "tokens (default), ratio, grpc, finagle, aws or concurrent"),
            field("tokens", &B::tokens, "capacity of the bucket; default 10 (aws: 500)"),
            field("deposit", &B::deposit,
                  "tokens per deposit; default: the share (grpc: 0.1, aws: 1)"),
            field("deposit_on", &B::deposit_on, "call (default), success or first-success (aws)"),
            field("cost", &B::cost, "tokens per retry; default 1 (aws: 5)"),
            field("timeout_cost", &B::timeout_cost,
                  "aws: tokens per retry after a timeout; default 10"),
            field("throttle_cost", &B::throttle_cost,
                  "aws: tokens per retry after a throttling answer; default: cost"),
            field("strict", &B::strict, "tokens: a retry needs more than its cost; default false"),
            field("ttl", &B::ttl,
                  "finagle, ratio: how long calls and retries count; default 10s, ratio 2m"),
            field("min_per_second", &B::min_per_second,
                  "finagle: retries always allowed; default 10/s"),
            field("retries_min", &B::retries_min,
                  "concurrent: retries in progress always allowed; default 3"));
    }
    static constexpr auto shorthand() { return &RetryBudget::share; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const RetryBudget&) const = default;
};

/// The leave to retry once, kept with the call until it ends (4 bytes). False: no retry.
struct RetryGrant {
    std::uint32_t cost_plus_one = 0;  ///< whole tokens paid, plus one; 0 = not granted
    explicit operator bool() const noexcept { return cost_plus_one != 0; }
    bool operator==(const RetryGrant&) const = default;
};

/// One caller's budget towards one callee. Order of calls for one call of the caller:
///
///     on_call, on_attempt_start, on_attempt_end,
///     [try_spend, on_attempt_start, on_attempt_end, on_retry_end]*, on_call_end
///
/// `try_spend` is asked when the retry is decided, before its back-off. Hedged extra tries are
/// asked and ended the same way.
class RetryBudgetMachine {
  public:
    explicit RetryBudgetMachine(const RetryBudget& settings);

    /// A call's first try starts.
    void on_call(Time now);
    /// Any try starts (it is in progress until `on_attempt_end`).
    void on_attempt_start() noexcept { ++active_; }
    /// Any try ended. `retryable`: the failure is one the caller's `when` names (grpc charges these
    /// only).
    void on_attempt_end(Time now, Outcome outcome, bool retryable);
    /// May the call try once more? What is granted is paid for at once.
    [[nodiscard]] RetryGrant try_spend(Time now, Outcome cause, int status = 0);
    /// The granted retry ended, or was given up during its back-off.
    void on_retry_end(RetryGrant grant) noexcept;
    /// The call is over. `last`: the last grant of this call, `{}` where its first try settled it.
    void on_call_end(Time now, bool success, RetryGrant last);

    /// Tokens left, in whole and parts (for reports; 0 where the rule has no tokens).
    [[nodiscard]] double tokens() const noexcept;
    [[nodiscard]] std::uint32_t retries_in_progress() const noexcept { return retrying_; }

  private:
    struct Flow {
        std::int64_t calls = 0;
        std::int64_t retries = 0;
        Flow& operator+=(const Flow& o) noexcept {
            return calls += o.calls, retries += o.retries, *this;
        }
        Flow& operator-=(const Flow& o) noexcept {
            return calls -= o.calls, retries -= o.retries, *this;
        }
    };
    void deposit(std::int64_t amount) noexcept;
    [[nodiscard]] bool may_spend(Time now, std::int64_t cost);

    BudgetRule rule_;
    DepositOn deposit_on_;
    bool strict_;
    std::uint32_t cost_;  ///< whole tokens
    std::uint32_t timeout_cost_;
    std::uint32_t throttle_cost_;
    std::uint32_t retries_min_;
    std::uint32_t active_ = 0;
    std::uint32_t retrying_ = 0;
    std::int64_t capacity_;        ///< millionths
    std::int64_t deposit_amount_;  ///< millionths
    std::int64_t share_;           ///< millionths
    std::int64_t reserve_ = 0;     ///< finagle, millionths of a retry
    std::int64_t balance_;         ///< millionths
    SlicedWindow<Flow> window_;    ///< ratio, finagle
};

}  // namespace shaketable::policies
