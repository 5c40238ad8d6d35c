#include "reports/render/json_windows.h"

#include <array>
#include <utility>

#include "reports/summary.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

void write_outcomes(JsonWriter& json, std::string_view key,
                    const std::array<std::uint64_t, outcome_count>& by) {
    json.key(key).begin_object();
    for (const auto& [name, outcome] : enum_names(Outcome{}))
        if (const std::uint64_t n = by[static_cast<std::size_t>(outcome)]; n > 0)
            json.key(name).whole(n);
    json.end_object();
}

void write_latency(JsonWriter& json, const Histogram& latency) {
    json.key("latency");
    if (latency.count() == 0) {
        json.null();
        return;
    }
    constexpr std::array quantiles{std::pair{"p50", 0.5},     std::pair{"p90", 0.9},
                                   std::pair{"p95", 0.95},    std::pair{"p99", 0.99},
                                   std::pair{"p99.9", 0.999}, std::pair{"p99.99", 0.9999}};
    json.begin_object().key("count").whole(latency.count()).key("mean").number(latency.mean());
    for (const auto& [name, share] : quantiles) {
        // Ten calls beyond a quantile, or it is chance.
        const bool enough = static_cast<double>(latency.count()) * (1 - share) >= 9.999999;
        json.key(name);
        enough ? json.number(latency.quantile(share)) : json.null();
    }
    json.key("max").seconds(latency.longest()).end_object();
}

/// Totals of all repeats, on one line.
void write_totals(JsonWriter& json, const FlowTotals& flow) {
    json.key("totals").begin_object(Layout::compact);
    json.key("started").whole(flow.started);
    write_outcomes(json, "settled", flow.settled);
    json.key("attempts").whole(flow.attempts).key("sent").whole(flow.sent);
    json.key("retries")
        .whole(flow.retries)
        .key("hedges")
        .whole(flow.hedges)
        .key("late")
        .whole(flow.late);
    write_outcomes(json, "tries", flow.tries);
    json.key("budget_denied")
        .whole(flow.budget_denied)
        .key("breaker_open")
        .seconds(flow.breaker_open);
    write_latency(json, flow.latency);
    json.end_object();
}

void write_estimates(JsonWriter& json, const CallSummary& calls) {
    const std::array estimates{std::pair{"rate", &calls.rate},
                               std::pair{"goodput", &calls.goodput},
                               std::pair{"success", &calls.success},
                               std::pair{"errors", &calls.errors},
                               std::pair{"timeouts", &calls.timeouts},
                               std::pair{"rejected", &calls.rejected},
                               std::pair{"degraded", &calls.degraded},
                               std::pair{"attempts", &calls.attempts},
                               std::pair{"mean", &calls.mean},
                               std::pair{"p50", &calls.p50},
                               std::pair{"p99", &calls.p99}};
    for (const auto& [name, estimate] : estimates) {
        json.key(name);
        write(json, *estimate);
    }
}

void write_totals(JsonWriter& json, const ServiceTotals& service) {
    json.key("totals").begin_object(Layout::compact);
    json.key("arrived").whole(service.arrived).key("admitted").whole(service.admitted);
    write_outcomes(json, "refused", service.refused);
    json.key("completed").whole(service.completed).key("lost").whole(service.lost);
    json.key("cancelled").whole(service.cancelled).key("wasted").whole(service.wasted);
    json.key("work").seconds(service.work).key("wasted_work").seconds(service.wasted_work);
    json.key("queue_time").seconds(service.queue_time).key("busy_time").seconds(service.busy_time);
    json.key("worker_time").seconds(service.worker_time);
    json.key("in_system_time")
        .seconds(service.in_system_time)
        .key("sojourn")
        .seconds(service.sojourn);
    json.key("queue_max").whole(service.queue_max).key("busy_max").whole(service.busy_max);
    json.key("connections_max").whole(service.connections_max);
    json.key("wait_p99");
    service.wait.count() > 0 ? json.number(service.wait.quantile(0.99)) : json.null();
    json.end_object();
}

void write_service(JsonWriter& json, const ServiceSummary& service) {
    json.begin_object();
    const std::array estimates{std::pair{"arrivals", &service.arrivals},
                               std::pair{"utilization", &service.utilization},
                               std::pair{"queue_mean", &service.queue_mean},
                               std::pair{"queue_max", &service.queue_max},
                               std::pair{"wasted", &service.wasted},
                               std::pair{"refused", &service.refused}};
    for (const auto& [name, estimate] : estimates) {
        json.key(name);
        write(json, *estimate);
    }
    json.key("inbound").begin_object();
    write_estimates(json, service.inbound);
    json.end_object();
    write_totals(json, service.pooled);
    json.end_object();
}

}  // namespace

void write(JsonWriter& json, const Estimate& estimate) {
    if (estimate.n == 0) {
        json.null();
        return;
    }
    json.begin_object(Layout::compact).key("mean").number(estimate.mean);
    json.key("low").number(estimate.low).key("high").number(estimate.high);
    json.key("n").whole(estimate.n).end_object();
}

void write_windows(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record) {
    json.key("windows").begin_array();
    for (const WindowSummary& window : summarize(scenario, record)) {
        json.begin_object().key("name").text(window.name).key("kind").text(name_of(window.kind));
        json.key("stretches").begin_array(Layout::compact);
        for (const Stretch& s : window.stretches)
            json.begin_array().seconds(s.start).seconds(s.end).end_array();
        json.end_array().key("seconds").number(window.seconds).key("repeats").whole(window.repeats);
        json.key("flows").begin_array();
        for (const CallSummary& flow : window.flows) {
            json.begin_object();
            write_estimates(json, flow);
            write_totals(json, flow.pooled);
            json.end_object();
        }
        json.end_array().key("services").begin_array();
        for (const ServiceSummary& service : window.services) write_service(json, service);
        json.end_array().end_object();
    }
    json.end_array();
}

}  // namespace shaketable::reports
