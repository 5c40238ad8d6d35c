#include "model/key_cache.h"

namespace shaketable::model {

KeyCache::KeyCache(std::uint32_t keys, std::uint32_t capacity, Duration ttl)
    : entries_(keys), filling_(keys), capacity_{capacity == 0 ? keys : capacity}, ttl_{ttl} {}

void KeyCache::unlink(std::uint32_t key) {
    const Entry& entry = entries_[key];
    (entry.prev == absent ? first_ : entries_[entry.prev].next) = entry.next;
    (entry.next == absent ? last_ : entries_[entry.next].prev) = entry.prev;
}

void KeyCache::push_front(std::uint32_t key) {
    entries_[key].prev = absent;
    entries_[key].next = first_;
    (first_ == absent ? last_ : entries_[first_].prev) = key;
    first_ = key;
}

bool KeyCache::look_up(Time now, std::uint32_t key) {
    Entry& entry = entries_[key];
    if (entry.filled == never) return false;
    if (ttl_ != forever && now - entry.filled >= ttl_) {
        unlink(key);
        entry.filled = never;
        --held_;
        return false;
    }
    unlink(key);
    push_front(key);
    return true;
}

void KeyCache::fill(Time now, std::uint32_t key) {
    Entry& entry = entries_[key];
    if (entry.filled != never) {
        unlink(key);
    } else {
        ++held_;
    }
    entry.filled = now;
    push_front(key);
    if (held_ > capacity_) {
        const std::uint32_t oldest = last_;
        unlink(oldest);
        entries_[oldest].filled = never;
        --held_;
    }
}

void KeyCache::drop(double share) {
    const auto wanted = static_cast<std::uint32_t>(static_cast<double>(held_) * share + 0.5);
    for (std::uint32_t n = 0; n < wanted; ++n) {
        const std::uint32_t oldest = last_;
        unlink(oldest);
        entries_[oldest].filled = never;
        --held_;
    }
}

}  // namespace shaketable::model
