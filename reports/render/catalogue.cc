#include "reports/render/catalogue.h"

#include <array>

#include "reports/render/html.h"
#include "reports/render/json.h"

namespace shaketable::reports {

namespace {

using Runs = std::vector<RunView>;

std::string json(const Runs& runs) {
    const RunView& run = runs.front();
    return to_json(*run.scenario, *run.record, *run.findings, *run.provenance);
}

constexpr std::array all{
    Renderer{".html", "the report, one page that works offline", true, to_html},
    Renderer{".json", "everything that was found and recorded", false, json},
};

}  // namespace

std::span<const Renderer> renderers() {
    return all;
}

const Renderer* find_renderer(std::string_view path) {
    const Renderer* best = nullptr;
    for (const Renderer& renderer : all)
        if (path.ends_with(renderer.ending) &&
            (best == nullptr || renderer.ending.size() > best->ending.size()))
            best = &renderer;
    return best;
}

std::string path_for(std::string_view path, const Renderer& renderer, std::string_view variant) {
    std::string named{path.substr(0, path.size() - renderer.ending.size())};
    if (!variant.empty()) named.append(".").append(variant);
    return named.append(renderer.ending);
}

}  // namespace shaketable::reports
