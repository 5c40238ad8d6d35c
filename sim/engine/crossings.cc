// Messages on their way: the network's time, and what faults make of it.
#include <algorithm>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using faults::Fate;
using faults::Verdict;

/// Time of one message, one way: propagation, retransmissions, and its turn on a shared wire.
Duration Engine::transit(std::uint32_t edge_state, Index replica, std::int64_t bytes,
                         const Wire& wire, bool request) {
    const Duration always = request ? hops_[edge_state].there : hops_[edge_state].back;
    if (always >= Duration{0} && wire.connection_rate == faults::unlimited_rate &&
        wire.edge_rate == faults::unlimited_rate)
        return always;
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

/// The request leaves its caller, while faults act on messages.
void Engine::send_through_faults(Index walker, std::uint64_t ordinal) {
    Walker& w = walkers_[walker];
    const Hop& hop = hops_[w.edge_state];
    const Verdict verdict =
        weather_.judge(w.edge_state, w.replica, now_, ordinal, hop.request_bytes);
    const auto [fate, response_fate, status, losses, response_losses, delay, response_delay,
                connection_rate, edge_rate, close_after, request_bytes, response_bytes] = verdict;
    const Wire wire{.connection_rate = std::min(connection_rate, request_bytes.rate),
                    .edge_rate = edge_rate};
    Duration extra =
        delay + faults::retransmission_delay(losses) + request_bytes.pauses(hop.request_bytes);
    const LateVerdict late{
        .delay = response_delay + faults::retransmission_delay(response_losses) +
                 response_bytes.pauses(hop.response_bytes),
        .swallow = response_fate != Fate::pass,
        .spoiled =
            request_bytes.spoils(hop.request_bytes) || response_bytes.spoils(hop.response_bytes),
        .wire = {.connection_rate = std::min(connection_rate, response_bytes.rate),
                 .edge_rate = edge_rate}};
    if (late.is_anything()) set_late_verdict(walker, late);
    if (fate == Fate::swallow && close_after == forever) {
        w.go(Phase::silent);
        return;
    }
    if (fate == Fate::swallow) extra = close_after;
    if (fate != Fate::pass) {
        // Known to the caller after the way there and back.
        extra += transit(w.edge_state, w.replica, 0, {}, true);
        w.waiting_for = static_cast<std::uint16_t>(
            fate == Fate::answer_error ? Outcome::error : Outcome::unreachable);
        w.status = fate == Fate::answer_error ? status : 503;
        w.go(Phase::returning);
        const Duration back = extra + transit(w.edge_state, w.replica, 0, {}, false);
        return set(timer_of(walker, WalkerTimer::progress), now_ + back);
    }
    const Duration time = extra + transit(w.edge_state, w.replica, hop.request_bytes, wire, true);
    if (time == Duration{0}) return todo(Todo::What::arrive, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// The answer leaves the replica, while faults act on messages or have acted on its request.
void Engine::answer_through_faults(Index walker) {
    Walker& w = walkers_[walker];
    Wire wire;
    Duration extra{0};
    if (w.has(has_verdict)) {
        const LateVerdict& verdict = late_verdicts_[walker];
        if (verdict.swallow) {
            w.go(Phase::silent);
            return;
        }
        extra = verdict.delay;
        wire = verdict.wire;
        if (verdict.spoiled && is_success(static_cast<Outcome>(w.waiting_for))) {
            w.waiting_for = static_cast<std::uint16_t>(Outcome::error);
            w.status = 502;
        }
    }
    if (weather_.has_traffic_faults() && weather_.is_answer_cut(w.edge_state, w.replica)) {
        w.go(Phase::silent);
        return;
    }
    const std::int64_t bytes = hops_[w.edge_state].response_bytes;
    const Duration time = extra + transit(w.edge_state, w.replica, bytes, wire, false);
    if (time == Duration{0}) return todo(Todo::What::deliver, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// An answer to a caller that has left.
void Engine::come_too_late(Index walker) {
    ++flow_of(walkers_[walker].edge_state).now.late;
    free_walker(walker);
}

/// A fault that begins also meets the calls that are in flight already.
void Engine::judge_in_flight(std::uint32_t occurrence) {
    const faults::Fault& fault = model_.scenario.faults[weather_.occurrences()[occurrence].fault];
    if (!faults::is_traffic_fault(fault.what) || !faults::judges_in_flight(fault.what)) return;
    const Index count = walkers_.size();
    for (Index index = 0; index < count; ++index) {
        Walker& w = walkers_[index];
        if (w.phase() == Phase::free || w.phase() == Phase::silent || w.has(is_branch) ||
            w.has(abandoned) || w.has(replied))
            continue;
        const std::uint64_t ordinal = (std::uint64_t{1} << 63U) + index;
        const Verdict verdict =
            weather_.judge_in_flight(occurrence, w.edge_state, w.replica, now_, ordinal, 0);
        const bool on_the_way = w.phase() == Phase::travelling || w.phase() == Phase::returning;
        const bool lost = w.phase() == Phase::travelling ? verdict.fate == Fate::swallow
                                                         : verdict.response_fate != Fate::pass ||
                                                               verdict.fate == Fate::swallow;
        if (verdict.fate == Fate::reset || verdict.fate == Fate::refuse) {
            attempt_settled(index, Outcome::unreachable, 503);
            if (w.phase() == Phase::returning) {
                queue_.cancel(timer_of(index, WalkerTimer::progress));
                free_walker(index);
            } else {
                abandon(index, policies::CancelMode::none);
            }
        } else if (lost && on_the_way) {
            queue_.cancel(timer_of(index, WalkerTimer::progress));
            w.go(Phase::silent);
        } else if (lost) {
            set_late_verdict(index, {.swallow = true});
        }
    }
}

}  // namespace shaketable::sim
