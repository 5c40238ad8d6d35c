/// Notices that the other side has fallen silent though its process is there: stopped, or hung.
///
/// Silence counts only while this process is awake itself. After both have been stopped together
/// (a suspended machine) nobody gives the other up.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/units.h"

namespace shaketable::injector {

class Lease {
  public:
    using Instant = std::chrono::steady_clock::time_point;
    /// `longest`: so much silence ends it.
    explicit Lease(Duration longest) : longest_{longest} {}

    void renew() noexcept { silence_ = Duration{0}; }
    /// To be asked more often than every `tick`, of which no more is counted at once.
    [[nodiscard]] bool is_over(Instant now = std::chrono::steady_clock::now()) noexcept {
        silence_ += std::min(std::chrono::duration_cast<Duration>(now - last_), tick);
        last_ = now;
        return silence_ > longest_;
    }
    /// Time for a sign of life? True several times in each lease.
    [[nodiscard]] bool is_sign_due(Instant now = std::chrono::steady_clock::now()) noexcept {
        if (now < next_sign_) return false;
        next_sign_ = now + longest_ / 8;
        return true;
    }

  private:
    static constexpr Duration tick = std::chrono::milliseconds{100};
    Duration longest_;
    Duration silence_{0};
    Instant last_ = std::chrono::steady_clock::now();
    Instant next_sign_{};
};

}  // namespace shaketable::injector
