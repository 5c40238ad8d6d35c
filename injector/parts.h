/// A process's part of the record, as the body of a message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "reports/record/record.h"

namespace shaketable::injector {

[[nodiscard]] std::string encode_part(const reports::Repeat& part);
/// Errors: truncated, or numbers that no process of ours writes.
[[nodiscard]] Result<reports::Repeat> decode_part(std::string_view bytes);

/// The row of one step of the time series, as one process saw it: its own flows and services; the
/// others' rows are empty.
struct LiveSample {
    Time at{};                                     ///< end of the step
    std::vector<reports::FlowSample> flows;        ///< in the order of Model::flows
    std::vector<reports::ServiceSample> services;  ///< in the order of Model::services
    bool operator==(const LiveSample&) const = default;
};
[[nodiscard]] std::string encode_sample(const LiveSample& sample);
/// Errors: as of `decode_part`.
[[nodiscard]] Result<LiveSample> decode_sample(std::string_view bytes);

}  // namespace shaketable::injector
