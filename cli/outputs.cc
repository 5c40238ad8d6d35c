#include "cli/outputs.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "reports/render/catalogue.h"

namespace shaketable::cli {

namespace {

namespace fs = std::filesystem;
using reports::Renderer;
using reports::RunView;

const Renderer& json_renderer() {
    return *reports::find_renderer("result.json");
}
const Renderer& html_renderer() {
    return *reports::find_renderer("report.html");
}

bool is_folder(const std::string& output) {
    if (output.ends_with('/')) return true;
    if (reports::find_renderer(output) != nullptr) return false;
    std::error_code error;  // where nothing can be seen, nothing can be written, which is said then
    return fs::is_directory(output, error) || !fs::path{output}.has_extension();
}

/// A file that will be written, and of which variants: of all, or of the one of that number.
struct Target {
    fs::path path;
    const Renderer* renderer;
    std::size_t variant;
};
constexpr std::size_t together = static_cast<std::size_t>(-1);

/// Runs of the same variant get names of their own: "naive", "naive-2".
std::vector<std::string> apart(std::vector<std::string> names) {
    for (std::size_t i = 1; i < names.size(); ++i) {
        const auto is_taken = [&](const std::string& name) {
            return std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
                   names.begin() + static_cast<std::ptrdiff_t>(i);
        };
        const std::string name = names[i];
        for (int n = 2; is_taken(names[i]); ++n)
            names[i] = name + (name.empty() ? "" : "-") + std::to_string(n);
    }
    return names;
}

std::vector<Target> targets_of(const std::string& output, const std::vector<std::string>& all) {
    const std::vector<std::string> variants = apart(all);
    std::vector<Target> targets;
    if (is_folder(output)) {
        const fs::path folder{output};
        for (std::size_t v = 0; v < variants.size(); ++v)
            targets.push_back({folder / variants[v] / "result.json", &json_renderer(), v});
        targets.push_back({folder / "report.html", &html_renderer(), together});
        return targets;
    }
    const Renderer* renderer = reports::find_renderer(output);
    if (renderer->together) return {{output, renderer, together}};
    if (variants.size() == 1) return {{output, renderer, 0}};
    for (std::size_t v = 0; v < variants.size(); ++v)
        targets.push_back({reports::path_for(output, *renderer, variants[v]), renderer, v});
    return targets;
}

bool refuse_unknown(const std::string& output) {
    std::cerr << "error: -o " << output << ": "
              << (output.empty() ? "the name is empty" : "unknown ending")
              << "; name a folder, or a file that ends in one of\n";
    for (const Renderer& renderer : reports::renderers())
        std::cerr << "  " << renderer.ending
                  << std::string(14 - std::min<std::size_t>(13, renderer.ending.size()), ' ')
                  << renderer.summary << "\n";
    return false;
}

bool make_folder(const fs::path& path) {
    std::error_code error;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
    std::error_code unseen;
    if (!error && !fs::is_directory(path, unseen)) return true;
    std::cerr << "error: cannot write " << path.string() << ": "
              << (error ? error.message() : "it is a folder") << "\n";
    return false;
}

}  // namespace

bool prepare_outputs(const std::vector<std::string>& outputs,
                     const std::vector<std::string>& variants, Options& options) {
    for (const std::string& output : outputs) {
        const bool known =
            !output.empty() && (is_folder(output) || reports::find_renderer(output) != nullptr);
        options.exit_code = invalid;
        if (!known) return refuse_unknown(output);
        options.exit_code = could_not_run;
        for (const Target& target : targets_of(output, variants))
            if (!make_folder(target.path)) return false;
    }
    return true;
}

bool write_outputs(const std::vector<std::string>& outputs, const std::vector<RunView>& runs) {
    std::vector<std::string> variants;
    for (const RunView& run : runs) variants.push_back(run.record->variant);
    bool good = true;
    for (const std::string& output : outputs)
        for (const Target& target : targets_of(output, variants)) {
            const std::vector<RunView> one =
                target.variant == together ? runs : std::vector{runs[target.variant]};
            good = write_file(target.path.string(), target.renderer->render(one)) && good;
        }
    return good;
}

}  // namespace shaketable::cli
