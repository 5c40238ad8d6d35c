/// All files that a run can be rendered to, by the ending of their names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/run_view.h"

namespace shaketable::reports {

struct Renderer {
    std::string_view ending;   ///< ".html", ".otlp.json": the longest that fits counts
    std::string_view summary;  ///< what it is, in a few words
    bool together = false;     ///< one file holds all runs; else there is one file for each
    /// Precondition: at least one run; exactly one where not `together`.
    std::string (*render)(const std::vector<RunView>& runs);
};

[[nodiscard]] std::span<const Renderer> renderers();
/// Nothing where no ending fits.
[[nodiscard]] const Renderer* find_renderer(std::string_view path);
/// "x.hgrm" for the variant "naive": "x.naive.hgrm". Precondition: the path has that ending.
[[nodiscard]] std::string path_for(std::string_view path, const Renderer& renderer,
                                   std::string_view variant);

}  // namespace shaketable::reports
