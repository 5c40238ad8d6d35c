#include "cli/outputs.h"

#include <filesystem>
#include <iostream>

#include "reports/render/catalogue.h"

namespace shaketable::cli {

namespace {

namespace fs = std::filesystem;
using reports::Renderer;
using reports::RunView;

/// What has no ending is a folder; so is what exists as one, or says so by its last character.
bool is_folder(const std::string& output) {
    return output.empty() || output.ends_with('/') || fs::is_directory(output) ||
           !fs::path{output}.has_extension();
}

bool write(const fs::path& path, const std::string& text) {
    std::error_code error;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
    return write_file(path.string(), text);
}

bool write_folder(const fs::path& folder, const std::vector<RunView>& runs) {
    const Renderer& json = *reports::find_renderer("result.json");
    const Renderer& html = *reports::find_renderer("report.html");
    bool good = true;
    for (const RunView& run : runs)
        good = write(folder / run.record->variant / "result.json", json.render({run})) && good;
    return write(folder / "report.html", html.render(runs)) && good;
}

bool write_as(const std::string& path, const Renderer& renderer, const std::vector<RunView>& runs) {
    if (renderer.together || runs.size() == 1) return write(path, renderer.render(runs));
    bool good = true;
    for (const RunView& run : runs)
        good =
            write(reports::path_for(path, renderer, run.record->variant), renderer.render({run})) &&
            good;
    return good;
}

}  // namespace

bool check_outputs(const std::vector<std::string>& outputs) {
    for (const std::string& output : outputs) {
        if (output.empty()) {
            std::cerr << "error: -o: the name is empty; name a folder or a file\n";
            return false;
        }
        if (is_folder(output) || reports::find_renderer(output) != nullptr) continue;
        std::cerr << "error: -o " << output << ": unknown ending; expected a folder or one of\n";
        for (const Renderer& renderer : reports::renderers())
            std::cerr << "  " << renderer.ending
                      << std::string(14 - std::min<std::size_t>(13, renderer.ending.size()), ' ')
                      << renderer.summary << "\n";
        return false;
    }
    return true;
}

bool prepare_outputs(const std::vector<std::string>& outputs) {
    for (const std::string& output : outputs) {
        const fs::path folder =
            is_folder(output) ? fs::path{output} : fs::path{output}.parent_path();
        std::error_code error;
        if (!folder.empty()) fs::create_directories(folder, error);
        if (!error && (folder.empty() || fs::is_directory(folder))) continue;
        std::cerr << "error: cannot write " << output << ": "
                  << (error ? error.message() : "it is not a folder") << "\n";
        return false;
    }
    return true;
}

bool write_outputs(const std::vector<std::string>& outputs, const std::vector<RunView>& runs) {
    bool good = true;
    for (const std::string& output : outputs)
        good = (is_folder(output) ? write_folder(output, runs)
                                  : write_as(output, *reports::find_renderer(output), runs)) &&
               good;
    return good;
}

}  // namespace shaketable::cli
