/// The set of pending timers, in exact (time, order of scheduling) order, with removal in constant
/// time.
///
/// Timers are named by small integers that their owner chooses (two per record of the model), so
/// cancelling needs no handle and a rescheduled timer leaves nothing behind. Few pending timers
/// live in an indexed 4-ary heap of 16-byte entries. Many live in a hierarchical wheel (6 levels of
/// 256 slots, ticks of 256 ns) with the heap in front of it for the window that is open now: a
/// timeout set a second ahead and cancelled 10 ms later then costs an append and one store.
///
/// Not thread-safe; one per run. Allocates only while growing to a new maximum.
///
/// Source: Varghese & Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/paged_vector.h"
#include "base/units.h"

namespace shaketable {

/// Names one timer; 0 .. 2^28-1.
using TimerId = std::uint32_t;

class EventQueue {
  public:
    struct Fired {
        Time at;
        TimerId timer;
    };

    /// Room for timers 0 .. count-1; grows, never shrinks.
    void reserve(TimerId count) {
        if (count > place_.size()) [[unlikely]]
            grow_places(count);
    }

    /// Precondition: `timer` is not pending, and `at` is not before the last event that was popped.
    void schedule(TimerId timer, Time at) {
        SHAKETABLE_CHECK(place_[timer] == nowhere, "a timer is scheduled once at a time");
        const std::int64_t ns = at.time_since_epoch().count();
        SHAKETABLE_CHECK(ns >= latest_, "nothing is scheduled in the past");
        ++pending_;
        if (heap_size_ == heap_room_ && !wheel_mode_) [[unlikely]]
            make_room();
        if (wheel_mode_ && tick_of(ns) > window_end_) return wheel_push(timer, ns);
        const Entry entry = next_entry(timer, ns);
        if (!root_is_vacant_) return heap_push(entry);
        root_is_vacant_ = false;
        sift_down(0, entry);
    }
    /// Does nothing if `timer` is not pending.
    void cancel(TimerId timer) {
        if (place_[timer] != nowhere) cancel_pending(timer);
    }
    [[nodiscard]] bool is_pending(TimerId timer) const { return place_[timer] != nowhere; }
    /// When a pending timer fires. Precondition: it is pending.
    [[nodiscard]] Time time_of_pending(TimerId timer) const {
        const std::uint32_t place = place_[timer];
        if ((place & in_wheel) == 0) return time_of(heap_[place]);
        const std::uint32_t entry = place & ~in_wheel;
        return Time{Duration{chunks_[entry / 64].entries[entry % 64].at}};
    }
    [[nodiscard]] bool empty() const noexcept { return pending_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return pending_; }

    /// When the earliest timer fires. Precondition: not empty.
    [[nodiscard]] Time next_time() {
        fill_root();
        if (heap_size_ == 0) open_window();
        return time_of(heap_[0]);
    }
    /// Takes the earliest timer out. Precondition: not empty.
    Fired pop() {
        fill_root();
        if (heap_size_ == 0) open_window();
        const Entry top = heap_[0];
        const TimerId timer = timer_of(top);
        place_[timer] = nowhere;
        --pending_;
        root_is_vacant_ = true;
        latest_ = static_cast<std::int64_t>(top >> 64U);
        return {time_of(top), timer};
    }
    /// Bytes held, for the memory figures.
    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    // time | serial (36 bits) | timer (28 bits): one comparison orders by (time, serial). 6.8e10
    // events a run.
    __extension__ using Entry = unsigned __int128;
    struct Waiting {
        std::int64_t at;
        TimerId timer;
    };
    static constexpr std::uint32_t chunk_room = 63;
    struct Chunk {
        std::uint32_t next;
        std::uint16_t used;
        std::uint16_t slot;
        std::array<Waiting, chunk_room> entries;
    };
    struct Slot {
        std::uint32_t first, last;  ///< chunks
        std::uint32_t live, dead;
    };

    static constexpr Entry beyond = ~Entry{0};
    static constexpr std::uint32_t nowhere = 0xFFFF'FFFF;
    static constexpr std::uint32_t in_wheel = 0x8000'0000;
    static constexpr TimerId no_timer = (1U << 28U) - 1;
    static constexpr int levels = 6;
    static constexpr int tick_bits = 8;
    static constexpr std::size_t spill_above = 320;    ///< heap alone up to here
    static constexpr std::size_t gather_below = 96;    ///< and again from here
    static constexpr std::uint32_t open_at_once = 24;  ///< so few entries skip the lower levels

    [[nodiscard]] static Time time_of(Entry e) noexcept {
        return Time{Duration{static_cast<std::int64_t>(e >> 64U)}};
    }
    [[nodiscard]] static TimerId timer_of(Entry e) noexcept {
        return static_cast<TimerId>(e) & ((1U << 28U) - 1);
    }
    [[nodiscard]] static std::uint64_t tick_of(std::int64_t at) noexcept {
        return static_cast<std::uint64_t>(at) >> tick_bits;
    }

    /// An event mostly schedules another one: the place at the top is left vacant until the next
    /// timer comes to fill it, or until somebody looks.
    void fill_root() {
        if (!root_is_vacant_) return;
        root_is_vacant_ = false;
        heap_remove(0);
    }
    void grow_places(TimerId count);
    void cancel_pending(TimerId timer);
    [[nodiscard]] Entry next_entry(TimerId timer, std::int64_t at) noexcept {
        return (static_cast<Entry>(static_cast<std::uint64_t>(at)) << 64U) |
               static_cast<Entry>(serial_++ << 28U | timer);
    }
    void heap_push(Entry entry) {
        if (heap_size_ == heap_room_) [[unlikely]]
            make_room();
        sift_up(heap_size_++, entry);
    }
    void make_room();  ///< called when `heap_room_` is used up
    void heap_remove(std::uint32_t place);
    void sift_up(std::size_t hole, Entry entry) {
        Entry* const heap = heap_.data();
        std::uint32_t* const place = place_.data();
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / 4;
            const Entry above = heap[parent];
            if (above < entry) break;
            heap[hole] = above;
            place[timer_of(above)] = static_cast<std::uint32_t>(hole);
            hole = parent;
        }
        heap[hole] = entry;
        place[timer_of(entry)] = static_cast<std::uint32_t>(hole);
    }
    void sift_down(std::size_t hole, Entry entry) {
        Entry* const heap = heap_.data();
        std::uint32_t* const place = place_.data();
        const std::size_t size = heap_size_;
        for (std::size_t first = 4 * hole + 1; first < size; first = 4 * hole + 1) {
            // Which child is least is a toss-up that no branch predictor learns.
            const Entry* const child = heap + first;
            const Entry* const a = child + (child[1] < child[0] ? 1 : 0);
            const Entry* const b = child + 2 + (child[3] < child[2] ? 1 : 0);
            const Entry* const least =
                __builtin_expect_with_probability(*b < *a ? 1 : 0, 1, 0.5) != 0 ? b : a;
            const Entry moved = *least;
            if (entry < moved) break;
            heap[hole] = moved;
            place[timer_of(moved)] = static_cast<std::uint32_t>(hole);
            hole = static_cast<std::size_t>(least - heap);
        }
        heap[hole] = entry;
        place[timer_of(entry)] = static_cast<std::uint32_t>(hole);
    }
    void wheel_push(TimerId timer, std::int64_t at);
    void wheel_remove(std::uint32_t place);
    void append(std::uint32_t slot, TimerId timer, std::int64_t at);
    void compact(std::uint32_t slot);
    [[nodiscard]] Slot take(std::uint32_t slot);
    [[nodiscard]] std::uint32_t new_chunk();
    template <class Use>
    void consume(Slot slot, Use use);
    void open_window();
    void spill();
    void gather();

    /// The heap is its first `heap_size_` entries. All after them are `beyond`, and at least three
    /// follow, so that the children of an entry are four whenever there is one.
    std::vector<Entry> heap_ = std::vector<Entry>(spill_above + 3, beyond);
    std::size_t heap_size_ = 0;
    std::size_t heap_room_ = spill_above;  ///< so many, then `make_room`
    PagedVector<std::uint32_t>
        place_;  ///< per timer: index in the heap, or chunk * 64 + entry with `in_wheel`
    std::uint64_t serial_ = 0;
    std::int64_t latest_ = 0;  ///< time of the last event popped
    std::size_t pending_ = 0;
    std::size_t in_wheel_count_ = 0;
    bool wheel_mode_ = false;
    bool root_is_vacant_ = false;
    std::uint64_t base_ = 0;        ///< tick that slots are counted from
    std::uint64_t window_end_ = 0;  ///< last tick whose timers are in the heap
    PagedVector<Chunk> chunks_;
    std::uint32_t free_chunk_ = nowhere;
    std::array<Slot, static_cast<std::size_t>(levels)* 256> slots_ = empty_slots();
    std::array<std::array<std::uint64_t, 4>, levels>
        filled_{};  ///< a bit per slot that is not empty

    [[nodiscard]] static constexpr std::array<Slot, static_cast<std::size_t>(levels) * 256>
    empty_slots() {
        std::array<Slot, static_cast<std::size_t>(levels) * 256> slots{};
        for (Slot& s : slots) s = {nowhere, nowhere, 0, 0};
        return slots;
    }
};

}  // namespace shaketable
