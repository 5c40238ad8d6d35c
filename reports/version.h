/// The version that stands in every result. The same as the project's in CMakeLists.txt (a test
/// compares them).
#pragma once

#include <string_view>

namespace shaketable::reports {

inline constexpr std::string_view tool_version = "0.1.0";

}  // namespace shaketable::reports
