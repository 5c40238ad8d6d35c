// `report`: makes the report, or any other file, of runs that were played before.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "cli/outputs.h"
#include "cli/stored.h"
#include "reports/render/index.h"

namespace shaketable::cli {

namespace {

namespace fs = std::filesystem;

void report(const std::vector<std::string>& runs, std::vector<std::string> outputs,
            Options& options) {
    options.exit_code = invalid;
    std::vector<Stored> stored;
    for (const std::string& run : runs) {
        auto some = load_run(run);
        if (!some) return;
        std::move(some->begin(), some->end(), std::back_inserter(stored));
    }
    std::vector<reports::RunView> views;
    std::vector<std::string> variants;
    for (const Stored& one : stored) {
        views.push_back(one.view());
        variants.push_back(one.result.record.variant);
    }
    if (outputs.empty()) {
        const fs::path first{runs.front()};
        std::error_code error;
        const bool is_folder = fs::is_directory(first, error);
        outputs.push_back(((is_folder ? first : first.parent_path()) / "report.html").string());
    }
    if (!prepare_outputs(outputs, variants, options)) return;
    options.exit_code = could_not_run;
    if (!write_outputs(outputs, views)) return;
    options.exit_code = success;
    if (options.quiet) return;
    for (const std::string& output : outputs) std::cout << "wrote " << output << "\n";
}

/// Every result.json below a folder, in the order of their paths.
std::vector<fs::path> results_below(const fs::path& root) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::recursive_directory_iterator at{root, error}, end; !error && at != end;
         at.increment(error))
        if (at->path().filename() == "result.json") found.push_back(at->path());
    std::sort(found.begin(), found.end());
    return found;
}

/// The report beside a result or, of a variant, in the folder above; "" where there is none.
std::string report_of(const fs::path& folder, const fs::path& root) {
    for (const fs::path& place : {folder, folder.parent_path()}) {
        std::error_code error;
        const fs::path report = fs::relative(place / "report.html", root, error);
        if (fs::exists(place / "report.html", error) && !report.empty() &&
            !report.string().starts_with(".."))
            return report.generic_string();
    }
    return {};
}

void index(const std::string& folder, Options& options) {
    options.exit_code = invalid;
    const fs::path root{folder};
    const std::vector<fs::path> results = results_below(root);
    if (results.empty()) {
        std::cerr << "error: " << folder << ": expected a folder with runs in it\n";
        return;
    }
    std::vector<reports::IndexRow> rows;
    for (const fs::path& path : results) {
        // One result at a time: together they may be more than memory holds. One that cannot be
        // read has said why, and is left out.
        const std::optional<Stored> stored = load(path);
        if (!stored) continue;
        std::error_code error;
        rows.push_back(reports::index_row(
            stored->view(), fs::relative(stored->folder, root, error).generic_string(),
            report_of(stored->folder, root)));
    }
    const std::string page = (root / "index.html").string();
    if (!write_file(page, reports::to_index(rows))) {
        options.exit_code = could_not_run;
        return;
    }
    options.exit_code = rows.size() == results.size() ? success : could_not_run;
    if (!options.quiet) std::cout << "wrote " << page << ", " << rows.size() << " runs\n";
}

}  // namespace

void add_report(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("report", "make the report of runs that were played before");
    auto runs = std::make_shared<std::vector<std::string>>();
    auto outputs = std::make_shared<std::vector<std::string>>();
    auto folder = std::make_shared<std::string>();
    options.add_quiet(*command);
    command->add_option("run", *runs, "run folders, or result.json files; several are compared")
        ->type_name("RUN");
    command
        ->add_option("-o,--output", *outputs,
                     "where to, by ending; default report.html in the first run's folder")
        ->allow_extra_args(false)
        ->type_name("PATH");
    command->add_option("--index", *folder, "instead: an index.html over all runs below a folder")
        ->excludes("run")
        ->excludes("--output")
        ->type_name("FOLDER");
    command->footer("Example:\n  shaketable report runs/hello -o summary.md");
    command->callback([runs, outputs, folder, &options] {
        if (!folder->empty()) return index(*folder, options);
        if (!runs->empty()) return report(*runs, *outputs, options);
        std::cerr << "error: expected a run folder, or --index FOLDER\n";
        options.exit_code = invalid;
    });
}

}  // namespace shaketable::cli
