#include <map>

#include <fmt/format.h>

#include "base/field.h"
#include "base/random.h"
#include "reports/render/formats.h"
#include "reports/render/json_writer.h"
#include "reports/version.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

/// 2020-01-01T00:00:00Z, in nanoseconds since 1970: a fixed day, so that equal runs give equal
/// files.
constexpr std::uint64_t epoch = 1'577'836'800'000'000'000;

std::string nanoseconds(Time at) {
    return std::to_string(epoch + static_cast<std::uint64_t>(at.time_since_epoch().count()));
}

/// Ids are hashes of what they name; 0 would be invalid.
std::string id_of(const Record& record, std::size_t trace, std::string_view what) {
    const std::uint64_t bits = random_key(record.seed, trace, record.scenario, what).bits;
    return fmt::format("{:016x}", bits == 0 ? 1 : bits);
}
std::string span_id(const Record& record, std::size_t trace, std::size_t visit) {
    return id_of(record, trace, fmt::format("span {}", visit));
}

void attribute(JsonWriter& json, std::string_view key, std::string_view value) {
    json.begin_object(Layout::compact).key("key").text(key).key("value");
    json.begin_object().key("stringValue").text(value).end_object().end_object();
}
void attribute(JsonWriter& json, std::string_view key, std::uint64_t value) {
    json.begin_object(Layout::compact).key("key").text(key).key("value");
    json.begin_object().key("intValue").text(std::to_string(value)).end_object().end_object();
}

void write_event(JsonWriter& json, std::string_view name, Time at) {
    if (at == never) return;
    json.begin_object(Layout::compact).key("timeUnixNano").text(nanoseconds(at));
    json.key("name").text(name).end_object();
}

struct Place {
    std::size_t trace, visit;
};

/// A visit as a span. One that had not ended when the run did ends where it was last seen.
void write_span(JsonWriter& json, const Record& record, const Place& place) {
    const Trace& trace = record.traces[place.trace];
    const Visit& visit = trace.visits[place.visit];
    const bool root = place.visit == 0;
    Time end = visit.ended;
    if (end == never)
        end = visit.started != never   ? visit.started
              : visit.arrived != never ? visit.arrived
                                       : visit.sent;
    json.begin_object();
    json.key("traceId").text(id_of(record, place.trace, "trace") +
                             id_of(record, place.trace, trace.why));
    json.key("spanId").text(span_id(record, place.trace, place.visit));
    if (!root) json.key("parentSpanId").text(span_id(record, place.trace, visit.parent));
    json.key("name").text(visit.service + "." + visit.endpoint);
    json.key("kind").whole(root ? 3 : 2);  // CLIENT, SERVER
    json.key("startTimeUnixNano").text(nanoseconds(visit.sent));
    json.key("endTimeUnixNano").text(nanoseconds(end));
    json.key("attributes").begin_array();
    attribute(json, "shaketable.outcome", name_of(visit.outcome));
    attribute(json, "shaketable.try", std::uint64_t{visit.attempt});
    if (root) {
        attribute(json, "shaketable.kept_as", trace.why);
        attribute(json, "shaketable.request", trace.ordinal);
    } else {
        attribute(json, "shaketable.replica", std::uint64_t{visit.replica});
    }
    json.end_array().key("events").begin_array();
    write_event(json, "arrived", visit.arrived);
    write_event(json, "started", visit.started);
    json.end_array().key("status").begin_object(Layout::compact);
    if (!is_success(visit.outcome))
        json.key("code").whole(2).key("message").text(name_of(visit.outcome));
    json.end_object().end_object();
}

}  // namespace

std::string to_otlp(const RunView& run) {
    const Record& record = *run.record;
    std::map<std::string, std::vector<Place>> services;
    for (std::size_t t = 0; t < record.traces.size(); ++t)
        for (std::size_t v = 0; v < record.traces[t].visits.size(); ++v)
            services[v == 0 ? record.traces[t].workload : record.traces[t].visits[v].service]
                .push_back({t, v});
    JsonWriter json;
    json.begin_object().key("resourceSpans").begin_array();
    for (const auto& [service, places] : services) {
        json.begin_object().key("resource").begin_object().key("attributes").begin_array();
        attribute(json, "service.name", service);
        attribute(json, "shaketable.scenario", record.scenario);
        attribute(json, "shaketable.variant", record.variant);
        json.end_array().end_object().key("scopeSpans").begin_array().begin_object();
        json.key("scope").begin_object(Layout::compact).key("name").text("shaketable");
        json.key("version").text(tool_version).end_object().key("spans").begin_array();
        for (const Place& place : places) write_span(json, record, place);
        json.end_array().end_object().end_array().end_object();
    }
    json.end_array().end_object();
    return json.finish();
}

}  // namespace shaketable::reports
