/// Runs that were played before, read back from their folders.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/findings.h"
#include "reports/render/read_result.h"
#include "reports/run_view.h"

namespace shaketable::cli {

struct Stored {
    std::filesystem::path folder;
    reports::StoredResult result;
    reports::Findings findings;
    /// Valid as long as this object stays where it is.
    [[nodiscard]] reports::RunView view() const {
        return {&result.scenario, &result.record, &findings, &result.provenance};
    }
};

/// One result.json of at most 1 GiB. Nothing, with a message: it cannot be read.
[[nodiscard]] std::optional<Stored> load(const std::filesystem::path& path);

/// result.json of a run folder, those of its variants in the order of the scenario, or the file
/// that was named. Nothing, with a message: there is none, or one cannot be read.
[[nodiscard]] std::optional<std::vector<Stored>> load_run(const std::string& run);

}  // namespace shaketable::cli
