// A request at the stand-in: admission, waiting room, workers. As sim/engine/replicas.cc.
#include <algorithm>
#include <utility>

#include "injector/standin/replica.h"

namespace shaketable::injector {

using model::unlimited_places;
using policies::CancelMode;
using Todo = LiveRun::Todo;

List& Replica::queue_of(const Walker& w) {
    const auto levels = static_cast<std::uint32_t>(queues_.size());
    return queues_[std::min(w.priority, levels - 1)];
}

void Replica::enqueue(Index walker) {
    push(queue_of(walkers_[walker]), walker);
    ++queued_;
    if (service().queue.discipline == scenarios::Discipline::random) lots_.put(0, walker);
}

void Replica::dequeue(Index walker) {
    unlink(queue_of(walkers_[walker]), walker);
    --queued_;
    if (service().queue.discipline == scenarios::Discipline::random) lots_.take(0, walker);
}

/// Answers a request that is not served; the record of it is gone then.
void Replica::refuse(Index walker, Outcome outcome) {
    ++meter().now.refused[static_cast<std::size_t>(outcome)];
    answer(walker, outcome, outcome == Outcome::rate_limited ? 429 : 503);
    free_walker(walker);
}

/// Rate limit, shedding, concurrency limit, in this order. `ok` = may come in.
Outcome Replica::ask_inbound(const Walker& w) {
    if (rate_limit_ && !rate_limit_->admit(run_.now).admitted) return Outcome::rate_limited;
    if (shed_) {
        policies::ShedMachine::Queue queue;
        const Index head = queues_[0].first;
        if (head != none) queue.head_waited = run_.now - walkers_[head].since;
        if (service().queue_limit != 0 && service().queue_limit != unlimited_places)
            queue.fill = static_cast<double>(queued_) / service().queue_limit;
        if (!shed_->admit(run_.now, w.priority, queue)) return Outcome::shed;
    }
    if (limit_ && !limit_->try_enter()) return Outcome::limited;
    return Outcome::ok;
}

void Replica::arrive(Index walker) {
    Walker& w = walkers_[walker];
    ++meter().now.arrived;
    w.since = run_.now;
    if (!up_) return refuse(walker, Outcome::unreachable);
    if (policies::has_passed(w.deadline, run_.now)) return refuse(walker, Outcome::expired);
    const bool at_once = busy_ < workers_ && queued_ == 0 && ready_.size == 0 && !paused_;
    if (!at_once && queued_ >= service().queue_limit) return refuse(walker, Outcome::queue_full);
    if (service().policies) {
        const Outcome outcome = ask_inbound(w);
        if (outcome != Outcome::ok) return refuse(walker, outcome);
    }
    ++meter().now.admitted;
    meter().enter(run_.now);
    if (at_once) {
        meter().wait.record(Duration{0});
        if (shed_) shed_->on_start(run_.now, Duration{0});
        give_worker(walker);
        return run_walker(walker);
    }
    meter().add_waiting(run_.now);
    if (queued_ == 0) empty_at_ = run_.now;
    w.phase = Phase::queued;
    enqueue(walker);
    if (service().patience)
        run_.set(progress_timer(walker), run_.now + service().patience->draw(patience_dice_));
}

/// Who waits leaves by itself; to its caller that is a refusal.
void Replica::lose_patience(Index walker) {
    detach(walker);
    leave(walker);
    refuse(walker, Outcome::expired);
}

void Replica::give_worker(Index walker) {
    Walker& w = walkers_[walker];
    w.holds_worker = true;
    if (w.started == never) w.started = run_.now;
    w.phase = Phase::running;
    ++busy_;
    meter().add_busy(run_.now);
}

void Replica::release_worker(Index walker) {
    Walker& w = walkers_[walker];
    if (!std::exchange(w.holds_worker, false)) return;
    --busy_;
    meter().remove_busy(run_.now);
    if (queued_ > 0 || ready_.size > 0) serve_next();
}

/// Gives free workers to those who wait: first to requests that go on, then to new ones.
void Replica::serve_next() {
    while (up_ && !paused_ && busy_ < workers_) {
        if (ready_.first != none) {
            const Index walker = ready_.first;
            unlink(ready_, walker);
            meter().remove_waiting(run_.now);
            give_worker(walker);
            run_.then(Todo::What::run, walker);
            continue;
        }
        if (queued_ == 0) return;
        const Index walker = next_in_queue();
        Walker& w = walkers_[walker];
        dequeue(walker);
        meter().remove_waiting(run_.now);
        run_.queue.cancel(progress_timer(walker));
        const Duration waited = run_.now - w.since;
        if (const Outcome outcome = judge_wait(w, waited); outcome != Outcome::ok) {
            leave(walker);
            refuse(walker, outcome);
            continue;
        }
        meter().wait.record(waited);
        if (shed_) shed_->on_start(run_.now, waited);
        give_worker(walker);
        run_.then(Todo::What::run, walker);
    }
}

/// Is it still worth serving someone who has waited so long? `ok` = yes.
Outcome Replica::judge_wait(const Walker& w, Duration waited) {
    if (policies::has_passed(w.deadline, run_.now)) return Outcome::expired;
    const std::optional<Duration>& longest = service().queue.max_wait;
    if (longest && waited > *longest) return Outcome::expired;
    if (codel_ && codel_->should_drop(run_.now, waited, queued_ == 0)) return Outcome::shed;
    return Outcome::ok;
}

/// Who is served next. Adaptive LIFO turns round while the queue has not been empty for 100 ms.
/// Source: B. Maurer, "Fail at scale", ACM Queue 13(8), 2015.
Index Replica::next_in_queue() {
    const scenarios::Discipline discipline = service().queue.discipline;
    if (discipline == scenarios::Discipline::random) return lots_.draw(0, order_dice_);
    std::size_t level = 0;
    while (queues_[level].first == none) ++level;
    constexpr Duration patience = std::chrono::milliseconds{100};
    const bool newest_first =
        discipline == scenarios::Discipline::lifo ||
        (discipline == scenarios::Discipline::adaptive_lifo && run_.now - empty_at_ > patience);
    return newest_first ? queues_[level].last : queues_[level].first;
}

/// A request is no longer here.
void Replica::leave(Index walker) {
    const Walker& w = walkers_[walker];
    meter().leave(run_.now, w.since, run_.meters.segment_start());
    if (limit_) limit_->leave(run_.now, run_.now - w.since, is_abandoned(w), step_dice_);
}

/// The walker is going: so are its branches, and its call is left alone or taken back.
void Replica::leave_child(Index walker, CancelMode mode) {
    Walker& w = walkers_[walker];
    if (w.forking) {
        for (Index branch = w.first; branch != none;) {
            const Index next = walkers_[branch].sibling;
            walkers_[branch].parent = none;
            if (mode == CancelMode::propagate) cancel(branch, mode);
            branch = next;
        }
        walkers_[walker].first = none;
        walkers_[walker].forking = false;
        return;
    }
    if (w.phase == Phase::calling && caller_.is_calling(walker))
        caller_.leave(state_of(run_.model.program.code[w.pc].a), walker, mode);
}

/// Takes a walker out of whatever it holds or waits for. It is then in no row and has no timer.
void Replica::detach(Index walker) {
    Walker& w = walkers_[walker];
    run_.queue.cancel(progress_timer(walker));
    ++w.serial;  // burning goes on to its end, for nothing
    std::erase_if(frozen_, [&](const Frozen& f) { return f.walker == walker; });
    if (w.phase == Phase::queued) {
        dequeue(walker);
        meter().remove_waiting(run_.now);
    } else if (w.phase == Phase::ready) {
        unlink(ready_, walker);
        meter().remove_waiting(run_.now);
    } else if (w.phase == Phase::locked) {
        leave_lock(walker);
    } else if (w.in_core) {
        cores_->remove(run_.now, walker);
        w.in_core = false;
        schedule_cores();
    }
}

/// Its caller has closed the connection. A caller that named its edge cancels by its policy; of any
/// other, work that has begun goes on.
void Replica::on_gone(Index walker) {
    Walker& w = walkers_[walker];
    w.session = none;
    w.gone = true;
    CancelMode mode = CancelMode::queued;
    if (w.edge_state != none) {
        const policies::EdgePolicy& policy =
            run_.model.edges[run_.model.edge_states[w.edge_state].edge].policy;
        mode = policies::cancel_mode(policy.cancel);
        if (policy.hedge) mode = CancelMode::propagate;  // the loser of a race
    }
    if (mode != CancelMode::none) cancel(walker, mode);
}

/// The caller takes a request back. What is just going on at this instant is left alone.
void Replica::cancel(Index walker, CancelMode mode) {
    Walker& w = walkers_[walker];
    if (w.phase == Phase::coming) {
        run_.queue.cancel(progress_timer(walker));
        return free_walker(walker);
    }
    const bool calls = w.phase == Phase::calling && (w.forking || caller_.is_calling(walker));
    const bool stoppable =
        calls || w.phase == Phase::working || w.phase == Phase::ready || w.phase == Phase::locked;
    if (w.phase != Phase::queued && !(mode == CancelMode::propagate && stoppable)) return;
    leave_child(walker, mode);
    detach(walker);
    unwind(walker);
    release_worker(walker);
    if (!walkers_[walker].is_branch) {
        ++meter().now.cancelled;
        leave(walker);
    }
    free_walker(walker);
}

}  // namespace shaketable::injector
