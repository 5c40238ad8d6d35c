/// The rows of a record as a page shows them: flows gathered to endpoints and to edges, whatever
/// their zones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// An endpoint that is called, with all flows to it.
struct PageEndpoint {
    std::string name;                 ///< "web.checkout"
    std::uint32_t service = 0;        ///< row of Record::services
    bool entry = false;               ///< a workload calls it
    std::vector<std::uint32_t> rows;  ///< of Record::flows
};

/// Who calls which service. Calls of the scenario that never happened are edges without rows.
struct PageEdge {
    std::string from;
    bool from_workload = false;
    std::uint32_t to = 0;   ///< row of Record::services
    bool async = false;     ///< nobody waits for any of its calls
    bool optional = false;  ///< no failure of any of its calls does harm
    std::vector<std::uint32_t> rows;
};

struct PageGroups {
    std::vector<PageEndpoint> endpoints;  ///< those of workloads first, else in the order of flows
    std::vector<PageEdge> edges;          ///< ascending by caller, then callee
};
[[nodiscard]] PageGroups page_groups(const scenarios::Scenario& scenario, const Record& record);

}  // namespace shaketable::reports
