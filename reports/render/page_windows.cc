// Totals and estimates by window, in columns, and percentile curves.
#include <array>
#include <cmath>

#include "base/field.h"
#include "reports/render/page_data.h"
#include "reports/render/page_groups.h"
#include "reports/select.h"
#include "reports/summary.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;
constexpr int window_digits = 5;

void write_estimate(JsonWriter& json, const Estimate& estimate) {
    if (estimate.n == 0 || !std::isfinite(estimate.mean)) {
        json.null();
        return;
    }
    json.begin_array(Layout::compact).rounded(estimate.mean, window_digits);
    if (estimate.has_interval())
        json.rounded(estimate.low, window_digits).rounded(estimate.high, window_digits);
    json.end_array();
}

template <class Row, class Read>
void write_estimates(JsonWriter& json, std::string_view key, const std::vector<Row>& rows,
                     Read read) {
    json.key(key).begin_array(Layout::compact);
    for (const Row& row : rows) write_estimate(json, read(row));
    json.end_array();
}

template <class Row, class Read>
void write_numbers(JsonWriter& json, std::string_view key, const std::vector<Row>& rows,
                   Read read) {
    json.key(key).begin_array(Layout::compact);
    for (const Row& row : rows) json.rounded(static_cast<double>(read(row)), 12);
    json.end_array();
}

/// {"timeout": 12, ...} of what there was.
void write_outcomes(JsonWriter& json, const std::array<std::uint64_t, outcome_count>& by) {
    json.begin_object(Layout::compact);
    for (const auto& [name, outcome] : enum_names(Outcome{}))
        if (const std::uint64_t n = by[static_cast<std::size_t>(outcome)]; n > 0)
            json.key(name).whole(n);
    json.end_object();
}

void write_calls(JsonWriter& json, const std::vector<CallSummary>& rows) {
    using C = CallSummary;
    const std::array estimates{std::pair{"rate", &C::rate},
                               std::pair{"goodput", &C::goodput},
                               std::pair{"success", &C::success},
                               std::pair{"errors", &C::errors},
                               std::pair{"timeouts", &C::timeouts},
                               std::pair{"rejected", &C::rejected},
                               std::pair{"degraded", &C::degraded},
                               std::pair{"attempts", &C::attempts},
                               std::pair{"mean", &C::mean},
                               std::pair{"p50", &C::p50},
                               std::pair{"p99", &C::p99}};
    for (const auto& [name, member] : estimates)
        write_estimates(json, name, rows, [m = member](const C& c) { return c.*m; });
    const std::array counts{std::pair{"started", &FlowTotals::started},
                            std::pair{"tries_all", &FlowTotals::attempts},
                            std::pair{"retries", &FlowTotals::retries},
                            std::pair{"hedges", &FlowTotals::hedges},
                            std::pair{"late", &FlowTotals::late},
                            std::pair{"budget_denied", &FlowTotals::budget_denied}};
    for (const auto& [name, member] : counts)
        write_numbers(json, name, rows, [m = member](const C& c) { return c.pooled.*m; });
    write_numbers(json, "breaker_open", rows,
                  [](const C& c) { return to_seconds(c.pooled.breaker_open); });
    for (const auto& [name, member] :
         {std::pair{"settled", &FlowTotals::settled}, std::pair{"tries", &FlowTotals::tries}}) {
        json.key(name).begin_array();
        for (const C& row : rows) write_outcomes(json, row.pooled.*member);
        json.end_array();
    }
}

void write_services(JsonWriter& json, const std::vector<ServiceSummary>& rows) {
    using S = ServiceSummary;
    const std::array estimates{
        std::pair{"arrivals", &S::arrivals},     std::pair{"utilization", &S::utilization},
        std::pair{"queue_mean", &S::queue_mean}, std::pair{"queue_max", &S::queue_max},
        std::pair{"wasted", &S::wasted},         std::pair{"refused", &S::refused}};
    for (const auto& [name, member] : estimates)
        write_estimates(json, name, rows, [m = member](const S& s) { return s.*m; });
    write_estimates(json, "success", rows, [](const S& s) { return s.inbound.success; });
    write_estimates(json, "p50", rows, [](const S& s) { return s.inbound.p50; });
    write_estimates(json, "p99", rows, [](const S& s) { return s.inbound.p99; });
    write_estimates(json, "attempts", rows, [](const S& s) { return s.inbound.attempts; });
    const std::array counts{std::pair{"arrived", &ServiceTotals::arrived},
                            std::pair{"completed", &ServiceTotals::completed},
                            std::pair{"lost", &ServiceTotals::lost},
                            std::pair{"cancelled", &ServiceTotals::cancelled},
                            std::pair{"wasted_requests", &ServiceTotals::wasted}};
    for (const auto& [name, member] : counts)
        write_numbers(json, name, rows, [m = member](const S& s) { return s.pooled.*m; });
    write_numbers(json, "work", rows, [](const S& s) { return to_seconds(s.pooled.work); });
    write_numbers(json, "wasted_work", rows,
                  [](const S& s) { return to_seconds(s.pooled.wasted_work); });
    json.key("refused_by").begin_array();
    for (const S& row : rows) write_outcomes(json, row.pooled.refused);
    json.end_array();
}

/// Seconds at 1 - 10^(-k/8) for k = 0 .. 32, up to 99.99 %; nothing further where there are fewer
/// than ten calls beyond.
void write_curve(JsonWriter& json, const Histogram& latency) {
    json.begin_array(Layout::compact);
    constexpr std::array<double, 8> parts{1,        0.749894, 0.562341, 0.421697,
                                          0.316228, 0.237137, 0.177828, 0.133352};
    double decade = 1;
    for (int k = 0; k <= 32; ++k) {
        const double beyond = decade * parts[static_cast<std::size_t>(k % 8)];
        if (k % 8 == 7) decade /= 10;
        if (latency.count() == 0 || static_cast<double>(latency.count()) * beyond < 9.999999) break;
        json.rounded(latency.quantile(1 - beyond), 4);
    }
    json.end_array();
}

void write_window(JsonWriter& json, const Record& record, const WindowSummary& window,
                  const PageGroups& groups) {
    json.begin_object().key("name").text(window.name).key("kind").text(name_of(window.kind));
    json.key("stretches").begin_array(Layout::compact);
    for (const Stretch& s : window.stretches)
        json.begin_array().seconds(s.start).seconds(s.end).end_array();
    json.end_array().key("seconds").rounded(window.seconds).key("repeats").whole(window.repeats);
    const auto stretches = stretches_by_repeat(record, window.kind, window.name);
    std::vector<CallSummary> endpoints, edges;
    for (const PageEndpoint& endpoint : groups.endpoints)
        endpoints.push_back(summarize_calls(record, stretches, endpoint.rows));
    for (const PageEdge& edge : groups.edges)
        edges.push_back(summarize_calls(record, stretches, edge.rows));
    json.key("total").begin_object();
    write_calls(json, {summarize_calls(record, stretches, workload_flows(record))});
    json.end_object().key("endpoints").begin_object();
    write_calls(json, endpoints);
    json.end_object().key("edges").begin_object();
    write_calls(json, edges);
    json.end_object().key("services").begin_object();
    write_services(json, window.services);
    json.end_object().key("curves").begin_array();
    for (const CallSummary& endpoint : endpoints) write_curve(json, endpoint.pooled.latency);
    json.end_array().end_object();
}

}  // namespace

void write_page_windows(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record,
                        const PageGroups& groups) {
    json.key("windows").begin_array();
    for (const WindowSummary& window : summarize(scenario, record))
        write_window(json, record, window, groups);
    json.end_array();
}

}  // namespace shaketable::reports
