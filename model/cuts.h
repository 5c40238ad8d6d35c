/// Where the runs of a model are cut into segments, the same in every process that counts one.
#pragma once

#include <vector>

#include "faults/timeline.h"
#include "model/model.h"

namespace shaketable::model {

struct Cuts {
    std::vector<reports::NamedSpan> spans;  ///< of the record
    std::vector<Time> ends;                 ///< of the segments, ascending; the last ends the run
};

/// `occurrences`: of the repeat's timeline.
[[nodiscard]] Cuts cuts_of(const Model& model, const std::vector<faults::Occurrence>& occurrences);

}  // namespace shaketable::model
