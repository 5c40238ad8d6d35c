#include "reports/render/json_series.h"

#include <algorithm>

#include "base/field.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

/// Mean over repeats of one figure in each step; a figure below 0 is none.
template <class Sample, class Read>
void write_mean(JsonWriter& json, std::string_view key,
                const std::vector<const std::vector<Sample>*>& repeats, Read read) {
    std::size_t steps = 0;
    for (const auto* samples : repeats) steps = std::max(steps, samples->size());
    json.key(key).begin_array(Layout::compact);
    for (std::size_t k = 0; k < steps; ++k) {
        double sum = 0;
        std::size_t n = 0;
        for (const auto* samples : repeats) {
            if (k >= samples->size()) continue;
            const double value = read((*samples)[k]);
            if (value < 0) continue;
            sum += value;
            ++n;
        }
        n > 0 ? json.rounded(sum / static_cast<double>(n)) : json.null();
    }
    json.end_array();
}

/// The samples of one row in every repeat that has it.
template <class Sample>
std::vector<const std::vector<Sample>*> rows_of(const Record& record,
                                                std::vector<std::vector<Sample>> Repeat::*samples,
                                                std::size_t row) {
    std::vector<const std::vector<Sample>*> rows;
    for (const Repeat& repeat : record.repeats)
        if (row < (repeat.*samples).size()) rows.push_back(&(repeat.*samples)[row]);
    return rows;
}

void write_flow(JsonWriter& json, const std::vector<const std::vector<FlowSample>*>& repeats) {
    json.begin_object();
    write_mean(json, "started", repeats, [](const FlowSample& s) { return s.started * 1.0; });
    write_mean(json, "succeeded", repeats, [](const FlowSample& s) { return s.succeeded * 1.0; });
    write_mean(json, "failed", repeats, [](const FlowSample& s) { return s.failed * 1.0; });
    write_mean(json, "attempts", repeats, [](const FlowSample& s) { return s.attempts * 1.0; });
    write_mean(json, "retries", repeats, [](const FlowSample& s) { return s.retries * 1.0; });
    write_mean(json, "p50", repeats,
               [](const FlowSample& s) { return static_cast<double>(s.p50); });
    write_mean(json, "p90", repeats,
               [](const FlowSample& s) { return static_cast<double>(s.p90); });
    write_mean(json, "p99", repeats,
               [](const FlowSample& s) { return static_cast<double>(s.p99); });
    json.end_object();
}

void write_service(JsonWriter& json,
                   const std::vector<const std::vector<ServiceSample>*>& repeats) {
    using S = ServiceSample;
    json.begin_object();
    write_mean(json, "queue", repeats, [](const S& s) { return static_cast<double>(s.queue); });
    write_mean(json, "queue_max", repeats, [](const S& s) { return s.queue_max * 1.0; });
    write_mean(json, "busy", repeats, [](const S& s) { return static_cast<double>(s.busy); });
    write_mean(json, "utilization", repeats,
               [](const S& s) { return static_cast<double>(s.utilization); });
    write_mean(json, "arrived", repeats, [](const S& s) { return s.arrived * 1.0; });
    write_mean(json, "refused", repeats, [](const S& s) { return s.refused * 1.0; });
    write_mean(json, "wasted", repeats, [](const S& s) { return s.wasted * 1.0; });
    write_mean(json, "up", repeats, [](const S& s) { return s.up * 1.0; });
    json.end_object();
}

void write_instant(JsonWriter& json, std::string_view key, Time at) {
    json.key(key);
    at == never ? json.null() : json.seconds(at);
}

void write_visit(JsonWriter& json, const Visit& visit) {
    json.begin_object(Layout::compact).key("parent").whole(visit.parent);
    json.key("service").text(visit.service).key("endpoint").text(visit.endpoint);
    json.key("replica").whole(visit.replica).key("attempt").whole(visit.attempt);
    write_instant(json, "sent", visit.sent);
    write_instant(json, "arrived", visit.arrived);
    write_instant(json, "started", visit.started);
    write_instant(json, "ended", visit.ended);
    json.key("outcome").text(name_of(visit.outcome)).end_object();
}

}  // namespace

void write_series(JsonWriter& json, const Record& record) {
    json.key("series").begin_object().key("step").seconds(record.sample_every);
    json.key("flows").begin_array();
    for (std::size_t row = 0; row < record.flows.size(); ++row)
        write_flow(json, rows_of(record, &Repeat::flow_samples, row));
    json.end_array().key("services").begin_array();
    for (std::size_t row = 0; row < record.services.size(); ++row)
        write_service(json, rows_of(record, &Repeat::service_samples, row));
    json.end_array().end_object();
}

void write_events(JsonWriter& json, const Record& record) {
    json.key("events").begin_array();
    if (!record.repeats.empty())
        for (const Event& event : record.repeats.front().events) {
            json.begin_object(Layout::compact)
                .key("at")
                .seconds(event.at)
                .key("what")
                .text(event.what);
            json.key("subject").text(event.subject).key("detail").text(event.detail).end_object();
        }
    json.end_array();
    json.key("events_dropped")
        .whole(record.repeats.empty() ? 0 : record.repeats.front().events_dropped);
}

void write_traces(JsonWriter& json, const Record& record) {
    json.key("traces").begin_array();
    for (const Trace& trace : record.traces) {
        json.begin_object()
            .key("workload")
            .text(trace.workload)
            .key("ordinal")
            .whole(trace.ordinal);
        json.key("why").text(trace.why).key("visits").begin_array();
        for (const Visit& visit : trace.visits) write_visit(json, visit);
        json.end_array().end_object();
    }
    json.end_array();
}

}  // namespace shaketable::reports
