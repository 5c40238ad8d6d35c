/// Which rows of a record a selector means, and what it is called in a sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "scenarios/expectation.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Rows of Record::flows that the selector means, ascending. An empty part of the selector means
/// all.
[[nodiscard]] std::vector<std::uint32_t> flows_of(const Record& record,
                                                  const scenarios::Selector& selector);
/// Rows of the flows that come from a workload, ascending.
[[nodiscard]] std::vector<std::uint32_t> workload_flows(const Record& record);
/// What is called from outside: an endpoint, and the rows of the workload flows that call it.
struct Entry {
    std::string name;  ///< "web.checkout"
    std::vector<std::uint32_t> rows;
};
/// In the order of Record::flows.
[[nodiscard]] std::vector<Entry> entries_of(const Record& record);

/// Row of Record::services, or nothing.
[[nodiscard]] std::optional<std::uint32_t> service_row(const Record& record, std::string_view name);

/// "web.checkout", "payments -> ledger", "api -> store.read from eu-1a".
[[nodiscard]] std::string print(const scenarios::Selector& selector);
/// "shoppers -> web.checkout", with " from eu-1a" where the flow has a zone.
[[nodiscard]] std::string print(const FlowKey& flow);

/// How many replicas of a service stand in a zone ("" = all), as the scenario places them: per zone
/// as written, a plain number spread over the zones in turn.
[[nodiscard]] std::uint32_t replicas_in(const scenarios::Scenario& scenario,
                                        std::string_view service, std::string_view zone);

}  // namespace shaketable::reports
