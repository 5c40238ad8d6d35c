/// A record in numbers: per window, per flow and per service. Tables and result.json are made from
/// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "reports/statistics.h"
#include "reports/windows.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Calls of some flows in one window. Estimates are over repeats that have a value; `n` = 0 where
/// none has.
struct CallSummary {
    FlowTotals pooled;                                       ///< sum over all repeats
    Estimate rate;                                           ///< calls begun a second
    Estimate goodput;                                        ///< calls answered a second
    Estimate success, errors, timeouts, rejected, degraded;  ///< shares of settled calls
    Estimate attempts;                                       ///< tries for each call begun
    Estimate mean, p50, p99;                                 ///< seconds, of successful calls
};

struct ServiceSummary {
    CallSummary inbound;   ///< calls to it, of all callers
    ServiceTotals pooled;  ///< sum over all repeats; the `_max` fields are the largest of all
    Estimate arrivals;     ///< requests a second
    Estimate utilization;  ///< share of its workers held
    Estimate queue_mean;   ///< requests waiting
    Estimate queue_max;    ///< largest number waiting at an instant, per repeat
    Estimate wasted;       ///< share of its work for callers who had left
    Estimate refused;      ///< share of arrived requests that were not served
};

enum class WindowKind : std::uint8_t { baseline, fault, after, named, run };
constexpr auto enum_names(WindowKind) {
    using P = std::pair<std::string_view, WindowKind>;
    return std::array{P{"baseline", WindowKind::baseline}, P{"fault", WindowKind::fault},
                      P{"after", WindowKind::after}, P{"named", WindowKind::named},
                      P{"run", WindowKind::run}};
}

struct WindowSummary {
    WindowKind kind = WindowKind::run;
    std::string name;           ///< "baseline", a fault id, "after", a name from `windows`, "run"
    Stretches stretches;        ///< of the first repeat that has it
    std::uint32_t repeats = 0;  ///< that have it
    double seconds = 0;         ///< its length, mean over those
    std::vector<CallSummary> flows;        ///< in the order of Record::flows
    std::vector<ServiceSummary> services;  ///< in the order of Record::services
};

/// In this order: baseline, the faults in the order of the file, after (the last fault), the
/// scenario's windows, run. A window that exists in no repeat is left out.
[[nodiscard]] std::vector<WindowSummary> summarize(const scenarios::Scenario& scenario,
                                                   const Record& record);
/// Nothing if it was left out.
[[nodiscard]] const WindowSummary* find_window(const std::vector<WindowSummary>& windows,
                                               WindowKind kind, std::string_view name);

/// Calls of some flows in one window: several rows together.
[[nodiscard]] CallSummary summarize_calls(const Record& record,
                                          const std::vector<Stretches>& window,
                                          const std::vector<std::uint32_t>& rows);

/// The stretches of a window in each repeat, for `summarize_calls`.
[[nodiscard]] std::vector<Stretches> stretches_by_repeat(const Record& record, WindowKind kind,
                                                         const std::string& name);

}  // namespace shaketable::reports
