// A request at a replica: admission, waiting room, workers.
#include <algorithm>
#include <optional>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using policies::CancelMode;

std::uint32_t Engine::priority_of(const Walker& w) const {
    return model_.edges[model_.edge_states[w.edge_state].edge].priority;
}

List& Engine::queue_of(const Walker& w) {
    const Replica& replica = replicas_[w.replica];
    const std::uint32_t levels = model_.services[replica.service].priorities;
    const std::uint32_t level = levels > 1 ? std::min(priority_of(w), levels - 1) : 0;
    return queues_[replica.first_queue + level];
}

void Engine::refuse(Index walker, Outcome outcome) {
    ++meter_of(walkers_[walker]).now.refused[static_cast<std::size_t>(outcome)];
    answer(walker, outcome, outcome == Outcome::rate_limited ? 429 : 503);
}

/// Rate limit, shedding, concurrency limit, in this order. `ok` = may come in.
Outcome Engine::ask_inbound(const Walker& w) {
    Inbound& inbound = inbound_[w.replica];
    if (inbound.rate_limit && !inbound.rate_limit->admit(now_).admitted)
        return Outcome::rate_limited;
    if (inbound.shed) {
        const Replica& replica = replicas_[w.replica];
        const ServicePlan& service = model_.services[replica.service];
        policies::ShedMachine::Queue queue;
        const Index head = queues_[replica.first_queue].first;
        if (head != none) queue.head_waited = now_ - walkers_[head].since;
        if (service.queue_limit != 0 && service.queue_limit != unlimited_places)
            queue.fill = static_cast<double>(replica.queued) / service.queue_limit;
        if (!inbound.shed->admit(now_, priority_of(w), queue)) return Outcome::shed;
    }
    if (inbound.limit && !inbound.limit->try_enter()) return Outcome::limited;
    return Outcome::ok;
}

void Engine::arrive(Index walker) {
    Walker& w = walkers_[walker];
    Replica& replica = replicas_[w.replica];
    ServiceMeter& meter = *replica.meter;
    ++meter.now.arrived;
    w.since = now_;
    if (w.has(traced)) tracer_->arrived(tracer_->of_walker(walker), now_);
    if (!replica.up) [[unlikely]]
        return refuse(walker, Outcome::unreachable);
    if (policies::has_passed(w.deadline, now_)) return refuse(walker, Outcome::expired);
    const bool at_once = replica.busy < replica.workers && replica.queued == 0 &&
                         replica.ready.size == 0 && !replica.paused;
    if (!at_once && replica.queued >= replica.queue_limit)
        return refuse(walker, Outcome::queue_full);
    if (replica.guarded) {
        const Outcome outcome = ask_inbound(w);
        if (outcome != Outcome::ok) return refuse(walker, outcome);
    }
    ++meter.now.admitted;
    meter.enter(now_);
    if (++replica.in_hand >= replica.crash_at) [[unlikely]]
        break_down_soon(w.replica);
    if (at_once) {
        meter.wait.record(Duration{0});
        if (replica.guarded && inbound_[w.replica].shed)
            inbound_[w.replica].shed->on_start(now_, Duration{0});
        give_worker(walker, replica);
        return run_walker(walker);
    }
    meter.add_waiting(now_);
    if (replica.queued == 0) replica.empty_at = now_;
    w.go(Phase::queued);
    push(replica.orderly ? queues_[replica.first_queue] : queue_of(w), walker);
    ++replica.queued;
    if (replica.orderly) return;
    if (replica.by_lot) lots_.put(w.replica, walker);
    const ServicePlan& service = model_.services[replica.service];
    if (service.patience)
        queue_.schedule(timer_of(walker, WalkerTimer::progress),
                        now_ + service.patience->draw(patience_dice_[replica.service]));
}

/// Who waits leaves by itself; to its caller that is a refusal.
void Engine::lose_patience(Index walker) {
    detach(walker);
    leave(walker);
    refuse(walker, Outcome::expired);
}

/// Gives free workers to those who wait: first to requests that go on, then to new ones.
void Engine::serve_next(Index index) {
    while (true) {
        Replica& replica = replicas_[index];
        if (!replica.up || replica.paused || replica.busy >= replica.workers) return;
        ServiceMeter& meter = *replica.meter;
        if (replica.ready.first != none) {
            const Index walker = replica.ready.first;
            unlink(replica.ready, walker);
            meter.remove_waiting(now_);
            give_worker(walker, replica);
            todo(Todo::What::run, walker);
            continue;
        }
        if (replica.queued == 0) return;
        const Index walker =
            replica.orderly ? queues_[replica.first_queue].first : next_in_queue(index);
        const Walker& w = walkers_[walker];
        const Duration waited = now_ - w.since;
        unlink(replica.orderly ? queues_[replica.first_queue] : queue_of(w), walker);
        --replica.queued;
        if (replica.by_lot) lots_.take(index, walker);
        meter.remove_waiting(now_);
        if (!replica.orderly) queue_.cancel(timer_of(walker, WalkerTimer::progress));
        if (const Outcome outcome = judge_wait(index, w, waited); outcome != Outcome::ok) {
            leave(walker);
            refuse(walker, outcome);
            continue;
        }
        meter.wait.record(waited);
        if (replica.guarded && inbound_[index].shed) inbound_[index].shed->on_start(now_, waited);
        give_worker(walker, replica);
        todo(Todo::What::run, walker);
    }
}

/// Is it still worth serving someone who has waited so long? `ok` = yes.
Outcome Engine::judge_wait(Index replica, const Walker& w, Duration waited) {
    if (policies::has_passed(w.deadline, now_)) return Outcome::expired;
    if (replicas_[replica].orderly) return Outcome::ok;
    const scenarios::Queue& queue = model_.services[replicas_[replica].service].queue;
    if (queue.max_wait && waited > *queue.max_wait) return Outcome::expired;
    std::optional<policies::CoDelMachine>& codel = inbound_[replica].codel;
    if (codel && codel->should_drop(now_, waited, replicas_[replica].queued == 0))
        return Outcome::shed;
    return Outcome::ok;
}

/// Who is served next. Adaptive LIFO turns round while the queue has not been empty for 100 ms.
/// Source: B. Maurer, "Fail at scale", ACM Queue 13(8), 2015.
Index Engine::next_in_queue(Index index) {
    const Replica& replica = replicas_[index];
    if (replica.by_lot) return lots_.draw(index, order_dice_[replica.service]);
    const ServicePlan& service = model_.services[replica.service];
    const List* list = &queues_[replica.first_queue];
    for (std::uint32_t level = 0; list->first == none && level < service.priorities; ++level)
        list = &queues_[replica.first_queue + level];
    constexpr Duration patience = std::chrono::milliseconds{100};
    const scenarios::Discipline discipline = service.queue.discipline;
    const bool newest_first =
        discipline == scenarios::Discipline::lifo ||
        (discipline == scenarios::Discipline::adaptive_lifo && now_ - replica.empty_at > patience);
    return newest_first ? list->last : list->first;
}

/// The concurrency limit learns how long a request stayed.
void Engine::tell_limit(Index walker) {
    const Walker& w = walkers_[walker];
    if (!inbound_[w.replica].limit) return;
    inbound_[w.replica].limit->leave(now_, now_ - w.since, w.has(abandoned),
                                     step_dice_[replicas_[w.replica].service]);
}

/// Takes out of a replica whatever a walker holds or waits for there. It is then in no list and has
/// no timer of its own.
void Engine::detach(Index walker) {
    Walker& w = walkers_[walker];
    Replica& replica = replicas_[w.replica];
    ServiceMeter& meter = meter_of(w);
    queue_.cancel(timer_of(walker, WalkerTimer::progress));
    if (replica.paused)
        std::erase_if(frozen_[w.replica], [&](const Frozen& f) { return f.walker == walker; });
    if (w.phase() == Phase::queued) {
        unlink(queue_of(w), walker);
        --replica.queued;
        if (replica.by_lot) lots_.take(w.replica, walker);
        meter.remove_waiting(now_);
    } else if (w.phase() == Phase::ready) {
        unlink(replica.ready, walker);
        meter.remove_waiting(now_);
    } else if (w.phase() == Phase::locked) {
        leave_lock(walker);
    } else if (w.has(in_core)) {
        cores_[replica.cores].remove(now_, walker);
        w.drop(in_core);
        schedule_cores(replica.cores);
    }
}

/// The caller takes a request back. What has been answered, or is just going on at this instant, is
/// left alone.
void Engine::cancel(Index walker, CancelMode mode) {
    Walker& w = walkers_[walker];
    const bool waiting = w.phase() == Phase::queued;
    if (w.phase() == Phase::travelling) {
        const TimerId arrival = timer_of(walker, WalkerTimer::progress);
        if (!queue_.is_pending(arrival)) return;  // it arrives at this very instant
        queue_.cancel(arrival);
        return free_walker(walker);
    }
    const bool stoppable = w.phase() == Phase::working || w.phase() == Phase::calling ||
                           w.phase() == Phase::ready || w.phase() == Phase::locked;
    if (!waiting && !(mode == CancelMode::propagate && stoppable)) return;
    leave_child(walker, mode);
    detach(walker);
    unwind(walker);
    release_worker(walker);
    if (!walkers_[walker].has(is_branch)) {
        ++meter_of(walkers_[walker]).now.cancelled;
        leave(walker);
    }
    free_walker(walker);
}

}  // namespace shaketable::sim
