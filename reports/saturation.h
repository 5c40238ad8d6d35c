/// Which service ran out of workers first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/record/record.h"

namespace shaketable::reports {

/// A sample step counts as saturated from this utilization on.
inline constexpr double saturated_from = 0.95;
/// ... for at least so many steps in a row, so that a chance peak is not taken for it.
inline constexpr std::size_t saturated_steps = 2;

struct Saturation {
    std::uint32_t service = 0;  ///< row of Record::services
    double after =
        0;  ///< seconds from the start of the fault, mean over the repeats in which it happened
    std::uint32_t repeats = 0;  ///< in which it was saturated
    double queue_most = 0;      ///< largest queue of a step from then on, mean over those repeats
    bool operator==(const Saturation&) const = default;
};

/// Services that became saturated between the first start of `fault` and the cool-down and were not
/// saturated in the two steps before, in more than half of the repeats with the fault; the one that
/// was first on average stands first.
[[nodiscard]] std::vector<Saturation> find_saturation(const Record& record,
                                                      const std::string& fault);

}  // namespace shaketable::reports
