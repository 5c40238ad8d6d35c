/// A cache of keys with room for some and an age limit: least recently used goes first. Keys are
/// small integers, so look-up is by array and nothing is hashed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace shaketable::model {

class KeyCache {
  public:
    /// `capacity` 0: all keys fit. `ttl` counts from the fill.
    KeyCache(std::uint32_t keys, std::uint32_t capacity, Duration ttl);

    /// Is `key` held now? A hit makes it the most recently used.
    [[nodiscard]] bool look_up(Time now, std::uint32_t key);
    /// Holds `key` from now on; drops the least recently used when there is no room.
    void fill(Time now, std::uint32_t key);
    /// Drops the least recently used `share` of what is held.
    void drop(double share);

    /// Who waits for a fill of `key` that is under way, as the first of a list of walkers; none if
    /// nobody fills it.
    [[nodiscard]] bool is_filling(std::uint32_t key) const { return filling_[key] != 0; }
    void set_filling(std::uint32_t key, bool on) { filling_[key] = on ? 1 : 0; }
    [[nodiscard]] std::uint32_t held() const noexcept { return held_; }

  private:
    static constexpr std::uint32_t absent = 0xFFFF'FFFF;
    struct Entry {
        std::uint32_t prev = absent,
                      next = absent;  ///< in the order of use; the key itself if it stands alone
        Time filled = never;          ///< `never` = not held
    };
    void unlink(std::uint32_t key);
    void push_front(std::uint32_t key);

    std::vector<Entry> entries_;
    std::vector<std::uint8_t> filling_;
    std::uint32_t first_ = absent, last_ = absent;
    std::uint32_t capacity_;
    std::uint32_t held_ = 0;
    Duration ttl_;
};

}  // namespace shaketable::model
