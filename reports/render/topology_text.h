/// The topology of a scenario as a text that other programs draw.
#pragma once

#include <string>

#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Graphviz: services, workloads and who calls whom; databases are cylinders, async calls dashed.
[[nodiscard]] std::string to_dot(const scenarios::Scenario& scenario);
/// The same as a Mermaid flowchart.
[[nodiscard]] std::string to_mermaid(const scenarios::Scenario& scenario);

}  // namespace shaketable::reports
