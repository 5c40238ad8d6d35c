/// Where the project's own files lie.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace shaketable::test {

/// A file or folder of the project, by its path from the root.
inline std::string source_path(std::string_view from_root) {
    return (std::filesystem::path{SHAKETABLE_SOURCE_DIR} / from_root).string();
}

}  // namespace shaketable::test
