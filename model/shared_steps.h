/// Steps on what the requests of a replica share: caches, locks and rows; and loops, which stand on
/// the same frames. One code for both worlds.
///
/// `Host` derives from it and provides the world:
///   now(), model()
///   walkers()                 records by index, with `pc`, `frames`, and `prev` and `next`
///   step_dice_of, cold_of     (walker): cold_of is the share of fixed-share hits that miss
///   lock_of, cache_of         (walker, number in the program): of its replica
///   wait_for_another(walker)  it holds no worker meanwhile, where it need not: another may need it
///   wake(walker)              it goes on at this very instant
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "model/frames.h"
#include "model/key_cache.h"
#include "model/list.h"
#include "model/model.h"

namespace shaketable::model {

struct LockState {
    Index holder = none;
    List waiting;
};

/// One cache of one replica.
struct CacheState {
    std::optional<KeyCache> keys;                          ///< none: a fixed share of hits
    std::vector<std::pair<std::uint32_t, Index>> waiting;  ///< (key, walker) for a fill, in order
};

template <class Host>
class SharedSteps {
  protected:
    /// False: it waits for another's fill.
    [[nodiscard]] bool step_cache(Index walker, const Instruction& step);
    void step_cache_fill(Index walker, std::uint32_t cache);
    /// False: it waits.
    [[nodiscard]] bool step_lock(Index walker, std::uint32_t lock);
    /// Gives the lock to whoever waits longest. Does nothing if `walker` does not hold it.
    void unlock(Index walker, std::uint32_t lock);
    /// Takes a walker out of the row for its lock, or of those who wait for a cache to be filled.
    void leave_lock(Index walker);
    void step_row_read(Index walker, const Instruction& step);
    /// False: another has committed since the version was noted.
    [[nodiscard]] bool step_row_commit(Index walker);
    void step_loop_begin(Index walker, const Instruction& step);
    void step_loop_end(Index walker, const Instruction& step);
    /// Lets go of everything that the walker is inside of.
    void unwind(Index walker);

    Frames frames_;
    std::vector<LockState> locks_;
    std::vector<CacheState> caches_;
    std::vector<std::uint32_t> row_versions_;  ///< of optimistic steps

  private:
    [[nodiscard]] Host& host() noexcept { return static_cast<Host&>(*this); }
    void pop_frame(Index walker);
    void end_fill(Index walker, const Frame& frame);
};

template <class Host>
bool SharedSteps<Host>::step_cache(Index index, const Instruction& step) {
    auto& walker = host().walkers()[index];
    const CachePlan& plan = host().model().program.caches[step.a];
    Random& dice = host().step_dice_of(index);
    if (plan.hit >= 0) {
        const double die = dice.uniform();
        walker.pc = die < plan.hit * (1 - host().cold_of(index)) ? step.b : walker.pc + 1;
        return true;
    }
    CacheState& cache = host().cache_of(index, step.a);
    const std::uint32_t key = plan.keys.draw(dice);
    if (cache.keys->look_up(host().now(), key)) {
        walker.pc = step.b;
        return true;
    }
    if (plan.coalesce && cache.keys->is_filling(key)) {
        cache.waiting.emplace_back(key, index);
        host().wait_for_another(index);
        return false;
    }
    if (plan.coalesce) cache.keys->set_filling(key, true);
    frames_.push(walker.frames, {.kind = Frame::Kind::fill, .a = step.a, .b = key});
    ++walker.pc;
    return true;
}

template <class Host>
void SharedSteps<Host>::step_cache_fill(Index index, std::uint32_t number) {
    const Frame frame = frames_.take(host().walkers()[index].frames, Frame::Kind::fill);
    SHAKETABLE_CHECK(frame.a == number, "frames are nested");
    host().cache_of(index, number).keys->fill(host().now(), frame.b);
    end_fill(index, frame);
}

template <class Host>
void SharedSteps<Host>::end_fill(Index index, const Frame& frame) {
    if (!host().model().program.caches[frame.a].coalesce) return;
    CacheState& cache = host().cache_of(index, frame.a);
    // Whoever waited for this key looks again: a hit if it was filled, else the first of them fills
    // it.
    cache.keys->set_filling(frame.b, false);
    std::erase_if(cache.waiting, [&](const auto& waiter) {
        if (waiter.first != frame.b) return false;
        host().wake(waiter.second);
        return true;
    });
}

template <class Host>
bool SharedSteps<Host>::step_lock(Index index, std::uint32_t number) {
    LockState& lock = host().lock_of(index, number);
    if (lock.holder == none) {
        auto& walker = host().walkers()[index];
        lock.holder = index;
        frames_.push(walker.frames, {.kind = Frame::Kind::lock, .a = number});
        ++walker.pc;
        return true;
    }
    push(lock.waiting, host().walkers(), index);
    host().wait_for_another(index);
    return false;
}

template <class Host>
void SharedSteps<Host>::unlock(Index index, std::uint32_t number) {
    LockState& lock = host().lock_of(index, number);
    if (lock.holder != index) return;
    frames_.take_lock(host().walkers()[index].frames, number);
    const Index next = lock.holder = lock.waiting.first;
    if (next == none) return;
    unlink(lock.waiting, host().walkers(), next);
    auto& walker = host().walkers()[next];
    frames_.push(walker.frames, {.kind = Frame::Kind::lock, .a = number});
    ++walker.pc;
    host().wake(next);
}

template <class Host>
void SharedSteps<Host>::leave_lock(Index index) {
    const Instruction& step = host().model().program.code[host().walkers()[index].pc];
    if (step.op == Op::lock)
        return unlink(host().lock_of(index, step.a).waiting, host().walkers(), index);
    std::erase_if(host().cache_of(index, step.a).waiting,
                  [&](const auto& waiter) { return waiter.second == index; });
}

template <class Host>
void SharedSteps<Host>::step_row_read(Index index, const Instruction& step) {
    std::uint32_t row = step.a;
    if (step.b != none)
        row += host().model().program.row_keys[step.b].draw(host().step_dice_of(index));
    auto& walker = host().walkers()[index];
    frames_.push(walker.frames, {.kind = Frame::Kind::row, .a = row, .b = row_versions_[row]});
    ++walker.pc;
}

template <class Host>
bool SharedSteps<Host>::step_row_commit(Index index) {
    auto& walker = host().walkers()[index];
    const Frame frame = frames_.take(walker.frames, Frame::Kind::row);
    if (row_versions_[frame.a] != frame.b) return false;
    ++row_versions_[frame.a];
    ++walker.pc;
    return true;
}

template <class Host>
void SharedSteps<Host>::step_loop_begin(Index index, const Instruction& step) {
    auto& walker = host().walkers()[index];
    if (step.a == 0) {
        walker.pc = step.b;
        return;
    }
    frames_.push(walker.frames, {.kind = Frame::Kind::loop, .a = step.a});
    ++walker.pc;
}

template <class Host>
void SharedSteps<Host>::step_loop_end(Index index, const Instruction& step) {
    auto& walker = host().walkers()[index];
    if (--frames_.innermost(walker.frames, Frame::Kind::loop).a > 0) {
        walker.pc = step.a;
        return;
    }
    frames_.take(walker.frames, Frame::Kind::loop);
    ++walker.pc;
}

/// Lets go of the innermost thing that the walker is inside of.
template <class Host>
void SharedSteps<Host>::pop_frame(Index index) {
    auto& walker = host().walkers()[index];
    if (const Frame& frame = frames_.top(walker.frames); frame.kind == Frame::Kind::lock)
        return unlock(index, frame.a);
    const Frame frame = frames_.pop(walker.frames);
    if (frame.kind == Frame::Kind::fill) end_fill(index, frame);
}

template <class Host>
void SharedSteps<Host>::unwind(Index index) {
    while (host().walkers()[index].frames != none) pop_frame(index);
}

}  // namespace shaketable::model
