#include "base/event_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace shaketable {

void EventQueue::reserve(TimerId count) {
    SHAKETABLE_CHECK(count < no_timer, "at most 2^28 - 2 timers");
    if (count > place_.size())
        place_.resize(std::max<std::size_t>(count, place_.size() * 2), nowhere);
}

void EventQueue::schedule(TimerId timer, Time at) {
    SHAKETABLE_CHECK(place_[timer] == nowhere, "a timer is scheduled once at a time");
    ++pending_;
    const std::int64_t ns = at.time_since_epoch().count();
    SHAKETABLE_CHECK(ns >= latest_, "nothing is scheduled in the past");
    if (!wheel_mode_) {
        heap_push(timer, ns);
        if (heap_.size() > spill_above) [[unlikely]]
            spill();
    } else if (tick_of(ns) <= window_end_) {
        heap_push(timer, ns);
    } else {
        wheel_push(timer, ns);
    }
}

// ---- the heap: 4 children, each knows its place ----

void EventQueue::heap_push(TimerId timer, std::int64_t at) {
    const Entry entry = (static_cast<Entry>(static_cast<std::uint64_t>(at)) << 64U) |
                        (static_cast<Entry>(serial_++) << 28U) | timer;
    if (std::exchange(root_is_vacant_, false)) return sift_down(0, entry);
    heap_.push_back(entry);
    sift_up(heap_.size() - 1, entry);
}

void EventQueue::sift_up(std::size_t hole, Entry entry) {
    while (hole > 0) {
        const std::size_t parent = (hole - 1) / 4;
        if (heap_[parent] < entry) break;
        heap_[hole] = heap_[parent];
        place_[timer_of(heap_[hole])] = static_cast<std::uint32_t>(hole);
        hole = parent;
    }
    heap_[hole] = entry;
    place_[timer_of(entry)] = static_cast<std::uint32_t>(hole);
}

void EventQueue::sift_down(std::size_t hole, Entry entry) {
    const std::size_t size = heap_.size();
    while (true) {
        const std::size_t first = 4 * hole + 1;
        if (first >= size) break;
        std::size_t least = first;
        if (first + 4 <= size) [[likely]] {
            // Which child is least is a toss-up that no branch predictor learns.
            const std::size_t a = first + (heap_[first + 1] < heap_[first] ? 1 : 0);
            const std::size_t b = first + 2 + (heap_[first + 3] < heap_[first + 2] ? 1 : 0);
            const std::size_t mask = std::size_t{0} - (heap_[b] < heap_[a] ? 1U : 0U);
            least = a ^ ((a ^ b) & mask);
        } else {
            for (std::size_t child = first + 1; child < size; ++child)
                if (heap_[child] < heap_[least]) least = child;
        }
        if (entry < heap_[least]) break;
        heap_[hole] = heap_[least];
        place_[timer_of(heap_[hole])] = static_cast<std::uint32_t>(hole);
        hole = least;
    }
    heap_[hole] = entry;
    place_[timer_of(entry)] = static_cast<std::uint32_t>(hole);
}

void EventQueue::heap_remove(std::uint32_t place) {
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
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
    while (heap_.empty()) {
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
            consume(slot, [&](Waiting w) { heap_push(w.timer, w.at); });
        } else {
            consume(slot, [&](Waiting w) { wheel_push(w.timer, w.at); });
        }
    }
}

/// From heap alone to wheel and heap. In order, so that equal times keep theirs.
void EventQueue::spill() {
    std::vector<Entry> entries = std::move(heap_);
    heap_.clear();
    std::sort(entries.begin(), entries.end());
    wheel_mode_ = true;
    base_ = tick_of(static_cast<std::int64_t>(entries.front() >> 64U));
    window_end_ = base_;
    for (const Entry entry : entries) {
        const auto at = static_cast<std::int64_t>(entry >> 64U);
        if (tick_of(at) <= window_end_)
            heap_push(timer_of(entry), at);
        else
            wheel_push(timer_of(entry), at);
    }
}

/// Back to the heap alone. Equal times share a slot, so order is kept slot by slot.
void EventQueue::gather() {
    for (std::uint32_t s = 0; s < slots_.size(); ++s)
        if (slots_[s].first != nowhere)
            consume(take(s), [&](Waiting w) { heap_push(w.timer, w.at); });
    for (auto& level : filled_) level = {};
    in_wheel_count_ = 0;
    wheel_mode_ = false;
}

std::size_t EventQueue::bytes() const noexcept {
    return heap_.capacity() * sizeof(Entry) + place_.capacity() * sizeof(std::uint32_t) +
           chunks_.capacity() * sizeof(Chunk) + sizeof(*this);
}

}  // namespace shaketable
