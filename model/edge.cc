#include "model/edge.h"

#include <algorithm>

namespace shaketable::model {

using policies::EdgePolicy;
using policies::PolicyKind;
using policies::PolicyOrder;

EdgeRules::EdgeRules(const EdgePolicy& policy) {
    if (policy.retry) retry.emplace(*policy.retry);
    if (policy.fallback) {
        fallback = policies::fallback_mask(*policy.fallback);
        if (policy.fallback->work) fallback_work = Sampler{*policy.fallback->work};
    }
    hedges = policy.hedge.has_value();
    hedges_elsewhere = hedges && policy.hedge->to == policies::HedgeTarget::other;
    if (policy.timeout) {
        if (policy.timeout->attempt) {
            attempt_patience = Sampler{*policy.timeout->attempt};
            draws_timeout = !attempt_patience.is_constant();
            if (!draws_timeout) attempt_timeout = attempt_patience.constant();
        }
        total_timeout = policy.timeout->total.value_or(forever);
        pool_wait_counts = !policy.timeout->connect;
        pool_wait = policy.timeout->connect.value_or(attempt_timeout);
    }
    if (policy.bulkhead && policy.bulkhead->wait) pool_wait = *policy.bulkhead->wait;
    if (policy.deadline && policy.deadline->mode.value_or(policies::DeadlineMode::propagate) ==
                               policies::DeadlineMode::propagate)
        deadline = policy.deadline;
    cancel = policies::cancel_mode(policy.cancel);
    cancel_delay = policies::cancel_delay(policy.cancel);

    spares_first_try = policy.breaker &&
                       policies::with_preset(*policy.breaker).refuses == policies::Refuses::retries;
    const PolicyOrder order{policy.order};
    const bool several = policy.retry || policy.hedge;
    const auto is_there = [&](PolicyKind kind) {
        return (kind == PolicyKind::rate_limit && policy.rate_limit) ||
               (kind == PolicyKind::throttle && policy.throttle) ||
               (kind == PolicyKind::breaker && policy.breaker) ||
               (kind == PolicyKind::bulkhead && policy.bulkhead);
    };
    for (const PolicyKind kind : order.kinds()) {
        if (!is_there(kind)) continue;
        const bool outside =
            several && order.wraps(kind, PolicyKind::retry) && order.wraps(kind, PolicyKind::hedge);
        (outside ? call_gates : attempt_gates).push_back(kind);
        if (kind == PolicyKind::breaker) breaker_per_call = outside;
        if (kind == PolicyKind::bulkhead) place_per_try = !outside;
    }
    const bool may_wait_for_turn =
        policy.rate_limit && policy.rate_limit->wait.value_or(Duration{0}) > Duration{0};
    const bool at_once = !policy.bulkhead && total_timeout == forever && !may_wait_for_turn;
    plain = at_once && !several && !policy.fallback;
    direct = plain || (at_once && !policy.hedge && call_gates.empty() && !draws_timeout);
}

std::uint16_t status_of(Outcome outcome) noexcept {
    if (is_success(outcome)) return 200;
    if (outcome == Outcome::timeout || outcome == Outcome::expired) return 504;
    return outcome == Outcome::rate_limited ? 429 : 503;
}

EdgeMachines::EdgeMachines(const EdgePolicy& policy, const policies::Balance& balance,
                           std::uint32_t endpoints)
    : balancer{balance, endpoints} {
    if (balance.health_check) health.emplace(*balance.health_check, endpoints);
    if (balance.outlier_ejection) ejection.emplace(*balance.outlier_ejection, endpoints);
    if (policy.breaker) breaker.emplace(*policy.breaker);
    if (policy.retry && policy.retry->budget) budget.emplace(*policy.retry->budget);
    if (policy.rate_limit) rate_limit.emplace(*policy.rate_limit);
    if (policy.throttle) throttle.emplace(*policy.throttle);
    if (policy.bulkhead) bulkhead.emplace(*policy.bulkhead);
    if (policy.hedge) hedge.emplace(*policy.hedge);
}

}  // namespace shaketable::model
