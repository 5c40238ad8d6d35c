/// A cache of keys with room for some and an age limit: least recently used goes first. Keys are
/// small integers, so look-up is by array and nothing is hashed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/units.h"

namespace shaketable::model {

/// The array is in pages that are made when one of their keys is first asked for: most of a hundred
/// million keys never are. Memory: 8 bytes for each 256 keys, and 6 kB a page.
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

    /// Is a fill of `key` under way, for which others wait?
    [[nodiscard]] bool is_filling(std::uint32_t key) { return entry(key).filling; }
    void set_filling(std::uint32_t key, bool on) { entry(key).filling = on; }
    [[nodiscard]] std::uint32_t held() const noexcept { return held_; }
    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    static constexpr std::uint32_t absent = 0xFFFF'FFFF;
    static constexpr std::uint32_t page_bits = 8;
    struct Entry {
        std::uint32_t prev = absent,
                      next = absent;  ///< in the order of use; the key itself if it stands alone
        Time filled = never;          ///< `never` = not held
        bool filling = false;
    };
    using Page = std::array<Entry, std::size_t{1} << page_bits>;

    [[nodiscard]] Entry& entry(std::uint32_t key) {
        std::unique_ptr<Page>& page = pages_[key >> page_bits];
        if (!page) [[unlikely]]
            page = std::make_unique<Page>();
        return (*page)[key & ((1U << page_bits) - 1)];
    }
    void unlink(std::uint32_t key);
    void push_front(std::uint32_t key);
    void drop_oldest();

    std::vector<std::unique_ptr<Page>> pages_;
    std::uint32_t first_ = absent, last_ = absent;
    std::uint32_t capacity_;
    std::uint32_t held_ = 0;
    Duration ttl_;
};

}  // namespace shaketable::model
