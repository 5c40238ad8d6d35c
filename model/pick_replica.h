/// Which replica a try goes to: one code for both worlds.
///
/// `Host` provides model(), now(), dice_of, machines_of, log_edge (as for CallCourse), and of a
/// replica of the model
///   is_draining, up_since, outstanding: sent there and not answered, as far as callers here know
#pragma once

#include <string>

#include "model/call_course.h"
#include "model/model.h"

namespace shaketable::model {

/// What a balancer is shown of the callee's replicas, the first of which has that number.
template <class Host, class IsAvoided>
struct EndpointView {
    const Host& host;
    const CallerEdge& edge;
    const policies::SlowStart* slow_start;
    std::uint32_t first;
    std::uint32_t zone;
    const IsAvoided* is_avoided;  ///< null: nobody is

    [[nodiscard]] bool eligible(std::uint32_t i) const {
        return !host.is_draining(first + i) && (!edge.health || edge.health->is_healthy(i)) &&
               (!edge.ejection || edge.ejection->is_eligible(i, host.now())) &&
               (is_avoided == nullptr || !(*is_avoided)(first + i));
    }
    [[nodiscard]] bool same_zone(std::uint32_t i) const {
        return host.model().replicas[first + i].zone == zone;
    }
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t i) const {
        return host.outstanding(first + i);
    }
    [[nodiscard]] double weight(std::uint32_t i) const {
        return slow_start == nullptr ? 1.0
                                     : policies::slow_start_weight(
                                           *slow_start, host.now() - host.up_since(first + i));
    }
};

/// `none`: nobody can be picked. `is_avoided(replica)`: taken only where there is no other.
template <class Host, class IsAvoided>
[[nodiscard]] std::uint32_t pick_replica(Host& host, std::uint32_t edge_state, bool avoids,
                                         const IsAvoided& is_avoided) {
    CallerEdge& edge = host.machines_of(edge_state);
    const EdgeStatePlan& plan = host.model().edge_states[edge_state];
    const ServicePlan& service = host.model().services[host.model().edges[plan.edge].service];
    EdgeDice& dice = host.dice_of(edge_state);
    if (edge.ejection && host.now() >= edge.ejection->next_sweep() &&
        edge.ejection->sweep(host.now(), dice.policy))
        host.log_edge("ejections-changed", edge_state,
                      std::to_string(edge.ejection->ejected()) + " ejected");
    const policies::Balance& balance = service.balance;
    EndpointView<Host, IsAvoided> view{
        .host = host,
        .edge = edge,
        .slow_start = balance.slow_start ? &*balance.slow_start : nullptr,
        .first = service.first_replica,
        .zone = plan.zone,
        .is_avoided = avoids ? &is_avoided : nullptr};
    const bool by_key = balance.policy == policies::BalanceRule::consistent_hash;
    const std::uint64_t key = by_key ? dice.balance.next() : 0;
    std::uint32_t picked = edge.balancer.pick(view, dice.balance, key, host.now());
    if (picked == policies::Balancer::none && avoids) {
        view.is_avoided = nullptr;
        picked = edge.balancer.pick(view, dice.balance, key, host.now());
    }
    if (picked == policies::Balancer::none) return none;
    if (edge.ejection) edge.ejection->on_pick(picked);
    return service.first_replica + picked;
}

}  // namespace shaketable::model
