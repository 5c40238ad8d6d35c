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
    push_frame(walker, {.kind = Frame::Kind::fill, .a = step.a, .b = key, .next = none});
    ++walkers_[walker].pc;
    return true;
}

void Replica::step_cache_fill(Index walker, std::uint32_t number) {
    const Frame frame = take_frame(walker, Frame::Kind::fill);
    SHAKETABLE_CHECK(frame.a == number, "frames are nested");
    cache_of(number).keys->fill(run_.now, frame.b);
    end_fill(frame);
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

void Replica::step_row_read(Index walker, const Instruction& step) {
    std::uint32_t row = step.a;
    if (step.b != none) row += run_.model.program.row_keys[step.b].draw(step_dice_);
    push_frame(walker, {.kind = Frame::Kind::row, .a = row, .b = row_versions_[row]});
    ++walkers_[walker].pc;
}

/// False: another has committed since the version was noted.
bool Replica::step_row_commit(Index walker) {
    const Frame frame = take_frame(walker, Frame::Kind::row);
    if (row_versions_[frame.a] != frame.b) return false;
    ++row_versions_[frame.a];
    ++walkers_[walker].pc;
    return true;
}

void Replica::push_frame(Index walker, Frame frame) {
    const Index index = frames_.take();
    frame.next = walkers_[walker].frames;
    frames_[index] = frame;
    walkers_[walker].frames = index;
}

/// The innermost frame of a kind, or where its index stands. Locks that were taken in between, and
/// are held on, lie above it.
Index* Replica::find_frame(Index walker, Frame::Kind kind) {
    Index* link = &walkers_[walker].frames;
    while (*link != none && frames_[*link].kind != kind) link = &frames_[*link].next;
    SHAKETABLE_CHECK(*link != none, "who leaves something has been inside of it");
    return link;
}

Frame Replica::take_frame(Index walker, Frame::Kind kind) {
    Index* link = find_frame(walker, kind);
    const Index index = *link;
    const Frame frame = frames_[index];
    *link = frame.next;
    frames_.give_back(index);
    return frame;
}

/// Lets go of the innermost thing that the walker is inside of.
void Replica::pop_frame(Index walker) {
    Walker& w = walkers_[walker];
    const Frame frame = frames_[w.frames];
    if (frame.kind == Frame::Kind::lock) return unlock(walker, frame.a);
    frames_.give_back(w.frames);
    w.frames = frame.next;
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
    if (--frames_[*find_frame(walker, Frame::Kind::loop)].a > 0) {
        w.pc = step.a;
    } else {
        (void)take_frame(walker, Frame::Kind::loop);
        ++w.pc;
    }
}

}  // namespace shaketable::injector
