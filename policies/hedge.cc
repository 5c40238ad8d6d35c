#include "policies/hedge.h"

#include <algorithm>

namespace shaketable::policies {
namespace {

constexpr std::int64_t one_send = 1'000'000;  ///< budgets count in millionths of a send
constexpr std::int64_t reserve = 10 * one_send;
constexpr std::uint32_t samples_remembered = 2'000;
constexpr std::uint32_t samples_per_update = 32;

[[nodiscard]] HedgeDelay delay_of(const Hedge& h) {
    return h.after.value_or(HedgeDelay{std::chrono::seconds{2}});
}

}  // namespace

std::optional<Problem> Hedge::find_problem() const {
    const HedgeDelay delay = delay_of(*this);
    if (delay.fixed < Duration::zero())
        return problem_of("after", "E024", "a delay must not be negative");
    if (extra && (*extra < 1 || *extra > 100))
        return problem_of("extra", "E023", "extra must be from 1 to 100");
    if (after_min && delay.percentile == 0)
        return problem_of("after_min", "E014", "`after` is a fixed delay: it needs no least one");
    if (after_min && *after_min < Duration::zero())
        return problem_of("after_min", "E024", "after_min must not be negative");
    if (budget && !(budget->fraction > 0 && budget->fraction <= 10))
        return problem_of("budget", "E023", "budget must be more than 0%, and at most 1000%");
    return std::nullopt;
}

HedgeMachine::HedgeMachine(const Hedge& settings)
    : extra_{settings.extra.value_or(1)},
      cancel_{settings.cancel.value_or(HedgeCancel::on_completion)},
      next_on_{settings.next_on.empty() ? std::vector{OutcomeClass::any} : settings.next_on},
      delay_{delay_of(settings).fixed},
      delay_min_{settings.after_min.value_or(std::chrono::milliseconds{1})},
      percentile_{delay_of(settings).percentile / 100} {
    if (settings.budget) {
        deposit_ = static_cast<std::int64_t>(settings.budget->fraction * one_send + 0.5);
        balance_ = reserve;
    }
    if (percentile_ > 0) {
        delay_ = forever;
        const double tail = std::clamp(1 / (1 - percentile_), 20.0, 1'000.0);
        samples_min_ = static_cast<std::uint32_t>(tail + 0.5);
        until_update_ = samples_min_;
        sketch_ = LatencySketch{samples_remembered};
    }
}

void HedgeMachine::on_call() noexcept {
    if (deposit_ >= 0) balance_ = std::min(reserve, balance_ + deposit_);
}

bool HedgeMachine::try_spend(std::uint32_t sent_extra) noexcept {
    if (sent_extra >= extra_) return false;
    if (deposit_ < 0) return true;
    if (balance_ < one_send) return false;
    balance_ -= one_send;
    return true;
}

void HedgeMachine::observe(Duration latency) noexcept {
    if (percentile_ == 0) return;
    sketch_.add(latency);
    if (--until_update_ > 0) return;
    until_update_ = samples_per_update;
    delay_ = std::max(delay_min_, sketch_.quantile(percentile_));
}

}  // namespace shaketable::policies

namespace shaketable {

Result<policies::HedgeDelay> Text<policies::HedgeDelay>::parse(std::string_view text) {
    policies::HedgeDelay delay;
    if (text.starts_with('p')) {
        const auto number = parse_number(text.substr(1));
        if (!number || !(*number > 0 && *number < 100)) {
            return Unexpected{
                Problem{.code = "E023",
                        .message = "expected a percentile between p0 and p100, found \"" +
                                   std::string{text} + "\"",
                        .hint = "write it like p95 or p99.9",
                        .where = {.length = static_cast<int>(text.size())}}};
        }
        delay.percentile = *number;
        return delay;
    }
    const auto time = Text<Duration>::parse(text);
    if (!time) return Unexpected{time.error()};
    delay.fixed = *time;
    return delay;
}

std::string Text<policies::HedgeDelay>::print(const policies::HedgeDelay& value) {
    return value.percentile > 0 ? "p" + print_number(value.percentile)
                                : Text<Duration>::print(value.fixed);
}

}  // namespace shaketable
