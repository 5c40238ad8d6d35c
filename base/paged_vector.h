/// A vector of plain records that, once it is large, grows without copying them and without
/// touching what is not used yet: memory is pages of the kernel, which moves them (mremap) and
/// gives them zeroed, on first touch. A std::vector holds its records twice while it grows, and
/// that moment would decide how much memory the whole program needs.
///
/// Never shrinks. Move-only. Running out of memory throws std::bad_alloc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace shaketable {

namespace detail {
/// `to` bytes that begin with the `from` bytes of `block`, which is gone (null for 0); the others
/// are zero. 0 <= from < to.
[[nodiscard]] void* grow_block(void* block, std::size_t from, std::size_t to);
void free_block(void* block, std::size_t bytes) noexcept;
}  // namespace detail

template <class T>
class PagedVector {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    static_assert(alignof(T) <= 64);

  public:
    PagedVector() = default;
    PagedVector(PagedVector&& other) noexcept
        : records_{std::exchange(other.records_, nullptr)},
          size_{std::exchange(other.size_, 0)},
          capacity_{std::exchange(other.capacity_, 0)} {}
    PagedVector& operator=(PagedVector&& other) noexcept {
        std::swap(records_, other.records_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    PagedVector(const PagedVector&) = delete;
    PagedVector& operator=(const PagedVector&) = delete;
    ~PagedVector() { detail::free_block(records_, capacity_ * sizeof(T)); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Records that there are addresses for; memory is taken by those that were touched.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] T* data() noexcept { return records_; }
    [[nodiscard]] const T* data() const noexcept { return records_; }
    [[nodiscard]] T& operator[](std::size_t index) noexcept { return records_[index]; }
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return records_[index]; }

    T& emplace_back() {
        if (size_ == capacity_) [[unlikely]]
            grow(size_ + 1);
        return *std::construct_at(records_ + size_++);
    }
    /// The new ones are of zero bytes, and not touched. Precondition: not fewer than there are.
    void extend(std::size_t size) {
        static_assert(std::is_trivially_default_constructible_v<T>);
        if (size > capacity_) grow(size);
        size_ = size;
    }
    void resize(std::size_t size, const T& value) {
        if (size > capacity_) grow(size);
        if (size > size_) std::uninitialized_fill(records_ + size_, records_ + size, value);
        size_ = size;
    }

  private:
    void grow(std::size_t least) {
        constexpr std::size_t first = std::max<std::size_t>(1, 1024 / sizeof(T));
        const std::size_t room = std::max({least, 2 * capacity_, first});
        records_ =
            static_cast<T*>(detail::grow_block(records_, capacity_ * sizeof(T), room * sizeof(T)));
        capacity_ = room;
    }

    T* records_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace shaketable
