// Health checks: GET /healthz to each replica, apart from the traffic.
#include "injector/calls/caller.h"

namespace shaketable::injector {

void Caller::on_check_due(std::uint32_t edge_state) {
    const model::ServicePlan& callee = run_.model.services[edge_of(edge_state).service];
    for (std::uint32_t r = 0; r < callee.replicas; ++r)
        start_check(state(edge_state).first_pool + r);
    run_.set(check_timers_ + edge_state, run_.due + callee.balance.health_check->interval);
}

void Caller::start_check(std::uint32_t number) {
    Pool& pool = pools_[number];
    if (pool.check != none) return;  // the last one is still out: its timeout is longer
    Index index = none;
    if (!pool.idle.empty()) {
        index = pool.idle.back();
        pool.idle.pop_back();
    } else {
        index = open_connection(number);
    }
    if (index == none) return end_check(number, false);
    Connection& c = connections_[index];
    c.checking = true;
    pool.check = index;
    c.reader.restart();
    head_.clear();
    append_request(head_, state(pool.edge_state).check, {.edge_state = pool.edge_state}, 0);
    const Duration patience =
        run_.model.services[edge_of(pool.edge_state).service].balance.health_check->timeout;
    run_.set(check_ends_ + number, run_.now + patience);
    if (!c.socket.send(head_, 0)) broken_.push_back({index, c.generation});
}

void Caller::end_check(std::uint32_t number, bool passed) {
    Pool& pool = pools_[number];
    run_.queue.cancel(check_ends_ + number);
    pool.check = none;
    EdgeState& edge = state(pool.edge_state);
    const std::uint32_t endpoint = run_.model.replicas[pool.replica].number;
    if (edge.health->observe(endpoint, passed))
        run_.log(edge.health->is_healthy(endpoint) ? "healthy" : "unhealthy",
                 model::replica_name(run_.model, pool.replica),
                 "to " + model::edge_state_name(run_.model, pool.edge_state));
}

/// Fixed timers: a check is due, or one has not been answered in time.
void Caller::on_timer(TimerId timer) {
    if (timer < check_ends_) return on_check_due(timer - check_timers_);
    const std::uint32_t number = timer - check_ends_;
    const Index connection = pools_[number].check;
    if (connection != none) close_connection(connection);
    end_check(number, false);
}

}  // namespace shaketable::injector
