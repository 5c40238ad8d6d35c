#include "faults/kinds/exhaust.h"

namespace shaketable::faults {

std::optional<Problem> Exhaust::find_problem() const {
    if (workers || connections) return std::nullopt;
    return problem_of("", "E012", "expected what is exhausted: workers or connections",
                      "workers: 50%");
}

Condition Exhaust::condition(double strength) const {
    Condition condition;
    if (workers) condition.workers = workers->taken(strength);
    if (connections) condition.connections = connections->taken(strength);
    return condition;
}

}  // namespace shaketable::faults
