#include "reports/render/page_series.h"

#include <algorithm>
#include <map>

#include "base/field.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;
constexpr int series_digits = 4;
constexpr std::size_t events_most = 4000;
constexpr std::size_t visits_most = 2000;      // of one request
constexpr std::size_t traces_most = 12;        // of one sort
constexpr std::size_t sort_visits_most = 700;  // of all its requests, but for the first

/// Flows together in one point of one repeat.
struct CallPoint {
    double started = 0, succeeded = 0, failed = 0, attempts = 0, retries = 0;
    double p50 = 0, p50_weight = 0;
    double p90 = -1, p99 = -1;
};

/// A quantile of several flows in one step: the mean of theirs, weighted by successes.
struct Weighted {
    double sum = 0, weight = 0;
    void add(float value, std::uint32_t successes) {
        if (value < 0) return;
        sum += static_cast<double>(value) * successes;
        weight += successes;
    }
    [[nodiscard]] double mean() const { return weight > 0 ? sum / weight : -1; }
};

void add_step(CallPoint& point, const Repeat& repeat, const std::vector<std::uint32_t>& rows,
              std::size_t step) {
    Weighted p50, p90, p99;
    for (const std::uint32_t row : rows) {
        if (row >= repeat.flow_samples.size() || step >= repeat.flow_samples[row].size()) continue;
        const FlowSample& sample = repeat.flow_samples[row][step];
        point.started += sample.started;
        point.succeeded += sample.succeeded;
        point.failed += sample.failed;
        point.attempts += sample.attempts;
        point.retries += sample.retries;
        p50.add(sample.p50, sample.succeeded);
        p90.add(sample.p90, sample.succeeded);
        p99.add(sample.p99, sample.succeeded);
    }
    point.p50 += p50.sum;
    point.p50_weight += p50.weight;
    point.p90 = std::max(point.p90, p90.mean());
    point.p99 = std::max(point.p99, p99.mean());
}

/// [repeat][point]
std::vector<std::vector<CallPoint>> call_points(const Record& record,
                                                const std::vector<std::uint32_t>& rows,
                                                std::size_t steps, std::size_t merged) {
    std::vector<std::vector<CallPoint>> all;
    for (const Repeat& repeat : record.repeats) {
        std::vector<CallPoint>& points = all.emplace_back((steps + merged - 1) / merged);
        for (std::size_t k = 0; k < steps; ++k) add_step(points[k / merged], repeat, rows, k);
    }
    return all;
}

/// Mean over repeats of one figure of each point; a negative one is none.
template <class Point, class Read>
void write_mean(JsonWriter& json, std::string_view key,
                const std::vector<std::vector<Point>>& repeats, Read read) {
    json.key(key).begin_array(Layout::compact);
    for (std::size_t k = 0; !repeats.empty() && k < repeats.front().size(); ++k) {
        double sum = 0;
        std::size_t n = 0;
        for (const std::vector<Point>& points : repeats) {
            const double value = read(points[k]);
            if (value < 0) continue;
            sum += value;
            ++n;
        }
        n > 0 ? json.rounded(sum / static_cast<double>(n), series_digits) : json.null();
    }
    json.end_array();
}

/// The repeats with the least and the most success in each point.
void write_extremes(JsonWriter& json, const std::vector<std::vector<CallPoint>>& repeats) {
    for (const bool low : {true, false}) {
        json.key(low ? "low" : "high").begin_array(Layout::compact);
        for (std::size_t k = 0; !repeats.empty() && k < repeats.front().size(); ++k) {
            double most = -1;
            for (const std::vector<CallPoint>& points : repeats) {
                const double settled = points[k].succeeded + points[k].failed;
                if (settled == 0) continue;
                const double share = points[k].succeeded / settled;
                most = most < 0 ? share : low ? std::min(most, share) : std::max(most, share);
            }
            most < 0 ? json.null() : json.rounded(most, series_digits);
        }
        json.end_array();
    }
}

void write_calls(JsonWriter& json, const std::vector<std::vector<CallPoint>>& repeats) {
    using P = CallPoint;
    write_mean(json, "started", repeats, [](const P& p) { return p.started; });
    write_mean(json, "succeeded", repeats, [](const P& p) { return p.succeeded; });
    write_mean(json, "failed", repeats, [](const P& p) { return p.failed; });
    write_mean(json, "attempts", repeats, [](const P& p) { return p.attempts; });
    write_mean(json, "retries", repeats, [](const P& p) { return p.retries; });
}

struct ServicePoint {
    double queue = 0, busy = 0, utilization = 0, arrived = 0, refused = 0, wasted = 0;
    double queue_max = 0, up = 0;
    std::size_t steps = 0, with_workers = 0;
};

void add_step(ServicePoint& point, const ServiceSample& sample) {
    point.queue += static_cast<double>(sample.queue);
    point.busy += static_cast<double>(sample.busy);
    if (sample.utilization >= 0) {
        point.utilization += static_cast<double>(sample.utilization);
        ++point.with_workers;
    }
    point.arrived += sample.arrived;
    point.refused += sample.refused;
    point.wasted += sample.wasted;
    point.queue_max = std::max(point.queue_max, static_cast<double>(sample.queue_max));
    point.up = point.steps == 0 ? sample.up : std::min(point.up, static_cast<double>(sample.up));
    ++point.steps;
}

void write_service(JsonWriter& json, const Record& record, std::size_t row, std::size_t steps,
                   std::size_t merged) {
    std::vector<std::vector<ServicePoint>> repeats;
    for (const Repeat& repeat : record.repeats) {
        if (row >= repeat.service_samples.size()) continue;
        std::vector<ServicePoint>& points = repeats.emplace_back((steps + merged - 1) / merged);
        for (std::size_t k = 0; k < std::min(steps, repeat.service_samples[row].size()); ++k)
            add_step(points[k / merged], repeat.service_samples[row][k]);
    }
    using P = ServicePoint;
    const auto mean = [](double sum, std::size_t n) {
        return n == 0 ? -1 : sum / static_cast<double>(n);
    };
    json.begin_object();
    write_mean(json, "queue", repeats, [&](const P& p) { return mean(p.queue, p.steps); });
    write_mean(json, "queue_max", repeats, [](const P& p) { return p.queue_max; });
    write_mean(json, "utilization", repeats,
               [&](const P& p) { return mean(p.utilization, p.with_workers); });
    write_mean(json, "arrived", repeats, [](const P& p) { return p.arrived; });
    write_mean(json, "refused", repeats, [](const P& p) { return p.refused; });
    write_mean(json, "wasted", repeats, [](const P& p) { return p.wasted; });
    write_mean(json, "up", repeats, [](const P& p) { return p.up; });
    json.end_object();
}

std::size_t steps_of(const Record& record) {
    std::size_t steps = 0;
    for (const Repeat& repeat : record.repeats) {
        for (const auto& row : repeat.flow_samples) steps = std::max(steps, row.size());
        for (const auto& row : repeat.service_samples) steps = std::max(steps, row.size());
    }
    return steps;
}

/// Microseconds after `start`; -1 where it did not come to that.
void write_micros(JsonWriter& json, Time at, Time start) {
    at == never ? json.integer(-1) : json.rounded(to_seconds(at - start) * 1e6, 6);
}

void write_trace(JsonWriter& json, const Trace& trace) {
    const Time start = trace.visits.empty() ? Time{} : trace.visits.front().sent;
    json.begin_object().key("workload").text(trace.workload).key("ordinal").whole(trace.ordinal);
    json.key("why").text(trace.why).key("at").seconds(start);
    json.key("dropped").whole(trace.visits.size() - std::min(trace.visits.size(), visits_most));
    json.key("visits").begin_array();
    for (std::size_t v = 0; v < std::min(trace.visits.size(), visits_most); ++v) {
        const Visit& visit = trace.visits[v];
        json.begin_array(Layout::compact).whole(visit.parent < visits_most ? visit.parent : 0);
        json.text(visit.service).text(visit.endpoint).whole(visit.replica).whole(visit.attempt);
        write_micros(json, visit.sent, start);
        write_micros(json, visit.arrived, start);
        write_micros(json, visit.started, start);
        write_micros(json, visit.ended, start);
        json.text(name_of(visit.outcome)).end_array();
    }
    json.end_array().end_object();
}

}  // namespace

std::size_t steps_per_point(std::size_t steps, std::size_t columns) {
    const std::size_t room = columns == 0 ? points_most : page_numbers_most / columns;
    const std::size_t points = std::clamp(room, points_least, points_most);
    return std::max<std::size_t>((steps + points - 1) / points, 1);
}

void write_page_series(JsonWriter& json, const Record& record, const PageGroups& groups) {
    const std::size_t steps = steps_of(record);
    const std::size_t columns =
        10 * groups.endpoints.size() + 5 * groups.edges.size() + 7 * record.services.size();
    const std::size_t merged = steps_per_point(steps, columns);
    json.key("series").begin_object().key("step").seconds(record.sample_every * merged);
    json.key("merged").whole(merged).key("points").whole((steps + merged - 1) / merged);
    json.key("endpoints").begin_array();
    for (const PageEndpoint& endpoint : groups.endpoints) {
        const auto repeats = call_points(record, endpoint.rows, steps, merged);
        json.begin_object();
        write_calls(json, repeats);
        if (endpoint.entry && repeats.size() > 1) write_extremes(json, repeats);
        write_mean(json, "p50", repeats,
                   [](const CallPoint& p) { return p.p50_weight > 0 ? p.p50 / p.p50_weight : -1; });
        write_mean(json, "p90", repeats, [](const CallPoint& p) { return p.p90; });
        write_mean(json, "p99", repeats, [](const CallPoint& p) { return p.p99; });
        json.end_object();
    }
    json.end_array().key("edges").begin_array();
    for (const PageEdge& edge : groups.edges) {
        json.begin_object();
        write_calls(json, call_points(record, edge.rows, steps, merged));
        json.end_object();
    }
    json.end_array().key("services").begin_array();
    for (std::size_t row = 0; row < record.services.size(); ++row)
        write_service(json, record, row, steps, merged);
    json.end_array().end_object();
}

void write_page_heat(JsonWriter& json, const Record& record, const PageGroups& groups) {
    const HeatMap none;
    const HeatMap& heat = record.repeats.empty() ? none : record.repeats.front().heat;
    json.key("heat").begin_object().key("every").seconds(heat.every);
    json.key("endpoints").begin_array();
    for (const PageEndpoint& endpoint : groups.endpoints) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> cells;
        for (const std::uint32_t row : endpoint.rows)
            if (row < heat.flows.size())
                for (const HeatMap::Cell& cell : heat.flows[row])
                    cells[{cell.column, cell.band}] += cell.count;
        json.begin_array(Layout::compact);
        for (const auto& [place, count] : cells)
            json.whole(place.first).whole(place.second).whole(count);
        json.end_array();
    }
    json.end_array().end_object();
}

void write_page_events(JsonWriter& json, const Record& record) {
    json.key("events").begin_array();
    std::uint64_t all = 0;
    if (!record.repeats.empty()) {
        const Repeat& first = record.repeats.front();
        all = first.events.size() + first.events_dropped;
        for (std::size_t i = 0; i < std::min(first.events.size(), events_most); ++i) {
            const Event& event = first.events[i];
            json.begin_array(Layout::compact).seconds(event.at).text(event.what);
            json.text(event.subject).text(event.detail).end_array();
        }
    }
    json.end_array().key("events_all").whole(all);
}

void write_page_traces(JsonWriter& json, const Record& record) {
    json.key("traces").begin_array();
    struct Taken {
        std::size_t traces = 0, visits = 0;
    };
    std::map<std::string, Taken> sorts;
    for (const Trace& trace : record.traces) {
        const std::size_t size = std::min(trace.visits.size(), visits_most);
        Taken& taken = sorts[trace.why];
        if (size == 0 || taken.traces == traces_most) continue;
        // The first of each sort is always there.
        if (taken.traces > 0 && taken.visits + size > sort_visits_most) continue;
        ++taken.traces;
        taken.visits += size;
        write_trace(json, trace);
    }
    json.end_array().key("traces_all").whole(record.traces.size());
}

}  // namespace shaketable::reports
