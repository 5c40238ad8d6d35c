#include "cli/stored.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "reports/assess.h"

namespace shaketable::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t bytes_max = std::uintmax_t{1} << 30U;

/// result.json of a run folder, those of its variants, or the file that was named.
std::vector<fs::path> results_in(const fs::path& run) {
    std::error_code error;
    if (!fs::is_directory(run, error)) return {run};
    if (fs::exists(run / "result.json", error)) return {run / "result.json"};
    std::vector<fs::path> found;
    for (fs::directory_iterator at{run, error}, end; !error && at != end; at.increment(error)) {
        std::error_code unseen;
        const fs::path result = at->path() / "result.json";
        if (fs::exists(result, unseen)) found.push_back(result);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

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

std::optional<std::vector<Stored>> load_run(const std::string& run) {
    const std::vector<fs::path> results = results_in(run);
    if (results.empty()) {
        std::cerr << "error: " << run << ": expected a run folder, with a result.json in it\n";
        return std::nullopt;
    }
    std::vector<Stored> all;
    for (const fs::path& path : results) {
        std::optional<Stored> stored = load(path);
        if (!stored) return std::nullopt;
        all.push_back(*std::move(stored));
    }
    std::stable_sort(all.begin(), all.end(), [](const Stored& a, const Stored& b) {
        return a.result.provenance.place < b.result.provenance.place;
    });
    return all;
}

}  // namespace shaketable::cli
