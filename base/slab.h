/// Records of one size, addressed by 32-bit index, reused last-freed first. Growing never moves the
/// free list's order, so indices are the same in every run of the same scenario.
///
/// Not thread-safe. Allocates only while growing to a new maximum.
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"

namespace shaketable {

template <class T>
class Slab {
  public:
    static constexpr std::uint32_t none = 0xFFFF'FFFF;

    /// Index of a record in an unspecified state; the caller assigns all of it.
    [[nodiscard]] std::uint32_t take() {
        ++live_;
        if (free_.empty()) {
            SHAKETABLE_CHECK(records_.size() < (1U << 26U), "at most 2^26 records in flight");
            records_.emplace_back();
            return static_cast<std::uint32_t>(records_.size() - 1);
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        return index;
    }
    void give_back(std::uint32_t index) {
        --live_;
        free_.push_back(index);
    }
    [[nodiscard]] T& operator[](std::uint32_t index) { return records_[index]; }
    [[nodiscard]] const T& operator[](std::uint32_t index) const { return records_[index]; }

    [[nodiscard]] std::uint32_t live() const noexcept { return live_; }
    /// Indices handed out so far are below this.
    [[nodiscard]] std::uint32_t size() const noexcept {
        return static_cast<std::uint32_t>(records_.size());
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return records_.capacity() * sizeof(T) + free_.capacity() * sizeof(std::uint32_t);
    }

  private:
    std::vector<T> records_;
    std::vector<std::uint32_t> free_;
    std::uint32_t live_ = 0;
};

}  // namespace shaketable
