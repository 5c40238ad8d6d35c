// A request walking through the steps of its endpoint.
#include "model/stretch.h"
#include "sim/engine/hot_path.h"

namespace shaketable::sim {

/// Walks until the request has to wait for something. Work needs a worker; everything else takes no
/// time.
void Engine::run_walker(Index walker) {
    if (replicas_[walkers_[walker].replica].paused) [[unlikely]]
        return freeze(walker);
    while (true) {
        Walker& w = walkers_[walker];
        if (policies::has_passed(w.deadline, now_) && !w.has(is_branch)) [[unlikely]]
            return finish_walker(walker, Outcome::expired, 504);
        const Instruction& step = code_[w.pc];
        switch (step.op) {
            case Op::work:
                if (!step_work(walker, step)) return;
                break;
            case Op::call:
                w.go(Phase::calling);
                w.next = none;
                if (replicas_[w.replica].async) release_worker(walker);
                return start_call(state_of(w, step.a), walker);
            case Op::finish:
                return finish_walker(walker, Outcome::ok, 200);
            default:
                if (!step_other(walker, step)) return;
                break;
        }
    }
}

/// Stands still with its replica.
void Engine::freeze(Index walker) {
    walkers_[walker].go(Phase::running);
    frozen_[walkers_[walker].replica].push_back({walker, Duration{-1}});
}

/// True: done at once, walk on. False: the walker waits, or has ended.
bool Engine::step_other(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    switch (step.op) {
        case Op::wait:
            return step_wait(walker, step);
        case Op::spawn:
            ++w.pc;
            start_call(state_of(w, step.a), none);
            return true;
        case Op::fork:
            step_fork(walker, step);
            return false;
        case Op::chance:
            w.pc = step_dice_[replicas_[w.replica].service].chance(step.x) ? w.pc + 1 : step.a;
            return true;
        case Op::choose:
            w.pc = choose(step, step_dice_[replicas_[w.replica].service].uniform());
            return true;
        case Op::cache:
            return step_cache(walker, step);
        case Op::cache_fill:
            step_cache_fill(walker, step.a);
            ++walkers_[walker].pc;
            return true;
        case Op::lock:
            return step_lock(walker, step.a);
        case Op::unlock:
            unlock(walker, step.a);
            ++walkers_[walker].pc;
            return true;
        case Op::row_read:
            step_row_read(walker, step);
            return true;
        case Op::row_commit:
            if (step_row_commit(walker)) return true;
            finish_walker(walker, Outcome::error, 409);
            return false;
        case Op::loop_begin:
            step_loop_begin(walker, step);
            return true;
        case Op::loop_end:
            step_loop_end(walker, step);
            return true;
        case Op::reply:
            ++w.pc;
            step_reply(walker, static_cast<std::uint16_t>(step.a));
            return true;
        case Op::fail:
            finish_walker(walker, Outcome::error, static_cast<std::uint16_t>(step.a));
            return false;
        case Op::jump:
            w.pc = step.a;
            return true;
        case Op::work:
        case Op::call:
        case Op::finish:
            break;  // run_walker's own
    }
    return false;
}

std::uint32_t Engine::choose(const Instruction& step, double die) const {
    for (std::uint32_t i = 0; i < step.b; ++i) {
        const ChoiceEntry& entry = model_.program.choices[step.a + i];
        if (die < entry.cumulative) return entry.target;
    }
    return step.c;
}

[[gnu::always_inline]] inline bool Engine::step_work(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    Replica& replica = replicas_[w.replica];
    ServiceMeter& meter = *replica.meter;
    if (replica.async && !w.has(holds_worker)) {
        if (replica.busy >= replica.workers || replica.ready.size > 0) {
            w.go(Phase::ready);
            meter.add_waiting(now_);
            push(replica.ready, walker);
            return false;
        }
        give_worker(walker, replica);
    }
    Duration time = model_.program.samplers[step.a].draw(work_dice_[replica.service]);
    if (replica.contended) [[unlikely]]
        time = model::under_contention(model_.services[replica.service], replica.busy, time);
    meter.now.work += time;
    if (w.has(abandoned)) meter.now.wasted_work += time;
    ++w.pc;
    if (time == Duration{0}) return true;
    w.go(Phase::working);
    if (replica.cores != none) {
        w.add(in_core);
        cores_[replica.cores].add(now_, walker, time);
        schedule_cores(replica.cores);
        return false;
    }
    if (replica.slowdown != 1.0) [[unlikely]]
        time = model::stretched(time, replica.slowdown);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
    return false;
}

bool Engine::step_wait(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    const Duration time =
        model_.program.samplers[step.a].draw(step_dice_[replicas_[w.replica].service]);
    ++w.pc;
    if (time == Duration{0}) return true;
    if (replicas_[w.replica].async) release_worker(walker);
    w.go(Phase::working);
    w.add(waits_clock);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
    return false;
}

void Engine::on_work_done(Index walker) {
    Walker& w = walkers_[walker];
    w.go(Phase::running);
    w.drop(waits_clock);
    run_walker(walker);
}

void Engine::schedule_cores(std::uint32_t cores) {
    const TimerId timer = cores_timers_ + cores;
    queue_.cancel(timer);
    set(timer, cores_[cores].next_end(now_));
}

void Engine::on_cores(std::uint32_t cores) {
    const Index walker = cores_[cores].take_first(now_);
    schedule_cores(cores);
    walkers_[walker].drop(in_core);
    walkers_[walker].go(Phase::running);
    run_walker(walker);
}

// ---- forks ----

void Engine::step_fork(Index walker, const Instruction& step) {
    Index previous = none;
    const Index replica = walkers_[walker].replica;
    if (replicas_[walkers_[walker].replica].async) release_worker(walker);
    for (std::uint32_t i = 0; i < step.b; ++i) {
        const Index index = new_walker();
        Walker& branch = walkers_[index];
        branch = Walker{};
        branch.go(Phase::running);
        branch.add(is_branch);
        branch.parent = walker;
        branch.replica = replica;
        branch.deadline = walkers_[walker].deadline;
        branch.pc = model_.program.branches[step.a + i];
        branch.edge_state = previous;  // of a branch: the one before it
        branch.sibling = none;
        if (walkers_[walker].has(traced)) {
            branch.add(traced);
            tracer_->put_walker(index, tracer_->of_walker(walker));
        }
        (previous == none ? walkers_[walker].next : walkers_[previous].sibling) = index;
        previous = index;
        todo(Todo::What::run, index);
    }
    Walker& w = walkers_[walker];
    w.go(Phase::calling);
    w.add(forking);
    w.waiting_for = static_cast<std::uint16_t>(step.c);
    w.status = static_cast<std::uint16_t>(step.b);
    w.pc = model_.program.branches[step.a + step.b];
}

void Engine::finish_branch(Index branch, Outcome outcome, std::uint16_t status) {
    const Walker b = walkers_[branch];
    free_walker(branch);
    if (b.parent == none) return;
    Walker& parent = walkers_[b.parent];
    (b.edge_state == none ? parent.next : walkers_[b.edge_state].sibling) = b.sibling;
    if (b.sibling != none) walkers_[b.sibling].edge_state = b.edge_state;
    --parent.status;
    if (is_success(outcome)) --parent.waiting_for;
    if (parent.waiting_for == 0) {
        drop_branches(b.parent);
        parent.go(Phase::running);
        todo(Todo::What::run, b.parent);
    } else if (parent.status < parent.waiting_for) {
        drop_branches(b.parent);
        parent.go(Phase::running);
        todo(Todo::What::fail, b.parent, outcome, status);
    }
}

/// Lets go of the branches still running: they end on their own, for nobody.
void Engine::drop_branches(Index walker) {
    Walker& w = walkers_[walker];
    if (!w.has(forking)) return;
    for (Index branch = w.next; branch != none; branch = walkers_[branch].sibling)
        walkers_[branch].parent = none;
    w.next = none;
    w.drop(forking);
}

/// Who waits for another of this replica holds no worker meanwhile, where it need not: the other
/// one may need it.
void Engine::wait_for_another(Index walker) {
    walkers_[walker].go(Phase::locked);
    if (replicas_[walkers_[walker].replica].async) release_worker(walker);
}

// ---- answers ----

/// Answers now and goes on: the answer becomes a record of its own.
void Engine::step_reply(Index walker, std::uint16_t status) {
    if (walkers_[walker].has(is_branch) || walkers_[walker].has(replied)) return;
    walkers_[walker].add(replied);
    if (walkers_[walker].has(abandoned)) return;
    const Index message = new_walker();
    Walker& w = walkers_[walker];
    Walker& m = walkers_[message];
    m = w;
    m.frames = none;
    m.keep_only(by_call | probe | has_verdict | traced);
    if (w.has(traced)) tracer_->put_walker(message, tracer_->of_walker(walker));
    m.prev = m.next = none;
    m.go(Phase::returning);
    const TimerId old_timeout = timer_of(walker, WalkerTimer::timeout);
    if (queue_.is_pending(old_timeout)) {
        const Time at = queue_.time_of_pending(old_timeout);
        queue_.cancel(old_timeout);
        queue_.schedule(timer_of(message, WalkerTimer::timeout), at);
    }
    if (w.has(has_verdict)) set_late_verdict(message, late_verdicts_[walker]);
    w.drop(has_verdict);
    replace_child(walker, message);
    walkers_[walker].parent = none;
    answer(message, status < 400 ? Outcome::ok : Outcome::error, status);
}

/// The caller waits for `to` from now on, instead of `from`.
void Engine::replace_child(Index from, Index to) {
    const Walker& w = walkers_[from];
    if (w.has(by_call)) {
        Index* link = &calls_[w.parent].first;
        while (*link != from) link = &walkers_[*link].sibling;
        *link = to;
        return;
    }
    const bool from_workload = model_.edges[model_.edge_states[w.edge_state].edge].from_workload;
    if (!from_workload && w.parent != none) walkers_[w.parent].next = to;
}

/// A call of the walker was settled.
void Engine::resume(Index walker, Outcome outcome, std::uint16_t status) {
    Walker& w = walkers_[walker];
    const bool may_fail = code_[w.pc].optional;
    ++w.pc;
    if (is_success(outcome) || may_fail) return run_walker(walker);
    finish_walker(walker, Outcome::error, status);
}

}  // namespace shaketable::sim
