#include "policies/retry_budget.h"

#include <algorithm>

#include "policies/outcome_class.h"

namespace shaketable::policies {
namespace {

constexpr std::int64_t token = 1'000'000;  ///< the unit: millionths of a token

[[nodiscard]] std::int64_t in_millionths(double tokens) noexcept {
    return static_cast<std::int64_t>(tokens * static_cast<double>(token) + 0.5);
}

[[nodiscard]] BudgetRule rule_of(const RetryBudget& b) {
    return b.rule.value_or(BudgetRule::tokens);
}

[[nodiscard]] double share_of(const RetryBudget& b) {
    const bool fifth = rule_of(b) == BudgetRule::finagle || rule_of(b) == BudgetRule::concurrent;
    return b.share.value_or(Share{fifth ? 0.2 : 0.1}).fraction;
}

[[nodiscard]] double deposit_of(const RetryBudget& b) {
    switch (rule_of(b)) {
        case BudgetRule::grpc:
            return b.deposit.value_or(0.1);
        case BudgetRule::aws:
            return b.deposit.value_or(1.0);
        default:
            return b.deposit.value_or(share_of(b));
    }
}

[[nodiscard]] Duration ttl_of(const RetryBudget& b) {
    const bool is_ratio = rule_of(b) == BudgetRule::ratio;
    return b.ttl.value_or(std::chrono::seconds{is_ratio ? 120 : 10});
}

/// A setting that the rule never looks at would be ignored in silence.
[[nodiscard]] std::optional<Problem> find_idle_setting(const RetryBudget& b) {
    using R = BudgetRule;
    const R rule = rule_of(b);
    const auto idle = [&](bool written, std::initializer_list<R> users, std::string_view field) {
        return written && std::find(users.begin(), users.end(), rule) == users.end()
                   ? std::optional{problem_of(field, "E014",
                                              "the budget rule `" + std::string{name_of(rule)} +
                                                  "` does not look at `" + std::string{field} + "`",
                                              "leave it out, or choose another `rule`")}
                   : std::nullopt;
    };
    const std::array found{
        idle(b.share.has_value(), {R::tokens, R::ratio, R::finagle, R::concurrent}, "share"),
        idle(b.tokens.has_value(), {R::tokens, R::grpc, R::aws}, "tokens"),
        idle(b.deposit.has_value(), {R::tokens, R::grpc, R::aws}, "deposit"),
        idle(b.deposit_on.has_value(), {R::tokens, R::aws}, "deposit_on"),
        idle(b.cost.has_value(), {R::tokens, R::aws}, "cost"),
        idle(b.timeout_cost.has_value(), {R::aws}, "timeout_cost"),
        idle(b.throttle_cost.has_value(), {R::aws}, "throttle_cost"),
        idle(b.strict.has_value(), {R::tokens}, "strict"),
        idle(b.ttl.has_value(), {R::ratio, R::finagle}, "ttl"),
        idle(b.min_per_second.has_value(), {R::finagle}, "min_per_second"),
        idle(b.retries_min.has_value(), {R::concurrent}, "retries_min")};
    for (const auto& problem : found)
        if (problem) return problem;
    return std::nullopt;
}

/// Slices of the window of calls and retries; 0 = the rule has no window.
[[nodiscard]] std::uint32_t slices_of(const RetryBudget& b) {
    const BudgetRule rule = rule_of(b);
    return rule == BudgetRule::ratio || rule == BudgetRule::finagle ? 10 : 0;
}

}  // namespace

std::optional<Problem> RetryBudget::find_problem() const {
    if (const auto idle = find_idle_setting(*this)) return idle;
    if (share && !(share->fraction >= 0 && share->fraction <= 10))
        return problem_of("share", "E023", "share must be from 0% to 1000%");
    if (tokens && (*tokens < 1 || *tokens > 1'000'000))
        return problem_of("tokens", "E023", "tokens must be from 1 to 1000000");
    if (deposit && !(*deposit >= 0 && *deposit <= 1e6))
        return problem_of("deposit", "E023", "deposit must be from 0 to 1000000");
    if (share && deposit)
        return problem_of("deposit", "E014", "`share` and `deposit` say the same",
                          "write one of them");
    for (const auto& c : {cost, timeout_cost, throttle_cost})
        if (c && *c > 1'000'000)
            return problem_of("cost", "E023", "a retry's cost must be at most 1000000");
    if (ttl && *ttl <= Duration::zero())
        return problem_of("ttl", "E024", "ttl must be more than 0");
    if (min_per_second && !(min_per_second->per_second >= 0 && min_per_second->per_second <= 1e6))
        return problem_of("min_per_second", "E023", "min_per_second must be from 0 to 1000000/s");
    return std::nullopt;
}

RetryBudgetMachine::RetryBudgetMachine(const RetryBudget& settings)
    : rule_{rule_of(settings)},
      deposit_on_{settings.deposit_on.value_or(rule_ == BudgetRule::aws ? DepositOn::first_success
                                                                        : DepositOn::call)},
      strict_{settings.strict.value_or(false)},
      cost_{settings.cost.value_or(rule_ == BudgetRule::aws ? 5 : 1)},
      timeout_cost_{rule_ == BudgetRule::aws ? settings.timeout_cost.value_or(10) : cost_},
      throttle_cost_{rule_ == BudgetRule::aws ? settings.throttle_cost.value_or(cost_) : cost_},
      retries_min_{settings.retries_min.value_or(3)},
      capacity_{settings.tokens.value_or(rule_ == BudgetRule::aws ? 500U : 10U) * token},
      deposit_amount_{in_millionths(deposit_of(settings))},
      share_{in_millionths(share_of(settings))},
      balance_{capacity_},
      window_{ttl_of(settings), slices_of(settings)} {
    if (rule_ == BudgetRule::finagle)
        reserve_ = in_millionths(settings.min_per_second.value_or(Rate{10}).per_second *
                                 to_seconds(ttl_of(settings)));
}

void RetryBudgetMachine::deposit(std::int64_t amount) noexcept {
    balance_ = std::min(capacity_, balance_ + amount);
}

void RetryBudgetMachine::on_call(Time now) {
    const bool is_bucket = rule_ == BudgetRule::tokens || rule_ == BudgetRule::aws;
    if (is_bucket && deposit_on_ == DepositOn::call) deposit(deposit_amount_);
    if (!window_.empty()) window_.add(now, Flow{1, 0});
}

void RetryBudgetMachine::on_attempt_end(Time, Outcome outcome, bool retryable) {
    --active_;
    if (rule_ != BudgetRule::grpc) return;
    if (is_success(outcome))
        deposit(deposit_amount_);
    else if (retryable)
        balance_ = std::max<std::int64_t>(0, balance_ - token);
}

/// What `share` allows is reckoned in retries rather than in deposits: one division less, and no
/// rounding of 1 / share.
bool RetryBudgetMachine::may_spend(Time now, std::int64_t cost) {
    switch (rule_) {
        case BudgetRule::tokens:
            return strict_ ? balance_ > cost : balance_ >= cost;
        case BudgetRule::aws:
            return balance_ >= cost;
        case BudgetRule::grpc:
            return 2 * balance_ > capacity_;
        case BudgetRule::ratio:
            window_.advance(now);
            return window_.sum().retries * token < share_ * window_.sum().calls;
        case BudgetRule::finagle:
            window_.advance(now);
            return reserve_ + share_ * window_.sum().calls >= (window_.sum().retries + 1) * token;
        case BudgetRule::concurrent: {
            const std::int64_t by_share = share_ * std::int64_t{active_} / token;
            return retrying_ < std::max<std::int64_t>(retries_min_, by_share);
        }
    }
    return false;
}

RetryGrant RetryBudgetMachine::try_spend(Time now, Outcome cause, int status) {
    std::uint32_t cost = cost_;
    if (cause == Outcome::timeout) cost = timeout_cost_;
    if (is_throttling(cause, status)) cost = throttle_cost_;
    if (!may_spend(now, cost * token)) return {};
    ++retrying_;
    if (rule_ == BudgetRule::tokens || rule_ == BudgetRule::aws) {
        balance_ -= cost * token;
        return {cost + 1};
    }
    if (!window_.empty()) window_.add(now, Flow{0, 1});
    return {1};
}

void RetryBudgetMachine::on_retry_end(RetryGrant grant) noexcept {
    if (grant) --retrying_;
}

void RetryBudgetMachine::on_call_end(Time, bool success, RetryGrant last) {
    if (!success || (rule_ != BudgetRule::tokens && rule_ != BudgetRule::aws)) return;
    if (rule_ == BudgetRule::aws && last) deposit((last.cost_plus_one - 1) * token);
    const bool is_due =
        deposit_on_ == DepositOn::success || (deposit_on_ == DepositOn::first_success && !last);
    if (is_due) deposit(deposit_amount_);
}

double RetryBudgetMachine::tokens() const noexcept {
    const bool has =
        rule_ == BudgetRule::tokens || rule_ == BudgetRule::aws || rule_ == BudgetRule::grpc;
    return has ? static_cast<double>(balance_) / static_cast<double>(token) : 0;
}

}  // namespace shaketable::policies
