/// Processes that commands of a run have started, wherever they have gone to since: all bear the
/// mark of the run in their environment, as do those that they start.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "injector/process.h"

namespace shaketable::injector {

/// The variable that is the mark of a run, by its guardian: "SHAKETABLE_RUN=4711.80012".
[[nodiscard]] std::string mark_of(const ProcessId& guardian);

struct Ended {
    std::size_t count = 0;
    std::optional<std::string> problem;  ///< why some may be there still
};
/// Kills all that bear the mark, and sees them gone. Those of other users bear none that we see.
[[nodiscard]] Ended end_marked(const std::string& mark);

}  // namespace shaketable::injector
