// `report`: makes the report, or any other file, of runs that were played before.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "cli/outputs.h"
#include "reports/assess.h"
#include "reports/render/read_result.h"

namespace shaketable::cli {

namespace {

namespace fs = std::filesystem;

struct Stored {
    fs::path folder;
    reports::StoredResult result;
    reports::Findings findings;
};

constexpr std::uintmax_t bytes_max = std::uintmax_t{1} << 30U;

/// result.json of a run folder, those of its variants, or the file that was named.
std::vector<fs::path> results_in(const fs::path& run) {
    if (!fs::is_directory(run)) return {run};
    if (fs::exists(run / "result.json")) return {run / "result.json"};
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator{run})
        if (fs::exists(entry.path() / "result.json")) found.push_back(entry.path() / "result.json");
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<Stored> load(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    std::ifstream file{path, std::ios::binary};
    if (error || !file) {
        std::cerr << "error: " << path.string() << ": cannot be read\n";
        return std::nullopt;
    }
    if (size > bytes_max) {
        std::cerr << "error: " << path.string() << ": larger than 1 GiB\n";
        return std::nullopt;
    }
    std::ostringstream text;
    text << file.rdbuf();
    auto result = reports::read_result(path.string(), text.view());
    if (!result) {
        std::cerr << "error: " << path.string() << ": " << result.error().message << "\n"
                  << "help: " << result.error().hint << "\n";
        return std::nullopt;
    }
    Stored stored{path.parent_path(), *std::move(result), {}};
    stored.findings = reports::assess(stored.result.scenario, stored.result.record);
    return stored;
}

std::optional<std::vector<Stored>> load_all(const std::vector<std::string>& runs) {
    std::vector<Stored> all;
    for (const std::string& run : runs) {
        const std::vector<fs::path> results = results_in(run);
        if (results.empty()) {
            std::cerr << "error: " << run << ": expected a run folder, with a result.json in it\n";
            return std::nullopt;
        }
        for (const fs::path& path : results) {
            std::optional<Stored> stored = load(path);
            if (!stored) return std::nullopt;
            all.push_back(*std::move(stored));
        }
    }
    return all;
}

void report(const std::vector<std::string>& runs, std::vector<std::string> outputs,
            Options& options) {
    options.exit_code = invalid;
    if (!check_outputs(outputs)) return;
    const auto stored = load_all(runs);
    if (!stored) return;
    std::vector<reports::RunView> views;
    for (const Stored& one : *stored)
        views.push_back(
            {&one.result.scenario, &one.result.record, &one.findings, &one.result.provenance});
    if (outputs.empty()) {
        const fs::path first{runs.front()};
        outputs.push_back(
            ((fs::is_directory(first) ? first : first.parent_path()) / "report.html").string());
    }
    if (!write_outputs(outputs, views)) {
        options.exit_code = could_not_run;
        return;
    }
    options.exit_code = success;
    if (options.quiet) return;
    for (const std::string& output : outputs) std::cout << "wrote " << output << "\n";
}

}  // namespace

void add_report(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("report", "make the report of runs that were played before");
    auto runs = std::make_shared<std::vector<std::string>>();
    auto outputs = std::make_shared<std::vector<std::string>>();
    command->add_option("run", *runs, "run folders, or result.json files; several are compared")
        ->required();
    command->add_option("-o,--output", *outputs,
                        "where to, by ending; default report.html in the first run's folder");
    command->callback([runs, outputs, &options] { report(*runs, *outputs, options); });
}

}  // namespace shaketable::cli
