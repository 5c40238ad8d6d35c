/// A page over many runs: one row each, with a link to its report.
#pragma once

#include <string>
#include <vector>

#include "reports/run_view.h"

namespace shaketable::reports {

/// What a row of the index says. Small, so that runs need not be kept while others are read.
struct IndexRow {
    std::string folder;  ///< shown
    std::string report;  ///< relative address of the run's report; "" where there is none
    std::string scenario, variant, world, headline;
    bool hold = false;
    std::uint64_t seed = 0;
    std::size_t repeats = 0, expectations = 0, held = 0;
    std::uint64_t requests = 0;
    double duration = 0;  ///< seconds
    /// Of all workloads, -1 where there is none: success before, during the worst fault, after; p99
    /// before and during, in seconds.
    double success_before = -1, success_during = -1, success_after = -1;
    double p99_before = -1, p99_during = -1;
    double recovery = -1;        ///< seconds, mean over the repeats that recovered
    bool never_back = false;     ///< one repeat or more did not recover
    std::vector<double> p99s{};  ///< over time, at most 60 points, for a sparkline; -1 is a gap
};
[[nodiscard]] IndexRow index_row(const RunView& run, std::string folder, std::string report);

/// The page; as closed to the network as a report.
[[nodiscard]] std::string to_index(const std::vector<IndexRow>& rows);

}  // namespace shaketable::reports
