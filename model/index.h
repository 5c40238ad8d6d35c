/// Records by number.
#pragma once

#include <cstdint>

namespace shaketable::model {

using Index = std::uint32_t;
inline constexpr Index none = 0xFFFF'FFFF;

}  // namespace shaketable::model
