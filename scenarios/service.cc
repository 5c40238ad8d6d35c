#include "scenarios/service.h"

namespace shaketable::scenarios {

namespace {

/// As many as a run can hold; more is a slip of the pen.
constexpr std::uint32_t replicas_max = 100'000;

}  // namespace

std::optional<Problem> CrashAt::find_problem() const {
    if (requests < 1) return problem_of("requests", "E023", "expected at least one request");
    if (restart_after && *restart_after < Duration{0})
        return problem_of("restart_after", "E024", "restart_after must not be negative");
    return std::nullopt;
}

std::optional<Problem> Service::find_problem() const {
    std::uint64_t all = 0;
    for (const Replicas::PerZone& zone : replicas.zones) all += zone.count;
    if (all < 1 || all > replicas_max)
        return problem_of("replicas", "E023",
                          "expected 1 to 100,000 replicas, found " + std::to_string(all));
    if (workers.value < 1) return problem_of("workers", "E023", "expected at least one worker");
    if (cores && !(*cores > 0 && *cores <= 1e6))
        return problem_of("cores", "E023", "expected more than 0 and at most 1,000,000 cores");
    if (balance && balance->subset && *balance->subset > all)
        return problem_of("balance.subset", "E023",
                          "expected at most " + std::to_string(all) +
                              ", the number of replicas, found " +
                              std::to_string(*balance->subset));
    if (queue.max_wait && *queue.max_wait <= Duration{0})
        return problem_of("queue.max_wait", "E023", "expected a time longer than 0",
                          "nobody waits where the limit is 0");
    return std::nullopt;
}

}  // namespace shaketable::scenarios
