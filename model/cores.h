/// Processor sharing: the work of one replica on its cores. With n works on c cores, each gets
/// min(1, c/n) of a core.
///
/// In virtual time (the work that each has got so far) works end in the order of their finishing
/// tags, so a change costs a heap step and no work is visited. Exact up to a nanosecond of rounding
/// per change.
///
/// Source: the fluid model of generalised processor sharing, Parekh & Gallager 1993, with equal
/// weights.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace shaketable::model {

class Cores {
  public:
    explicit Cores(double cores = 1) : cores_{cores} {}

    void add(Time now, std::uint32_t walker, Duration work);
    /// Does nothing if `walker` has no work here. O(n).
    void remove(Time now, std::uint32_t walker);
    /// 1 = full speed, 0.5 = twice as slow, 0 = paused. False: it was so before, and nothing is
    /// changed, not even a rounding.
    bool set_speed(Time now, double speed);
    /// When the first work ends at the present speed; `never` if none or paused.
    [[nodiscard]] Time next_end(Time now) const;
    /// Takes out the work that ends first. Precondition: there is one.
    [[nodiscard]] std::uint32_t take_first(Time now);
    [[nodiscard]] bool empty() const noexcept { return works_.empty(); }
    void clear() noexcept { works_.clear(); }

  private:
    struct Work {
        double tag;  ///< virtual time, in ns, at which it ends
        std::uint64_t serial;
        std::uint32_t walker;
    };
    [[nodiscard]] static bool later(const Work& a, const Work& b) noexcept {
        return a.tag != b.tag ? a.tag > b.tag : a.serial > b.serial;
    }
    [[nodiscard]] double rate() const noexcept;
    void advance(Time now);

    double cores_;
    double speed_ = 1;
    double virtual_ = 0;
    Time last_{};
    std::uint64_t serial_ = 0;
    std::vector<Work> works_;  ///< a binary heap, earliest tag first
};

}  // namespace shaketable::model
