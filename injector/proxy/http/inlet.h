/// The reading half of one way of HTTP: what has come and is not dealt with yet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "injector/proxy/socket.h"

namespace shaketable::injector::proxy {

/// Holds at most 64 KiB, which is more than a head may have; 2 KiB while it is empty.
class Inlet {
  public:
    /// Reads once. Precondition: has_room().
    Transfer fill(Socket& source) {
        if (first_ > 0 && first_ == last_) first_ = last_ = 0;
        if (last_ == bytes_.size()) grow();
        const Transfer got = source.read({bytes_.data() + last_, bytes_.size() - last_});
        last_ += got.bytes;
        return got;
    }
    [[nodiscard]] bool has_room() const noexcept { return last_ - first_ < size_max; }
    [[nodiscard]] std::string_view view() const noexcept {
        return {bytes_.data() + first_, last_ - first_};
    }
    [[nodiscard]] char* data() noexcept { return bytes_.data() + first_; }
    void drop(std::size_t count) noexcept { first_ += count; }
    /// Between messages: gives back what a large one needed.
    void rest() {
        if (first_ != last_ || bytes_.size() <= size_kept) return;
        bytes_ = std::vector<char>(size_kept);
        first_ = last_ = 0;
    }

  private:
    static constexpr std::size_t size_kept = 2'048, size_max = 65'536;

    void grow() {
        if (first_ > 0) {
            std::memmove(bytes_.data(), bytes_.data() + first_, last_ - first_);
            last_ -= first_;
            first_ = 0;
            return;
        }
        bytes_.resize(std::clamp(bytes_.size() * 2, size_kept, size_max));
    }

    std::vector<char> bytes_;
    std::size_t first_ = 0, last_ = 0;
};

}  // namespace shaketable::injector::proxy
