/// Where a result comes from: what is needed to repeat it, and to show the scenario as it was
/// written.
///
/// It holds nothing of the machine or the moment, so that equal runs give equal files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

namespace shaketable::reports {

/// The exact text of a file that the scenario was read from.
struct SourceText {
    std::string name;  ///< as it was given on the command line or in an include
    std::string text;
    bool operator==(const SourceText&) const = default;
};

/// Where a part of the scenario stands: "expect[0]", "faults[1]", "services.web".
struct Anchor {
    std::string path;
    std::string file;
    int line = 0;  ///< from 1
    bool operator==(const Anchor&) const = default;
};

/// All parts may be empty: a record made by a program has none of them.
struct Provenance {
    std::uint32_t place = 0;  ///< among the variants of its run, in the order of the file; from 0
    std::string command;      ///< what to type to get the same result again
    std::vector<SourceText> sources;  ///< the main file first
    std::vector<Anchor> anchors;      ///< ascending by path
    Problems lint;                    ///< warnings about the scenario, before it was run
    [[nodiscard]] const Anchor* find(std::string_view path) const {
        for (const Anchor& anchor : anchors)
            if (anchor.path == path) return &anchor;
        return nullptr;
    }
    bool operator==(const Provenance&) const = default;
};

}  // namespace shaketable::reports
