// Steps on what the requests of a replica share: caches, locks and rows; and loops. As
// sim/engine/steps.cc and rows.cc.
#include "base/check.h"
#include "injector/standin/replica.h"

namespace shaketable::injector {

using model::Instruction;
using model::Op;
using Todo = LiveRun::Todo;

bool Replica::step_cache(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    const model::CachePlan& plan = run_.model.program.caches[step.a];
    if (plan.hit >= 0) {
        const double die = step_dice_.uniform();
        w.pc = die < plan.hit * (1 - cold_) ? step.b : w.pc + 1;
        return true;
    }
    CacheState& cache = cache_of(step.a);
    const std::uint32_t key = plan.keys.draw(step_dice_);
    if (cache.keys->look_up(run_.now, key)) {
        w.pc = step.b;
        return true;
    }
    if (plan.coalesce && cache.keys->is_filling(key)) {
        cache.waiting.emplace_back(key, walker);
        wait_for_another(walker);
        return false;
    }
    if (plan.coalesce) cache.keys->set_filling(key, true);
    frames_.push(walkers_[walker].frames, {.kind = Frame::Kind::fill, .a = step.a, .b = key});
    ++walkers_[walker].pc;
    return true;
}

void Replica::step_cache_fill(Index walker, std::uint32_t number) {
    const Frame frame = frames_.take(walkers_[walker].frames, Frame::Kind::fill);
    SHAKETABLE_CHECK(frame.a == number, "frames are nested");
    cache_of(number).keys->fill(run_.now, frame.b);
    end_fill(frame);
}

bool Replica::step_lock(Index walker, std::uint32_t number) {
    LockState& lock = locks_[number];
    if (lock.holder == none) {
        lock.holder = walker;
        frames_.push(walkers_[walker].frames, {.kind = Frame::Kind::lock, .a = number});
        ++walkers_[walker].pc;
        return true;
    }
    push(lock.waiting, walker);
    wait_for_another(walker);
    return false;
}

/// Who waits for another of this replica holds no worker meanwhile, where it need not: the other
/// one may need it.
void Replica::wait_for_another(Index walker) {
    walkers_[walker].phase = Phase::locked;
    if (service().async) release_worker(walker);
}

/// Gives the lock to whoever waits longest. Does nothing if `walker` does not hold it.
void Replica::unlock(Index walker, std::uint32_t number) {
    LockState& lock = locks_[number];
    if (lock.holder != walker) return;
    frames_.take_lock(walkers_[walker].frames, number);
    lock.holder = lock.waiting.first;
    if (lock.holder == none) return;
    const Index next = lock.holder;
    unlink(lock.waiting, next);
    frames_.push(walkers_[next].frames, {.kind = Frame::Kind::lock, .a = number});
    ++walkers_[next].pc;
    walkers_[next].phase = Phase::running;
    run_.then(Todo::What::run, next);
}

void Replica::step_row_read(Index walker, const Instruction& step) {
    std::uint32_t row = step.a;
    if (step.b != none) row += run_.model.program.row_keys[step.b].draw(step_dice_);
    frames_.push(walkers_[walker].frames,
                 {.kind = Frame::Kind::row, .a = row, .b = row_versions_[row]});
    ++walkers_[walker].pc;
}

/// False: another has committed since the version was noted.
bool Replica::step_row_commit(Index walker) {
    const Frame frame = frames_.take(walkers_[walker].frames, Frame::Kind::row);
    if (row_versions_[frame.a] != frame.b) return false;
    ++row_versions_[frame.a];
    ++walkers_[walker].pc;
    return true;
}

/// Lets go of the innermost thing that the walker is inside of.
void Replica::pop_frame(Index walker) {
    Walker& w = walkers_[walker];
    if (const Frame& frame = frames_.top(w.frames); frame.kind == Frame::Kind::lock)
        return unlock(walker, frame.a);
    const Frame frame = frames_.pop(w.frames);
    if (frame.kind == Frame::Kind::fill) end_fill(frame);
}

void Replica::end_fill(const Frame& frame) {
    CacheState& cache = cache_of(frame.a);
    if (!run_.model.program.caches[frame.a].coalesce) return;
    // Whoever waited for this key looks again: a hit if it was filled, else the first of them fills
    // it.
    cache.keys->set_filling(frame.b, false);
    std::erase_if(cache.waiting, [&](const auto& waiter) {
        if (waiter.first != frame.b) return false;
        walkers_[waiter.second].phase = Phase::running;
        run_.then(Todo::What::run, waiter.second);
        return true;
    });
}

void Replica::unwind(Index walker) {
    while (walkers_[walker].frames != none) pop_frame(walker);
}

/// Takes a walker out of the row for its lock, or of those who wait for a cache to be filled.
void Replica::leave_lock(Index walker) {
    const Instruction& step = run_.model.program.code[walkers_[walker].pc];
    if (step.op == Op::lock) return unlink(locks_[step.a].waiting, walker);
    std::erase_if(cache_of(step.a).waiting,
                  [&](const auto& entry) { return entry.second == walker; });
}

void Replica::step_loop_end(Index walker, const Instruction& step) {
    Walker& w = walkers_[walker];
    if (--frames_.innermost(w.frames, Frame::Kind::loop).a > 0) {
        w.pc = step.a;
    } else {
        frames_.take(w.frames, Frame::Kind::loop);
        ++w.pc;
    }
}

}  // namespace shaketable::injector
