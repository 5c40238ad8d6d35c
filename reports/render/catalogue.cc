#include "reports/render/catalogue.h"

#include <array>

#include "reports/render/formats.h"
#include "reports/render/html.h"
#include "reports/render/json.h"
#include "reports/render/topology_text.h"

namespace shaketable::reports {

namespace {

using Runs = std::vector<RunView>;

std::string json(const Runs& runs) {
    const RunView& run = runs.front();
    return to_json(*run.scenario, *run.record, *run.findings, *run.provenance);
}

std::string dot(const Runs& runs) {
    return to_dot(*runs.front().scenario);
}
std::string mermaid(const Runs& runs) {
    return to_mermaid(*runs.front().scenario);
}
template <std::string (*render)(const RunView&)>
std::string alone(const Runs& runs) {
    return render(runs.front());
}

constexpr std::array all_renderers{
    Renderer{".html", "the report, one page that works offline", true, to_html},
    Renderer{".json", "everything that was found and recorded", false, json},
    Renderer{".md", "a summary in Markdown", true, to_markdown},
    Renderer{".xml", "JUnit test results", true, to_junit},
    Renderer{".github", "annotations for a GitHub job's log", true, to_github},
    Renderer{".csv", "time series, a row for each step", true, to_csv},
    Renderer{".prom", "figures for Prometheus", true, to_prometheus},
    Renderer{".otlp.json", "kept requests for Jaeger", false, alone<to_otlp>},
    Renderer{".chrome.json", "kept requests for Perfetto", false, alone<to_chrome_trace>},
    Renderer{".hgrm", "percentiles for HdrHistogram's plotter", false, alone<to_hgrm>},
    Renderer{".vl.json", "a figure for papers, Vega-Lite", false, alone<to_vega_lite>},
    Renderer{".dot", "the topology for Graphviz", false, dot},
    Renderer{".mmd", "the topology for Mermaid", false, mermaid},
};

}  // namespace

std::span<const Renderer> renderers() {
    return all_renderers;
}

const Renderer* find_renderer(std::string_view path) {
    const Renderer* best = nullptr;
    for (const Renderer& renderer : all_renderers)
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
