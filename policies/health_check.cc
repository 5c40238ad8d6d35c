#include "policies/health_check.h"

namespace shaketable::policies {

std::optional<Problem> HealthCheck::find_problem() const {
    if (interval <= Duration::zero())
        return problem_of("interval", "E024", "interval must be more than 0");
    if (timeout <= Duration::zero())
        return problem_of("timeout", "E024", "timeout must be more than 0");
    if (unhealthy < 1 || unhealthy > 10'000)
        return problem_of("unhealthy", "E023", "unhealthy must be from 1 to 10000");
    if (healthy < 1 || healthy > 10'000)
        return problem_of("healthy", "E023", "healthy must be from 1 to 10000");
    return std::nullopt;
}

HealthMachine::HealthMachine(const HealthCheck& settings, std::uint32_t endpoints)
    : unhealthy_{static_cast<std::uint16_t>(settings.unhealthy)},
      healthy_{static_cast<std::uint16_t>(settings.healthy)},
      endpoints_(endpoints) {}

bool HealthMachine::observe(std::uint32_t endpoint, bool passed) noexcept {
    Endpoint& e = endpoints_[endpoint];
    if (passed == e.healthy) {
        e.streak = 0;
        return false;
    }
    ++e.streak;
    if (e.streak < (e.healthy ? unhealthy_ : healthy_)) return false;
    e.healthy = passed;
    e.streak = 0;
    return true;
}

}  // namespace shaketable::policies
