/// The page's script and style, embedded at build time from reports/web/ (see its CMakeLists.txt).
#pragma once

#include <string_view>

namespace shaketable::reports {

/// A text and the SHA-256 digest of exactly that text, in 64 lower-case hexadecimal digits.
struct WebAsset {
    std::string_view text;
    std::string_view digest;
};
[[nodiscard]] WebAsset page_script();
[[nodiscard]] WebAsset page_style();
/// Of the index over many runs.
[[nodiscard]] WebAsset index_script();

}  // namespace shaketable::reports
