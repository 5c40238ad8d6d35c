/// Expected output kept in files. To accept a change on purpose: run the tests with
/// SHAKETABLE_GOLDEN=write, and read the diff.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/source_path.h"

namespace shaketable::test {

/// A file of the project, by its path from the root.
inline std::string read_file(const std::string& path) {
    std::ifstream file(source_path(path), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// "" where `got` is what the file holds; else the first line that differs.
inline std::string difference(const std::string& path, const std::string& got) {
    if (const char* mode = std::getenv("SHAKETABLE_GOLDEN");
        mode != nullptr && std::string{mode} == "write")
        std::ofstream(source_path(path), std::ios::binary) << got;
    const std::string wanted = read_file(path);
    if (got == wanted) return {};
    std::stringstream a(wanted), b(got);
    std::string want, have;
    for (int line = 1;; ++line) {
        const bool more_wanted = static_cast<bool>(std::getline(a, want));
        const bool more_got = static_cast<bool>(std::getline(b, have));
        if (more_wanted && more_got && want == have) continue;
        if (!more_wanted) want = "(end)";
        if (!more_got) have = "(end)";
        return path + ":" + std::to_string(line) + "\n  wanted: " + want + "\n  got:    " + have;
    }
}

}  // namespace shaketable::test
