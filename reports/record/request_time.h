/// Times of many requests added up: requests x time, in nanoseconds.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "base/units.h"

namespace shaketable::reports {

/// 64 bits of nanoseconds are full when a thousand requests have waited for three months and a
/// half.
__extension__ using WideTime = __int128;

/// 128 bits, which no run fills. May be below 0 for one segment of a live run, whose cuts are made
/// a moment late.
class RequestTime {
  public:
    constexpr RequestTime() noexcept = default;
    constexpr explicit RequestTime(WideTime ns) noexcept : ns_{ns} {}
    /// Every time is the time of one request.
    template <class Rep, class Period>
    constexpr RequestTime(std::chrono::duration<Rep, Period> time) noexcept  // NOLINT: see above
        : ns_{Duration{time}.count()} {}

    [[nodiscard]] constexpr WideTime count() const noexcept { return ns_; }
    constexpr RequestTime& operator+=(RequestTime other) noexcept {
        ns_ += other.ns_;
        return *this;
    }
    [[nodiscard]] friend constexpr RequestTime operator+(RequestTime a, RequestTime b) noexcept {
        return RequestTime{a.ns_ + b.ns_};
    }
    [[nodiscard]] friend constexpr RequestTime operator-(RequestTime a, RequestTime b) noexcept {
        return RequestTime{a.ns_ - b.ns_};
    }
    [[nodiscard]] friend constexpr RequestTime operator*(RequestTime a, std::uint32_t n) noexcept {
        return RequestTime{a.ns_ * n};
    }
    constexpr auto operator<=>(const RequestTime&) const noexcept = default;

  private:
    WideTime ns_ = 0;
};

[[nodiscard]] constexpr double to_seconds(RequestTime time) noexcept {
    return static_cast<double>(time.count()) * 1e-9;
}

}  // namespace shaketable::reports
