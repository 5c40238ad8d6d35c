#include "policies/cancel.h"

namespace shaketable::policies {

std::optional<Problem> Cancel::find_problem() const {
    if (delay && *delay < Duration::zero())
        return problem_of("delay", "E024", "delay must not be negative");
    return std::nullopt;
}

CancelMode cancel_mode(const std::optional<Cancel>& written) noexcept {
    return written ? written->mode.value_or(CancelMode::propagate) : CancelMode::none;
}

Duration cancel_delay(const std::optional<Cancel>& written) noexcept {
    return written ? written->delay.value_or(Duration::zero()) : Duration::zero();
}

}  // namespace shaketable::policies
