/// From a file to scenarios: YAML or JSON, includes, parameters, variants, decoding; all problems
/// in one go.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.h"
#include "base/result.h"
#include "scenarios/scenario.h"
#include "scenarios/source.h"

namespace shaketable::scenarios {

struct ReadOptions {
    /// `-p load=200/s`: in place of a parameter's default. What a variant sets stands above it.
    std::vector<std::pair<std::string, std::string>> params;
    /// `--set services.ledger.workers=16`: last of all, in every variant. Values are YAML.
    std::vector<std::pair<std::string, std::string>> sets;
    /// False: `include`, `trace(...)` and `empirical(...)` are refused, for texts from strangers.
    bool may_read_files = true;
    /// True: a data file of `trace(...)` or `empirical(...)` is taken to hold one time, 0. For a
    /// scenario that was played already, far from its files, and will only be talked about.
    bool skip_data_files = false;
};

/// A file that was read without an error.
struct Document {
    std::string name;  ///< of the scenario; the file's own name where it gives none
    Sources sources;   ///<
    std::vector<Scenario>
        scenarios;  ///< one per variant in file order; one with variant "" if the file has none
    std::vector<std::string> variants;  ///< their names, also where a caller keeps a few of them
    std::vector<Locations> where;       ///< of each scenario, for diagnostics later on
};

/// At least one problem of severity `error`, in file order.
struct Failure {
    Problems problems;
    Sources sources;
};

/// Checks what a file can say wrong by itself (E001 .. E043, E112 .. E122); whether names exist and
/// numbers make sense together is for `validate`. Relative paths in it count from the folder of the
/// file they stand in; none may leave the folder of the main file. Bounds: 16 MiB a file, depth 64,
/// 1,000,000 nodes, 100 includes, 100 variants.
[[nodiscard]] Result<Document, Failure> read_file(const std::string& path,
                                                  const ReadOptions& options = {});
/// `name` stands in diagnostics; files it refers to are looked for in the folder of `name`.
[[nodiscard]] Result<Document, Failure> read_text(const std::string& name, std::string_view text,
                                                  const ReadOptions& options = {});

}  // namespace shaketable::scenarios
