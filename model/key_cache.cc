#include "model/key_cache.h"

namespace shaketable::model {

KeyCache::KeyCache(std::uint32_t keys, std::uint32_t capacity, Duration ttl)
    : pages_((std::size_t{keys} >> page_bits) + 1),
      capacity_{capacity == 0 ? keys : capacity},
      ttl_{ttl} {}

void KeyCache::unlink(std::uint32_t key) {
    const Entry& gone = entry(key);
    (gone.prev == absent ? first_ : entry(gone.prev).next) = gone.next;
    (gone.next == absent ? last_ : entry(gone.next).prev) = gone.prev;
}

void KeyCache::push_front(std::uint32_t key) {
    entry(key).prev = absent;
    entry(key).next = first_;
    (first_ == absent ? last_ : entry(first_).prev) = key;
    first_ = key;
}

bool KeyCache::look_up(Time now, std::uint32_t key) {
    Entry& asked = entry(key);
    if (asked.filled == never) return false;
    if (ttl_ != forever && now - asked.filled >= ttl_) {
        unlink(key);
        asked.filled = never;
        --held_;
        return false;
    }
    unlink(key);
    push_front(key);
    return true;
}

void KeyCache::fill(Time now, std::uint32_t key) {
    Entry& filled = entry(key);
    if (filled.filled != never) {
        unlink(key);
    } else {
        ++held_;
    }
    filled.filled = now;
    push_front(key);
    if (held_ > capacity_) drop_oldest();
}

void KeyCache::drop_oldest() {
    const std::uint32_t oldest = last_;
    unlink(oldest);
    entry(oldest).filled = never;
    --held_;
}

void KeyCache::drop(double share) {
    const auto wanted = static_cast<std::uint32_t>(static_cast<double>(held_) * share + 0.5);
    for (std::uint32_t n = 0; n < wanted; ++n) drop_oldest();
}

std::size_t KeyCache::bytes() const noexcept {
    std::size_t sum = pages_.capacity() * sizeof(std::unique_ptr<Page>);
    for (const auto& page : pages_) sum += page ? sizeof(Page) : 0;
    return sum;
}

}  // namespace shaketable::model
