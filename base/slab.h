/// Records of one size, addressed by 32-bit index, reused last-freed first. Growing never moves the
/// free list's order, so indices are the same in every run of the same scenario.
///
/// Not thread-safe. Allocates only while growing to a new maximum; plain records are not
/// copied by that.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "base/paged_vector.h"

namespace shaketable {

template <class T>
class Slab {
  public:
    static constexpr std::uint32_t none = 0xFFFF'FFFF;

    /// Index of a record in an unspecified state; the caller assigns all of it.
    [[nodiscard]] std::uint32_t take() {
        if (free_count_ == 0) [[unlikely]]
            grow();
        return free_[--free_count_];
    }
    /// Will the next one taken be of a new maximum? Its index is then size().
    [[nodiscard]] bool is_full() const noexcept { return free_count_ == 0; }
    void give_back(std::uint32_t index) { free_[free_count_++] = index; }
    [[nodiscard]] T& operator[](std::uint32_t index) { return records_[index]; }
    [[nodiscard]] const T& operator[](std::uint32_t index) const { return records_[index]; }

    [[nodiscard]] std::uint32_t live() const noexcept { return size() - free_count_; }
    /// Indices handed out so far are below this.
    [[nodiscard]] std::uint32_t size() const noexcept {
        return static_cast<std::uint32_t>(records_.size());
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return records_.capacity() * sizeof(T) + free_.capacity() * sizeof(std::uint32_t);
    }

  private:
    void grow() {
        SHAKETABLE_CHECK(records_.size() < (1U << 26U), "at most 2^26 records in flight");
        records_.emplace_back();
        free_.extend(records_.capacity());
        free_[free_count_++] = size() - 1;
    }

    std::conditional_t<std::is_trivially_copyable_v<T>, PagedVector<T>, std::vector<T>> records_;
    PagedVector<std::uint32_t> free_;  ///< a stack in its first `free_count_`; room for all records
    std::uint32_t free_count_ = 0;
};

}  // namespace shaketable
