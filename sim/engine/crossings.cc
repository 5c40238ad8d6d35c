// Messages on their way: the network's time, and what faults make of it.
#include <algorithm>

#include "sim/engine/engine.h"

namespace shaketable::sim {

using faults::Fate;
using faults::Verdict;

/// Time of one message, one way: propagation, retransmissions, and its turn on a shared wire.
Duration Engine::transit(std::uint32_t edge_state, Index replica, std::int64_t bytes,
                         const Wire& wire, bool request) {
    if (hops_[edge_state].instant && wire.connection_rate == faults::unlimited_rate &&
        wire.edge_rate == faults::unlimited_rate)
        return Duration{0};
    const EdgeStatePlan& state = model_.edge_states[edge_state];
    const std::uint32_t other = model_.replicas[replica].zone;
    const LinkPlan& link = request ? model_.link(state.edge, state.zone, other)
                                   : model_.link(state.edge, other, state.zone);
    Duration time =
        model::time_on_link(link, bytes, wire.connection_rate, edge_dice_[state.edge].network);
    if (bytes > 0 && wire.edge_rate < faults::unlimited_rate) {
        Time& free_at =
            wire_free_[2 * std::size_t{model_.edges[state.edge].route} + (request ? 0 : 1)];
        const Time start = std::max(free_at, now_);
        free_at = std::min(start + model::on_wire(bytes, wire.edge_rate), Time{ten_years});
        time += free_at - now_;
    }
    return time;
}

void Engine::set_late_verdict(Index walker, LateVerdict verdict) {
    if (late_verdicts_.size() <= walker) late_verdicts_.resize(walkers_.size());
    late_verdicts_[walker] = verdict;
    walkers_[walker].add(has_verdict);
}

/// The request leaves its caller.
void Engine::send(Index walker) {
    Walker& w = walkers_[walker];
    const Hop& hop = hops_[w.edge_state];
    const std::uint64_t ordinal = ordinals_[hop.route]++;
    if (hop.instant && !weather_.has_traffic_faults()) return todo(Todo::What::arrive, walker);
    const EdgePlan& edge = model_.edges[hop.edge];
    Wire wire;
    Duration extra{0};
    if (weather_.has_traffic_faults()) [[unlikely]] {
        const Verdict verdict =
            weather_.judge(w.edge_state, w.replica, now_, ordinal, edge.request_bytes);
        const auto [fate, response_fate, status, losses, response_losses, delay, response_delay,
                    connection_rate, edge_rate, close_after, request_bytes, response_bytes] =
            verdict;
        wire = {.connection_rate = std::min(connection_rate, request_bytes.rate),
                .edge_rate = edge_rate};
        extra =
            delay + faults::retransmission_delay(losses) + request_bytes.pauses(edge.request_bytes);
        const LateVerdict late{
            .delay = response_delay + faults::retransmission_delay(response_losses) +
                     response_bytes.pauses(edge.response_bytes),
            .swallow = response_fate != Fate::pass,
            .spoiled = request_bytes.spoils(edge.request_bytes) ||
                       response_bytes.spoils(edge.response_bytes),
            .wire = {.connection_rate = std::min(connection_rate, response_bytes.rate),
                     .edge_rate = edge_rate}};
        if (late.is_anything()) set_late_verdict(walker, late);
        if (fate == Fate::swallow && close_after == forever) {
            w.phase = Phase::silent;
            return;
        }
        if (fate == Fate::swallow) extra = close_after;
        if (fate != Fate::pass) {
            // Known to the caller after the way there and back.
            extra += transit(w.edge_state, w.replica, 0, {}, true);
            w.waiting_for = static_cast<std::uint16_t>(
                fate == Fate::answer_error ? Outcome::error : Outcome::unreachable);
            w.status = fate == Fate::answer_error ? status : 503;
            w.phase = Phase::returning;
            const Duration back = extra + transit(w.edge_state, w.replica, 0, {}, false);
            return set(timer_of(walker, WalkerTimer::progress), now_ + back);
        }
    }
    const Duration time = extra + transit(w.edge_state, w.replica, edge.request_bytes, wire, true);
    if (time == Duration{0}) return todo(Todo::What::arrive, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// The answer leaves the replica. The walker is in no list and holds nothing.
void Engine::answer(Index walker, Outcome outcome, std::uint16_t status) {
    Walker& w = walkers_[walker];
    if (w.has(abandoned)) {
        ++flow_of(w.edge_state).now.late;
        return free_walker(walker);
    }
    w.phase = Phase::returning;
    w.waiting_for = static_cast<std::uint16_t>(outcome);
    w.status = status;
    const Hop& hop = hops_[w.edge_state];
    if (hop.instant && !w.has(has_verdict) && !weather_.has_traffic_faults())
        return todo(Todo::What::deliver, walker);
    Wire wire;
    Duration extra{0};
    if (w.has(has_verdict)) [[unlikely]] {
        const LateVerdict& verdict = late_verdicts_[walker];
        if (verdict.swallow) {
            w.phase = Phase::silent;
            return;
        }
        extra = verdict.delay;
        wire = verdict.wire;
        if (verdict.spoiled && is_success(outcome)) {
            w.waiting_for = static_cast<std::uint16_t>(Outcome::error);
            w.status = 502;
        }
    }
    if (weather_.has_traffic_faults() && weather_.is_answer_cut(w.edge_state, w.replica)) {
        w.phase = Phase::silent;
        return;
    }
    const std::int64_t bytes = model_.edges[hop.edge].response_bytes;
    const Duration time = extra + transit(w.edge_state, w.replica, bytes, wire, false);
    if (time == Duration{0}) return todo(Todo::What::deliver, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// The answer reaches its caller, or where its caller was.
void Engine::deliver(Index walker) {
    const Walker& w = walkers_[walker];
    const auto outcome = static_cast<Outcome>(w.waiting_for);
    if (w.has(abandoned)) {
        ++flow_of(w.edge_state).now.late;
    } else {
        attempt_settled(walker, outcome, w.status);
    }
    free_walker(walker);
}

/// A fault that begins also meets the calls that are in flight already.
void Engine::judge_in_flight(std::uint32_t occurrence) {
    const faults::Fault& fault = model_.scenario.faults[weather_.occurrences()[occurrence].fault];
    if (!faults::is_traffic_fault(fault.what) || !faults::judges_in_flight(fault.what)) return;
    const Index count = walkers_.size();
    for (Index index = 0; index < count; ++index) {
        Walker& w = walkers_[index];
        if (w.phase == Phase::free || w.phase == Phase::silent || w.has(is_branch) ||
            w.has(abandoned) || w.has(replied))
            continue;
        const std::uint64_t ordinal = (std::uint64_t{1} << 63U) + index;
        const Verdict verdict =
            weather_.judge_in_flight(occurrence, w.edge_state, w.replica, now_, ordinal, 0);
        const bool on_the_way = w.phase == Phase::travelling || w.phase == Phase::returning;
        const bool lost = w.phase == Phase::travelling ? verdict.fate == Fate::swallow
                                                       : verdict.response_fate != Fate::pass ||
                                                             verdict.fate == Fate::swallow;
        if (verdict.fate == Fate::reset || verdict.fate == Fate::refuse) {
            attempt_settled(index, Outcome::unreachable, 503);
            if (w.phase == Phase::returning) {
                queue_.cancel(timer_of(index, WalkerTimer::progress));
                free_walker(index);
            } else {
                abandon(index, policies::CancelMode::none);
            }
        } else if (lost && on_the_way) {
            queue_.cancel(timer_of(index, WalkerTimer::progress));
            w.phase = Phase::silent;
        } else if (lost) {
            set_late_verdict(index, {.swallow = true});
        }
    }
}

}  // namespace shaketable::sim
