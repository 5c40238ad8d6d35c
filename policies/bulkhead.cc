#include "policies/bulkhead.h"

#include <limits>

namespace shaketable::policies {
namespace {

[[nodiscard]] std::uint32_t clamped(Count count) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(count.value, most));
}

}  // namespace

std::optional<Problem> Bulkhead::find_problem() const {
    if (connections && connections->value < 1)
        return problem_of("connections", "E023", "a bulkhead needs at least one connection");
    if (wait && *wait <= Duration::zero())
        return problem_of("wait", "E024", "wait must be more than 0", "`pending: 0` is no waiting");
    if (wait && pending.value_or(Count{0}).value == 0)
        return problem_of("wait", "E014", "with `pending: 0` nobody waits", "give `pending`");
    return std::nullopt;
}

BulkheadMachine::BulkheadMachine(const Bulkhead& settings)
    : size_{clamped(settings.connections.value_or(Count{25}))},
      connections_{size_},
      pending_{clamped(settings.pending.value_or(Count{0}))} {}

}  // namespace shaketable::policies
