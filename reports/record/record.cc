#include "reports/record/record.h"

#include <algorithm>

namespace shaketable::reports {

namespace {

template <std::size_t N>
void add(std::array<std::uint64_t, N>& to, const std::array<std::uint64_t, N>& from) {
    for (std::size_t i = 0; i < N; ++i) to[i] += from[i];
}

}  // namespace

void FlowTotals::merge(const FlowTotals& other) {
    started += other.started;
    add(settled, other.settled);
    attempts += other.attempts;
    sent += other.sent;
    retries += other.retries;
    hedges += other.hedges;
    late += other.late;
    add(tries, other.tries);
    duplicates += other.duplicates;
    budget_denied += other.budget_denied;
    breaker_open += other.breaker_open;
    latency.merge(other.latency);
}

void ServiceTotals::merge(const ServiceTotals& other) {
    arrived += other.arrived;
    admitted += other.admitted;
    add(refused, other.refused);
    completed += other.completed;
    lost += other.lost;
    cancelled += other.cancelled;
    wasted += other.wasted;
    work += other.work;
    wasted_work += other.wasted_work;
    queue_time += other.queue_time;
    busy_time += other.busy_time;
    worker_time += other.worker_time;
    in_system_time += other.in_system_time;
    sojourn += other.sojourn;
    queue_max = std::max(queue_max, other.queue_max);
    busy_max = std::max(busy_max, other.busy_max);
    connections_max = std::max(connections_max, other.connections_max);
    wait.merge(other.wait);
}

}  // namespace shaketable::reports
