// A request walking through the steps of its endpoint. As sim/engine/steps.cc.
#include <utility>

#include "injector/standin/replica.h"
#include "model/stretch.h"

namespace shaketable::injector {

using model::Instruction;
using model::Op;
using Todo = LiveRun::Todo;

/// Walks until the request has to wait for something. Work needs a worker; everything else takes no
/// time.
void Replica::run_walker(Index walker) {
    if (paused_) {
        walkers_[walker].phase = Phase::running;
        frozen_.push_back({walker, Duration{-1}});
        return;
    }
    while (true) {
        Walker& w = walkers_[walker];
        if (policies::has_passed(w.deadline, run_.now) && !w.is_branch)
            return finish_walker(walker, Outcome::expired, 504);
        const Instruction& step = run_.model.program.code[w.pc];
        switch (step.op) {
            case Op::work:
                if (!step_work(walker, step)) return;
                break;
            case Op::wait:
                if (!step_wait(walker, step)) return;
                break;
            case Op::call:
                w.phase = Phase::calling;
                if (service().async) release_worker(walker);
                return caller_.start_call(state_of(step.a), walker, w.deadline, run_.now, w.trace);
            case Op::spawn:
                ++w.pc;
                caller_.start_call(state_of(step.a), none, never, run_.now, w.trace);
                break;
            case Op::fork:
                return step_fork(walker, step);
            case Op::chance:
                w.pc = step_dice_.chance(step.x) ? w.pc + 1 : step.a;
                break;
            case Op::choose:
                w.pc = choose(step, step_dice_.uniform());
                break;
            case Op::cache:
                if (!step_cache(walker, step)) return;
                break;
            case Op::cache_fill:
                step_cache_fill(walker, step.a);
                ++walkers_[walker].pc;
                break;
            case Op::lock:
                if (!step_lock(walker, step.a)) return;
                break;
            case Op::unlock:
                unlock(walker, step.a);
                ++walkers_[walker].pc;
                break;
            case Op::row_read:
                step_row_read(walker, step);
                break;
            case Op::row_commit:
                if (!step_row_commit(walker)) return finish_walker(walker, Outcome::error, 409);
                break;
            case Op::loop_begin:
                step_loop_begin(walker, step);
                break;
            case Op::loop_end:
                step_loop_end(walker, step);
                break;
            case Op::reply:
                ++w.pc;
                step_reply(walker, static_cast<std::uint16_t>(step.a));
                break;
            case Op::fail:
                return finish_walker(walker, Outcome::error, static_cast<std::uint16_t>(step.a));
            case Op::jump:
                w.pc = step.a;
                break;
            case Op::finish:
                return finish_walker(walker, Outcome::ok, 200);
        }
    }
}

std::uint32_t Replica::choose(const Instruction& step, double die) const {
    for (std::uint32_t i = 0; i < step.b; ++i) {
        const model::ChoiceEntry& entry = run_.model.program.choices[step.a + i];
        if (die < entry.cumulative) return entry.target;
    }
    return step.c;
}

/// True: done at once, walk on. False: the walker waits.
bool Replica::step_work(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    if (service().async && !w.holds_worker) {
        if (busy_ >= workers_ || ready_.size > 0) {
            w.phase = Phase::ready;
            meter().add_waiting(run_.now);
            push(ready_, walker);
            return false;
        }
        give_worker(walker);
    }
    Duration time = run_.model.program.samplers[step.a].draw(work_dice_);
    if (service().contended) time = model::under_contention(service(), busy_, time);
    meter().now.work += time;
    if (is_abandoned(w)) meter().now.wasted_work += time;
    ++w.pc;
    if (time == Duration{0}) return true;
    w.phase = Phase::working;
    const auto slowed = [&] { return slowdown_ == 1.0 ? time : model::stretched(time, slowdown_); };
    if (burner_) {
        burner_->start({.walker = walker, .serial = w.serial, .work = slowed()});
    } else if (cores_) {
        w.in_core = true;
        cores_->add(run_.now, walker, time);
        schedule_cores();
    } else {
        run_.set(progress_timer(walker), run_.now + slowed());
    }
    return false;
}

bool Replica::step_wait(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    const Duration time = run_.model.program.samplers[step.a].draw(step_dice_);
    ++w.pc;
    if (time == Duration{0}) return true;
    if (service().async) release_worker(walker);
    w.phase = Phase::working;
    run_.set(progress_timer(walker), run_.now + time);
    return false;
}

/// Its work or wait is over.
void Replica::go_on(Index walker) {
    walkers_[walker].phase = Phase::running;
    walkers_[walker].in_core = false;
    ++walkers_[walker].serial;
    run_walker(walker);
}

void Replica::schedule_cores() {
    run_.queue.cancel(cores_timer);
    run_.set(cores_timer, cores_->next_end(run_.now));
}

// ---- forks ----

void Replica::step_fork(Index walker, const Instruction& step) {
    Index previous = none;
    if (service().async) release_worker(walker);
    for (std::uint32_t i = 0; i < step.b; ++i) {
        const Index index = new_walker();
        Walker& branch = walkers_[index];
        branch.phase = Phase::running;
        branch.is_branch = true;
        branch.parent = walker;
        branch.deadline = walkers_[walker].deadline;
        branch.trace = walkers_[walker].trace;
        branch.pc = run_.model.program.branches[step.a + i];
        branch.older = previous;
        (previous == none ? walkers_[walker].first : walkers_[previous].sibling) = index;
        previous = index;
        run_.then(Todo::What::run, index);
    }
    Walker& w = walkers_[walker];
    w.phase = Phase::calling;
    w.forking = true;
    w.needed = static_cast<std::uint16_t>(step.c);
    w.running = static_cast<std::uint16_t>(step.b);
    w.pc = run_.model.program.branches[step.a + step.b];
}

void Replica::finish_branch(Index branch, Outcome outcome, std::uint16_t status) {
    const Walker b = walkers_[branch];
    free_walker(branch);
    if (b.parent == none) return;
    Walker& parent = walkers_[b.parent];
    (b.older == none ? parent.first : walkers_[b.older].sibling) = b.sibling;
    if (b.sibling != none) walkers_[b.sibling].older = b.older;
    --parent.running;
    if (is_success(outcome)) --parent.needed;
    if (parent.needed == 0) {
        drop_branches(b.parent);
        parent.phase = Phase::running;
        run_.then(Todo::What::run, b.parent);
    } else if (parent.running < parent.needed) {
        drop_branches(b.parent);
        parent.phase = Phase::running;
        run_.then(Todo::What::fail, b.parent, outcome, status);
    }
}

/// Lets go of the branches still running: they end on their own, for nobody.
void Replica::drop_branches(Index walker) {
    Walker& w = walkers_[walker];
    if (!std::exchange(w.forking, false)) return;
    for (Index branch = w.first; branch != none; branch = walkers_[branch].sibling)
        walkers_[branch].parent = none;
    w.first = none;
}

// ---- answers ----

/// Answers now and goes on.
void Replica::step_reply(Index walker, std::uint16_t status) {
    Walker& w = walkers_[walker];
    if (w.is_branch || w.replied) return;
    w.replied = true;
    w.gone = is_abandoned(w);
    w.patience = never;
    answer(walker, status < 400 ? Outcome::ok : Outcome::error, status);
}

/// A call of the walker was settled.
void Replica::resume(Index walker, Outcome outcome, std::uint16_t status) {
    Walker& w = walkers_[walker];
    const bool may_fail = run_.model.program.code[w.pc].optional;
    ++w.pc;
    w.phase = Phase::running;
    if (is_success(outcome) || may_fail) return run_walker(walker);
    finish_walker(walker, Outcome::error, status);
}

void Replica::finish_walker(Index walker, Outcome outcome, std::uint16_t status) {
    unwind(walker);
    release_worker(walker);
    if (walkers_[walker].is_branch) return finish_branch(walker, outcome, status);
    leave(walker);
    ++meter().now.completed;
    if (is_abandoned(walkers_[walker])) ++meter().now.wasted;
    answer(walker, outcome, status);
    free_walker(walker);
}

/// Who waits for another of this replica holds no worker meanwhile, where it need not: the other
/// one may need it.
void Replica::wait_for_another(Index walker) {
    walkers_[walker].phase = Phase::locked;
    if (service().async) release_worker(walker);
}

void Replica::wake(Index walker) {
    walkers_[walker].phase = Phase::running;
    run_.then(Todo::What::run, walker);
}

}  // namespace shaketable::injector
