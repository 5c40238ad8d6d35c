/// One repeat of a model, played from start to end.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "faults/timeline.h"
#include "model/model.h"
#include "reports/record/record.h"

namespace shaketable::sim {

/// When its faults act. Errors: as of `simulate`.
[[nodiscard]] Result<faults::Timeline, Problems> timeline_of(const model::Model& model,
                                                             std::uint64_t repeat);

/// Without stories. Errors: as of `simulate`.
[[nodiscard]] Result<reports::Repeat, Problems> play_repeat(const model::Model& model,
                                                            std::uint64_t repeat);

/// With the stories of some of its requests.
struct Told {
    reports::Repeat repeat;
    std::vector<reports::Trace> traces;
};
[[nodiscard]] Result<Told, Problems> play_and_tell(const model::Model& model, std::uint64_t repeat);

}  // namespace shaketable::sim
