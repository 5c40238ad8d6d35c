#include <array>
#include <functional>

#include <fmt/format.h>

#include "reports/render/figures.h"
#include "reports/render/formats.h"

namespace shaketable::reports {

namespace {

std::string cell(std::string_view text) {
    std::string clean = harmless(text);
    if (!clean.empty() && std::string_view{"=+-@"}.find(clean[0]) != std::string_view::npos)
        clean.insert(0, 1, '\'');
    if (clean.find_first_of(",\"") == std::string::npos) return clean;
    std::string quoted = "\"";
    for (const char c : clean) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

/// Mean over the repeats that have the step and a value in it; "" without any.
template <class Sample, class Read>
std::string mean(const Record& record, std::vector<std::vector<Sample>> Repeat::*samples,
                 std::size_t row, std::size_t step, Read read) {
    double sum = 0;
    std::size_t n = 0;
    for (const Repeat& repeat : record.repeats) {
        if (row >= (repeat.*samples).size() || step >= (repeat.*samples)[row].size()) continue;
        const double value = static_cast<double>(read((repeat.*samples)[row][step]));
        if (value < 0) continue;
        sum += value;
        ++n;
    }
    return n == 0 ? "" : fmt::format("{:.6g}", sum / static_cast<double>(n));
}

template <class Sample>
std::size_t steps_of(const Record& record, std::vector<std::vector<Sample>> Repeat::*samples,
                     std::size_t row) {
    std::size_t steps = 0;
    for (const Repeat& repeat : record.repeats)
        if (row < (repeat.*samples).size()) steps = std::max(steps, (repeat.*samples)[row].size());
    return steps;
}

std::string row_start(const RunView& run, std::size_t step) {
    return fmt::format("{},{},{:.9g}", cell(run.record->scenario), cell(run.record->variant),
                       to_seconds(run.record->sample_every) * static_cast<double>(step));
}

std::string flow_rows(const RunView& run, std::size_t row) {
    const Record& record = *run.record;
    const FlowKey& flow = record.flows[row];
    std::string text;
    for (std::size_t k = 0; k < steps_of(record, &Repeat::flow_samples, row); ++k) {
        text += row_start(run, k) + ",flow," + cell(flow.caller) + "," + cell(flow.from_zone) +
                "," + cell(flow.service) + "," + cell(flow.endpoint);
        const auto add = [&](auto read) {
            text += "," + mean(record, &Repeat::flow_samples, row, k, read);
        };
        add([](const FlowSample& s) { return s.started; });
        add([](const FlowSample& s) { return s.succeeded; });
        add([](const FlowSample& s) { return s.failed; });
        add([](const FlowSample& s) { return s.attempts; });
        add([](const FlowSample& s) { return s.retries; });
        add([](const FlowSample& s) { return s.p50; });
        add([](const FlowSample& s) { return s.p90; });
        add([](const FlowSample& s) { return s.p99; });
        text += ",,,,,,,,\r\n";
    }
    return text;
}

std::string service_rows(const RunView& run, std::size_t row) {
    const Record& record = *run.record;
    std::string text;
    for (std::size_t k = 0; k < steps_of(record, &Repeat::service_samples, row); ++k) {
        text += row_start(run, k) + ",service,,," + cell(record.services[row]) + ",,,,,,,,,";
        const auto add = [&](auto read) {
            text += "," + mean(record, &Repeat::service_samples, row, k, read);
        };
        add([](const ServiceSample& s) { return s.queue; });
        add([](const ServiceSample& s) { return s.queue_max; });
        add([](const ServiceSample& s) { return s.busy; });
        add([](const ServiceSample& s) { return s.utilization; });
        add([](const ServiceSample& s) { return s.arrived; });
        add([](const ServiceSample& s) { return s.refused; });
        add([](const ServiceSample& s) { return s.wasted; });
        add([](const ServiceSample& s) { return s.up; });
        text += "\r\n";
    }
    return text;
}

}  // namespace

std::string to_csv(const std::vector<RunView>& runs) {
    std::string text =
        "scenario,variant,time_s,kind,caller,zone,service,endpoint,started,succeeded,failed,"
        "attempts,retries,p50_s,p90_s,p99_s,queue,queue_max,busy,utilization,arrived,refused,"
        "wasted,up\r\n";
    for (const RunView& run : runs) {
        for (std::size_t row = 0; row < run.record->flows.size(); ++row)
            text += flow_rows(run, row);
        for (std::size_t row = 0; row < run.record->services.size(); ++row)
            text += service_rows(run, row);
    }
    return text;
}

}  // namespace shaketable::reports
