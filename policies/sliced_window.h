/// Counts over the last while, in slices: the oldest slice drops out as a whole.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace shaketable::policies {

/// `Counts` has += and -=, and Counts{} is zero. Slices are aligned to the start of the run: slice
/// i is [i * width, (i + 1) * width), so the window reaches back between (slices - 1) and `slices`
/// widths.
///
/// Memory is taken at construction only. A window of no slices counts nothing.
template <class Counts>
class SlicedWindow {
  public:
    SlicedWindow() = default;
    /// `length` > 0; no slices = nothing is counted; a width is at least a nanosecond.
    SlicedWindow(Duration length, std::uint32_t slices) : ring_(slices) {
        if (slices > 0 && length.count() > slices) width_ = length.count() / slices;
        next_ = Time{Duration{width_}};
    }

    /// Drops what is too old at `now`. Time does not run backwards; an earlier `now` changes
    /// nothing.
    void advance(Time now) noexcept {
        if (now < next_) [[likely]]
            return;
        move_to(now.time_since_epoch().count() / width_);
    }
    void add(Time now, const Counts& counts) noexcept {
        if (ring_.empty()) return;
        advance(now);
        ring_[at_] += counts;
        sum_ += counts;
    }
    /// Of the slices up to the last `advance` or `add`.
    [[nodiscard]] const Counts& sum() const noexcept { return sum_; }
    [[nodiscard]] Duration width() const noexcept { return Duration{width_}; }
    [[nodiscard]] bool empty() const noexcept { return ring_.empty(); }

    void clear() noexcept {
        for (Counts& c : ring_) c = Counts{};
        sum_ = Counts{};
    }

  private:
    void move_to(std::int64_t slice) noexcept {
        const auto n = static_cast<std::int64_t>(ring_.size());
        if (slice - current_ >= n) {
            clear();
        } else {
            for (std::int64_t i = current_ + 1; i <= slice; ++i) {
                Counts& oldest = ring_[static_cast<std::size_t>(i % n)];
                sum_ -= oldest;
                oldest = Counts{};
            }
        }
        current_ = slice;
        next_ = Time{Duration{(slice + 1) * width_}};
        at_ = n == 0 ? 0 : static_cast<std::size_t>(slice % n);
    }

    std::int64_t width_ = 1;
    std::int64_t current_ = 0;
    Time next_{Duration{width_}};  ///< start of the slice after the current one
    std::size_t at_ = 0;
    Counts sum_{};
    std::vector<Counts> ring_{};
};

}  // namespace shaketable::policies
