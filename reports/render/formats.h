/// Files for other programs, each made of the same runs as the report.
///
/// Every name from a scenario is written so that the format cannot take it for anything but text.
/// Precondition of all: at least one run; exactly one where the function takes one.
#pragma once

#include <string>
#include <vector>

#include "reports/run_view.h"

namespace shaketable::reports {

/// A test suite per run, a test case per expectation. Warnings pass, with their message in
/// `system-out`. **Source:** the schema of Jenkins' xUnit plug-in, which all readers understand.
[[nodiscard]] std::string to_junit(const std::vector<RunView>& runs);

/// GitHub workflow commands, one line for each expectation that does not hold, notice and note of
/// the lint, at its line of the scenario. To be printed in a job's log.
[[nodiscard]] std::string to_github(const std::vector<RunView>& runs);

/// For a step summary, a pull request, or a page of a wiki.
[[nodiscard]] std::string to_markdown(const std::vector<RunView>& runs);

/// The time series of all flows and services, a row for each step, mean over repeats. RFC 4180; a
/// text that a spreadsheet would take for a formula gets an apostrophe in front.
[[nodiscard]] std::string to_csv(const std::vector<RunView>& runs);

/// Figures by window in the text format of Prometheus 0.0.4, without times.
[[nodiscard]] std::string to_prometheus(const std::vector<RunView>& runs);

/// Kept requests as OTLP/JSON. The run begins at 2020-01-01T00:00:00Z. One service for each of the
/// scenario's, and one for each workload.
[[nodiscard]] std::string to_otlp(const RunView& run);

/// Kept requests as Chrome trace events: a process for each service, in it a lane for each request
/// that is there at the same time, arrows from caller to callee.
[[nodiscard]] std::string to_chrome_trace(const RunView& run);

/// Latencies of all workloads over the run in HdrHistogram's percentile format, milliseconds.
[[nodiscard]] std::string to_hgrm(const RunView& run);

/// Success and latency of what is called from outside, with the faults behind, as a Vega-Lite 5
/// specification with its data inside.
[[nodiscard]] std::string to_vega_lite(const RunView& run);

}  // namespace shaketable::reports
