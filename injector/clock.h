/// The time of a live run. All its processes share the machine's monotonic clock and are told the
/// instant of t = 0, so their times can be compared.
#pragma once

#include <chrono>

#include "base/units.h"

namespace shaketable::injector {

class LiveClock {
  public:
    /// `zero`: the instant of t = 0; may lie ahead, then `now()` is negative until it comes.
    explicit LiveClock(std::chrono::steady_clock::time_point zero) : zero_{zero} {}

    [[nodiscard]] Time now() const noexcept {
        return Time{std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - zero_)};
    }
    [[nodiscard]] std::chrono::steady_clock::time_point zero() const noexcept { return zero_; }

  private:
    std::chrono::steady_clock::time_point zero_;
};

}  // namespace shaketable::injector
