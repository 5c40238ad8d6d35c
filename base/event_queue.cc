#include "base/event_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace shaketable {

void EventQueue::grow_places(TimerId count) {
    SHAKETABLE_CHECK(count < no_timer, "at most 2^28 - 2 timers");
    place_.resize(count + std::size_t{1000}, nowhere);
}

/// A vacant root stays so: what was popped there is before all others, so nothing moves past it.
void EventQueue::cancel_pending(TimerId timer) {
    const std::uint32_t place = std::exchange(place_[timer], nowhere);
    --pending_;
    if ((place & in_wheel) == 0)
        heap_remove(place);
    else
        wheel_remove(place & ~in_wheel);
}

// ---- the heap: 4 children, each knows its place ----

void EventQueue::make_room() {
    if (!wheel_mode_) {
        fill_root();
        spill();
    }
    if (heap_room_ + 3 == heap_.size()) heap_.resize(2 * heap_.size(), beyond);
    heap_room_ = heap_.size() - 3;
}

void EventQueue::heap_remove(std::uint32_t place) {
    const Entry last = std::exchange(heap_[--heap_size_], beyond);
    if (place == heap_size_) return;
    if (place > 0 && last < heap_[(place - 1) / 4])
        sift_up(place, last);
    else
        sift_down(place, last);
}

// ---- the wheel: slots of chunks, in order of arrival ----

std::uint32_t EventQueue::new_chunk() {
    if (free_chunk_ != nowhere) {
        const std::uint32_t chunk = free_chunk_;
        free_chunk_ = chunks_[chunk].next;
        return chunk;
    }
    SHAKETABLE_CHECK(chunks_.size() < (1U << 25U), "at most 2^25 chunks of timers");
    chunks_.emplace_back();
    return static_cast<std::uint32_t>(chunks_.size() - 1);
}

void EventQueue::append(std::uint32_t slot_index, TimerId timer, std::int64_t at) {
    Slot& slot = slots_[slot_index];
    if (slot.last == nowhere || chunks_[slot.last].used == chunk_room) {
        const std::uint32_t fresh = new_chunk();
        chunks_[fresh].next = nowhere;
        chunks_[fresh].used = 0;
        chunks_[fresh].slot = static_cast<std::uint16_t>(slot_index);
        if (slot.last == nowhere)
            slot.first = fresh;
        else
            chunks_[slot.last].next = fresh;
        slot.last = fresh;
    }
    Chunk& chunk = chunks_[slot.last];
    chunk.entries[chunk.used] = {at, timer};
    place_[timer] = in_wheel | (slot.last * 64 + chunk.used);
    ++chunk.used;
    ++slot.live;
}

void EventQueue::wheel_push(TimerId timer, std::int64_t at) {
    const std::uint64_t tick = tick_of(at);
    const std::uint64_t differs = tick ^ base_;
    const auto level =
        static_cast<std::uint32_t>(differs == 0 ? 0 : (63 - std::countl_zero(differs)) / 8);
    SHAKETABLE_CHECK(level < levels, "time beyond the wheel");
    const auto digit = static_cast<std::uint32_t>((tick >> (8 * level)) & 255U);
    append(level * 256 + digit, timer, at);
    filled_[level][digit / 64] |= std::uint64_t{1} << (digit % 64);
    ++in_wheel_count_;
}

void EventQueue::wheel_remove(std::uint32_t place) {
    Chunk& chunk = chunks_[place / 64];
    chunk.entries[place % 64].timer = no_timer;
    Slot& slot = slots_[chunk.slot];
    --slot.live;
    ++slot.dead;
    --in_wheel_count_;
    if (slot.dead > 2 * chunk_room && slot.dead > slot.live) compact(chunk.slot);
}

EventQueue::Slot EventQueue::take(std::uint32_t slot_index) {
    const Slot slot = slots_[slot_index];
    slots_[slot_index] = {nowhere, nowhere, 0, 0};
    return slot;
}

/// Calls `use` for each live entry in order, and gives the chunks back.
template <class Use>
void EventQueue::consume(Slot slot, Use use) {
    for (std::uint32_t c = slot.first; c != nowhere;) {
        // `use` may append to other slots and so move `chunks_`: index anew each time.
        for (std::uint32_t i = 0; i < chunks_[c].used; ++i) {
            const Waiting waiting = chunks_[c].entries[i];
            if (waiting.timer != no_timer) use(waiting);
        }
        const std::uint32_t next = chunks_[c].next;
        chunks_[c].next = free_chunk_;
        free_chunk_ = c;
        c = next;
    }
}

void EventQueue::compact(std::uint32_t slot_index) {
    const Slot old = take(slot_index);
    consume(old, [&](Waiting w) { append(slot_index, w.timer, w.at); });
}

/// Brings the timers of the next window from the wheel into the (empty) heap.
void EventQueue::open_window() {
    SHAKETABLE_CHECK(in_wheel_count_ > 0, "no timer is pending");
    if (in_wheel_count_ < gather_below) return gather();
    while (heap_size_ == 0) {
        std::uint32_t level = 0;
        std::uint32_t digit = 256;
        for (; level < levels && digit == 256; ++level) {
            const auto now = static_cast<std::uint32_t>((base_ >> (8 * level)) & 255U);
            std::uint64_t bits = filled_[level][now / 64] & (~std::uint64_t{0} << (now % 64));
            for (std::uint32_t word = now / 64;; bits = filled_[level][word]) {
                if (bits != 0) {
                    digit = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
                    break;
                }
                if (++word == 4) break;
            }
        }
        SHAKETABLE_CHECK(digit < 256, "timers in the wheel are found");
        --level;
        const std::uint64_t below = (std::uint64_t{1} << (8 * level)) - 1;
        const std::uint64_t above = ~((std::uint64_t{256} << (8 * level)) - 1);
        base_ = (base_ & above) | (std::uint64_t{digit} << (8 * level));
        filled_[level][digit / 64] &= ~(std::uint64_t{1} << (digit % 64));
        const Slot slot = take(level * 256 + digit);
        in_wheel_count_ -= slot.live;
        if (level == 0 || slot.live <= open_at_once) {
            window_end_ = base_ | below;
            consume(slot, [&](Waiting w) { heap_push(next_entry(w.timer, w.at)); });
        } else {
            consume(slot, [&](Waiting w) { wheel_push(w.timer, w.at); });
        }
    }
}

/// From heap alone to wheel and heap. In order, so that equal times keep theirs.
void EventQueue::spill() {
    const auto end = heap_.begin() + static_cast<std::ptrdiff_t>(heap_size_);
    std::vector<Entry> entries(heap_.begin(), end);
    std::sort(entries.begin(), entries.end());
    std::fill(heap_.begin(), end, beyond);
    heap_size_ = 0;
    wheel_mode_ = true;
    base_ = tick_of(static_cast<std::int64_t>(entries.front() >> 64U));
    window_end_ = base_;
    for (const Entry entry : entries) {
        const auto at = static_cast<std::int64_t>(entry >> 64U);
        if (tick_of(at) <= window_end_)
            heap_push(next_entry(timer_of(entry), at));
        else
            wheel_push(timer_of(entry), at);
    }
}

/// Back to the heap alone. Equal times share a slot, so order is kept slot by slot.
void EventQueue::gather() {
    for (std::uint32_t s = 0; s < slots_.size(); ++s)
        if (slots_[s].first != nowhere)
            consume(take(s), [&](Waiting w) { heap_push(next_entry(w.timer, w.at)); });
    for (auto& level : filled_) level = {};
    in_wheel_count_ = 0;
    wheel_mode_ = false;
    heap_room_ = spill_above;
}

std::size_t EventQueue::bytes() const noexcept {
    return heap_.capacity() * sizeof(Entry) + place_.capacity() * sizeof(std::uint32_t) +
           chunks_.capacity() * sizeof(Chunk) + sizeof(*this);
}

}  // namespace shaketable
