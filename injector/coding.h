/// Numbers and texts as bytes, between processes of one build on one machine: the machine's own
/// byte order, no version. Reading is bounds-checked.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/units.h"

namespace shaketable::injector {

class Encoder {
  public:
    template <class T>
    requires std::is_arithmetic_v<T>
    void put(T number) {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        out_.append(bytes, sizeof number);
    }
    void put(Time time) { put(time.time_since_epoch().count()); }
    void put(Duration duration) { put(duration.count()); }
    void put_count(std::size_t count) { put(static_cast<std::uint32_t>(count)); }
    void put_text(std::string_view text) {
        put_count(text.size());
        out_.append(text);
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

/// What is read beyond the end, or after a mistake, is 0; ask `ok()` at the end.
class Decoder {
  public:
    explicit Decoder(std::string_view bytes) : rest_{bytes} {}

    template <class T>
    requires std::is_arithmetic_v<T>
    [[nodiscard]] T get() {
        T number{};
        if (rest_.size() < sizeof number) {
            fail();
            return T{};
        }
        std::memcpy(&number, rest_.data(), sizeof number);
        rest_.remove_prefix(sizeof number);
        return number;
    }
    [[nodiscard]] Time get_time() { return Time{Duration{get<std::int64_t>()}}; }
    [[nodiscard]] Duration get_duration() { return Duration{get<std::int64_t>()}; }
    /// A count of things of at least `bytes_each` bytes: fails where the rest cannot hold so many,
    /// so that a wrong count allocates nothing. Precondition: bytes_each > 0.
    [[nodiscard]] std::size_t get_count(std::size_t bytes_each) {
        const std::size_t count = get<std::uint32_t>();
        if (count <= rest_.size() / bytes_each) return count;
        fail();
        return 0;
    }
    [[nodiscard]] std::string get_text() {
        const std::size_t length = get_count(1);
        std::string text{rest_.substr(0, length)};
        rest_.remove_prefix(length);
        return text;
    }
    void fail() noexcept {
        failed_ = true;
        rest_ = {};
    }
    /// Everything was there, and nothing is left over.
    [[nodiscard]] bool ok() const noexcept { return !failed_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace shaketable::injector
