/// How well a metric is known after some repeats, and how many more it takes.
#pragma once

#include <cstdint>
#include <vector>

#include "reports/findings.h"
#include "reports/record/record.h"
#include "reports/statistics.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

struct Known {
    Estimate estimate;            ///< over the repeats that have a value
    std::uint32_t repeats = 0;    ///< played
    double within = 0;            ///< half-width of the 95% interval / |mean|; +inf where unknown
    bool is_well_enough = false;  ///< `within` is what was asked for, in every repeat a value
};
/// Precondition: the scenario has a `run.until`.
[[nodiscard]] Known how_well_known(const scenarios::Scenario& scenario, const Record& record);

/// How many repeats are to be played in all before it is looked at again: as many as the width seen
/// asks for, a quarter more at least, twice as many at most, never more than `run.repeats_max`.
/// Depends on nothing but the repeats played, so the number of threads cannot show.
[[nodiscard]] std::uint32_t repeats_wanted(const scenarios::Run& run, const Known& known);
/// The same after the repeats of a record; as many as it has where that is enough, or the most.
[[nodiscard]] std::uint32_t repeats_wanted(const scenarios::Scenario& scenario,
                                           const Record& record);

/// NOT CONVERGED, where `run.until` was not reached. Empty without `run.until`.
[[nodiscard]] std::vector<Notice> find_not_converged(const scenarios::Scenario& scenario,
                                                     const Record& record);

}  // namespace shaketable::reports
