#include "policies/codel.h"

#include <algorithm>
#include <cmath>

namespace shaketable::policies {

std::optional<Problem> CoDel::find_problem() const {
    if (target <= Duration::zero())
        return problem_of("target", "E024", "target must be more than 0");
    if (interval <= target)
        return problem_of("interval", "E023", "interval must be longer than target",
                          "5ms and 100ms are the usual ones");
    return std::nullopt;
}

/// The control law: t + interval / sqrt(count).
Time CoDelMachine::after(Time t) const noexcept {
    const double step =
        static_cast<double>(interval_.count()) / std::sqrt(static_cast<double>(count_));
    return t + Duration{static_cast<std::int64_t>(step + 0.5)};
}

bool CoDelMachine::is_above(Time now, Duration waited, bool is_last) noexcept {
    if (waited < target_ || is_last) {
        first_above_ = Time{};
        return false;
    }
    if (first_above_ == Time{}) {
        first_above_ = now + interval_;
        return false;
    }
    return now >= first_above_;
}

/// The RFC's `dequeue` is one function that takes items until it has one to keep; here the caller
/// loops, so what comes after a drop in the RFC is done at the start of the next question
/// (`just_dropped_`).
bool CoDelMachine::drop_rfc(Time now, Duration waited, bool is_last) noexcept {
    const bool may_drop = is_above(now, waited, is_last);
    const bool follows_a_drop = std::exchange(just_dropped_, false);
    if (dropping_) {
        if (!may_drop) {
            dropping_ = false;
            return false;
        }
        if (follows_a_drop) drop_next_ = after(drop_next_);
        if (now < drop_next_) return false;
        ++count_;
        just_dropped_ = true;
        return true;
    }
    if (!may_drop) return false;
    dropping_ = true;
    const std::uint32_t grown = count_ - last_count_;
    const bool is_recent = now - drop_next_ < 16 * interval_;
    count_ = grown > 1 && is_recent ? grown : 1;
    drop_next_ = after(now);
    last_count_ = count_;
    return true;
}

bool CoDelMachine::drop_folly(Time now, Duration waited) noexcept {
    if (now > first_above_) {
        overloaded_ = wait_min_ > target_;
        first_above_ = now + interval_;
        wait_min_ = waited;
        return false;  // more than one item must come in an interval before any is dropped
    }
    wait_min_ = std::min(wait_min_, waited);
    return overloaded_ && waited > 2 * target_;
}

}  // namespace shaketable::policies
