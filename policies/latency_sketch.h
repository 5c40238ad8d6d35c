/// Quantiles of recent latencies in 640 bytes: a histogram of logarithmic bins that forgets by
/// halving.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace shaketable::policies {

/// Eight bins per power of two from 1 µs to six days, linear within a bin: a quantile is off by
/// less than a bin's width, 12.5 %, and far less where the law is smooth. At `memory` samples all
/// counts are halved, so that old ones fade away.
class LatencySketch {
  public:
    LatencySketch() = default;
    /// `memory`: samples kept in mind; 2 .. 60,000. Takes its memory here.
    explicit LatencySketch(std::uint32_t memory);

    void add(Duration latency) noexcept;
    /// The smallest time with `share` of the samples at or below it; 0 < share < 1. Precondition:
    /// `count()` > 0.
    [[nodiscard]] Duration quantile(double share) const noexcept;
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    void clear() noexcept;

  private:
    void halve() noexcept;

    std::uint32_t memory_ = 0;
    std::uint32_t count_ = 0;
    std::vector<std::uint16_t> bins_{};
};

}  // namespace shaketable::policies
