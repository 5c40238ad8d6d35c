// Steps on what the requests of a replica share: caches and locks; and loops. As
// sim/engine/steps.cc.
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
    push_frame(walker, {.kind = Frame::Kind::fill, .a = step.a, .b = key, .next = none});
    ++walkers_[walker].pc;
    return true;
}

void Replica::step_cache_fill(Index walker, std::uint32_t number) {
    const Frame frame = frames_[walkers_[walker].frames];
    SHAKETABLE_CHECK(frame.kind == Frame::Kind::fill && frame.a == number, "frames are nested");
    cache_of(number).keys->fill(run_.now, frame.b);
    pop_frame(walker);
}

bool Replica::step_lock(Index walker, std::uint32_t number) {
    LockState& lock = locks_[number];
    if (lock.holder == none) {
        lock.holder = walker;
        push_frame(walker, {.kind = Frame::Kind::lock, .a = number, .next = none});
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
    Index* link = &walkers_[walker].frames;
    while (frames_[*link].kind != Frame::Kind::lock || frames_[*link].a != number)
        link = &frames_[*link].next;
    const Index frame = *link;
    *link = frames_[frame].next;
    frames_.give_back(frame);
    lock.holder = lock.waiting.first;
    if (lock.holder == none) return;
    const Index next = lock.holder;
    unlink(lock.waiting, next);
    push_frame(next, {.kind = Frame::Kind::lock, .a = number, .next = none});
    ++walkers_[next].pc;
    walkers_[next].phase = Phase::running;
    run_.then(Todo::What::run, next);
}

void Replica::push_frame(Index walker, Frame frame) {
    const Index index = frames_.take();
    frame.next = walkers_[walker].frames;
    frames_[index] = frame;
    walkers_[walker].frames = index;
}

/// Lets go of the innermost thing that the walker is inside of.
void Replica::pop_frame(Index walker) {
    Walker& w = walkers_[walker];
    const Frame frame = frames_[w.frames];
    if (frame.kind == Frame::Kind::lock) return unlock(walker, frame.a);
    frames_.give_back(w.frames);
    w.frames = frame.next;
    if (frame.kind != Frame::Kind::fill) return;
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
    Frame& frame = frames_[w.frames];
    SHAKETABLE_CHECK(frame.kind == Frame::Kind::loop, "frames are nested");
    if (--frame.a > 0) {
        w.pc = step.a;
    } else {
        pop_frame(walker);
        ++walkers_[walker].pc;
    }
}

}  // namespace shaketable::injector
