/// Work that takes longer.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"

namespace shaketable::model {

/// `work` times `factor` >= 0, rounded; cut at ten years.
[[nodiscard]] constexpr Duration stretched(Duration work, double factor) noexcept {
    return Duration{static_cast<std::int64_t>(std::min(
        static_cast<double>(work.count()) * factor + 0.5, static_cast<double>(ten_years.count())))};
}

}  // namespace shaketable::model
