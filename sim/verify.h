/// Is a run the same when it is played again? The promise of the seed, checked on the spot.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/units.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::sim {

/// Where two plays of a repeat part.
struct Divergence {
    std::uint64_t repeat = 0;
    std::uint64_t event = 0;    ///< the first one that differs, from 1; 0: all are the same
    Time first_at, second_at;   ///< when the two had it; `never`: one play was over
    std::string first, second;  ///< what it was about
};

/// Plays both side by side, event by event, and compares what they counted at the end. `other` is
/// for tests; a run is held against itself.
[[nodiscard]] std::optional<Divergence> find_divergence(const scenarios::Scenario& scenario,
                                                        const scenarios::Scenario& other,
                                                        std::uint64_t repeat);

struct Verified {
    std::uint64_t events = 0;  ///< of all repeats
    std::optional<Divergence> divergence;
};
/// Plays every repeat of a record twice more, side by side, and compares event by event, and with
/// the record byte for byte. Stops at the first difference. Precondition: `record` is of this
/// scenario. `progress` may be empty.
[[nodiscard]] Verified verify(const scenarios::Scenario& scenario, const reports::Record& record,
                              const std::function<void(std::uint32_t, std::uint32_t)>& progress);

/// "event 1203 of repeat 1, at 3.2 s: a request at web[0]; the second time, at 3.3 s: ...".
[[nodiscard]] std::string print(const Divergence& divergence);

}  // namespace shaketable::sim
