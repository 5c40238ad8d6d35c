// The books must balance at the end of every run: conservation, and Little's law as an exact
// identity. And health checks.
#include <vector>

#include "sim/engine/engine.h"

namespace shaketable::sim {

/// Everything that began has ended or is still there, counted from two sides: by counters, and by
/// looking at what is in flight.
void Engine::check_books() {
    std::vector<std::uint64_t> open(model_.flows.size(), 0);
    std::vector<std::uint64_t> inside(model_.services.size(), 0);
    for (Index index = 0; index < walkers_.size(); ++index) {
        const Walker& w = walkers_[index];
        if (w.phase() == Phase::free || w.has(is_branch)) continue;
        if (w.phase() >= Phase::queued && w.phase() <= Phase::running)
            ++inside[replicas_[w.replica].service];
        if (!w.has(abandoned) && !w.has(by_call) && !w.has(replied))
            ++open[model_.edge_states[w.edge_state].flow];
    }
    for (Index index = 0; index < calls_.size(); ++index)
        if (calls_[index].state != Call::State::free)
            ++open[model_.edge_states[calls_[index].edge_state].flow];
    for (std::size_t f = 0; f < model_.flows.size(); ++f) {
        std::uint64_t started = 0, settled = 0;
        for (const reports::Segment& segment : out_.segments) {
            started += segment.flows[f].started;
            settled += segment.flows[f].settled_total();
        }
        SHAKETABLE_CHECK(started == settled + open[f], "calls: started = settled + in flight");
    }
    for (std::size_t s = 0; s < model_.services.size(); ++s) {
        std::uint64_t arrived = 0, gone = 0;
        for (const reports::Segment& segment : out_.segments) {
            const reports::ServiceTotals& totals = segment.services[s];
            arrived += totals.arrived;
            gone += totals.completed + totals.lost + totals.cancelled;
            for (const std::uint64_t refused : totals.refused) gone += refused;
            SHAKETABLE_CHECK(totals.in_system_time == totals.sojourn,
                             "Little's law: requests x time = sum of their stays");
        }
        SHAKETABLE_CHECK(arrived == gone + inside[s], "requests: arrived = gone + inside");
        SHAKETABLE_CHECK(meters_.services()[s].in_system.value() == inside[s],
                         "requests inside are counted");
    }
}

void Engine::start_health_checks() {
    for (std::uint32_t s = 0; s < edge_states_.size(); ++s) {
        if (!edge_states_[s].health) continue;
        // Callers do not check in step: each begins at a time of its own within the interval.
        const EdgeStatePlan& plan = model_.edge_states[s];
        const policies::Balance& balance = model_.services[model_.edges[plan.edge].service].balance;
        const double part = edge_dice_[plan.edge].policy.uniform();
        queue_.schedule(health_timers_ + s,
                        Time{} + from_seconds(part * to_seconds(balance.health_check->interval)));
    }
}

/// Checks every replica of the callee. A check passes where the replica is up, not paused, and can
/// be reached; it costs no worker.
void Engine::on_health_check(std::uint32_t edge_state) {
    const EdgeStatePlan& plan = model_.edge_states[edge_state];
    const ServicePlan& callee = model_.services[model_.edges[plan.edge].service];
    CallerEdge& state = edge_states_[edge_state];
    for (std::uint32_t r = 0; r < callee.replicas; ++r) {
        const std::uint32_t index = callee.first_replica + r;
        const bool reached =
            !weather_.has_traffic_faults() || !weather_.is_check_stopped(edge_state, index);
        const bool passed = replicas_[index].up && !replicas_[index].paused && reached;
        if (state.health->observe(r, passed))
            log(state.health->is_healthy(r) ? "healthy" : "unhealthy", replica_name(index),
                "to " + edge_state_name(edge_state));
    }
    queue_.schedule(health_timers_ + edge_state, now_ + callee.balance.health_check->interval);
}

}  // namespace shaketable::sim
