#include "reports/record/merge_part.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace shaketable::reports {

namespace {

void add(ServiceTotals& to, const ServiceTotals& from) {
    const std::uint32_t queue = to.queue_max + from.queue_max;
    const std::uint32_t busy = to.busy_max + from.busy_max;
    const std::uint32_t connections = to.connections_max + from.connections_max;
    to.merge(from);
    to.queue_max = queue;
    to.busy_max = busy;
    to.connections_max = connections;
}

void add(FlowSample& to, const FlowSample& from) {
    if (from.succeeded > to.succeeded || to.p50 < 0) {
        to.p50 = from.p50;
        to.p99 = from.p99;
    }
    to.started += from.started;
    to.succeeded += from.succeeded;
    to.failed += from.failed;
    to.attempts += from.attempts;
}

void add(ServiceSample& to, const ServiceSample& from) {
    if (to.utilization < 0) {
        to.utilization = from.utilization;
    } else if (from.utilization >= 0) {
        const auto a = static_cast<float>(std::max(to.up, 1U));
        const auto b = static_cast<float>(std::max(from.up, 1U));
        to.utilization = (to.utilization * a + from.utilization * b) / (a + b);
    }
    to.queue += from.queue;
    to.busy += from.busy;
    to.queue_max += from.queue_max;
    to.in_hand_max += from.in_hand_max;
    to.in_hand_min += from.in_hand_min;
    to.arrived += from.arrived;
    to.refused += from.refused;
    to.wasted += from.wasted;
    to.up += from.up;
}

void add(Segment& to, const Segment& from) {
    SHAKETABLE_CHECK(to.start == from.start && to.flows.size() == from.flows.size() &&
                         to.services.size() == from.services.size(),
                     "parts of one run are cut alike");
    to.end = std::max(to.end, from.end);
    for (std::size_t f = 0; f < to.flows.size(); ++f) to.flows[f].merge(from.flows[f]);
    for (std::size_t s = 0; s < to.services.size(); ++s) add(to.services[s], from.services[s]);
}

template <class Sample>
void add(std::vector<std::vector<Sample>>& to, const std::vector<std::vector<Sample>>& from) {
    if (to.empty()) to.resize(from.size());
    SHAKETABLE_CHECK(to.size() == from.size() || from.empty(), "parts of one run have equal rows");
    for (std::size_t row = 0; row < from.size(); ++row) {
        if (to[row].size() < from[row].size()) to[row].resize(from[row].size());
        for (std::size_t step = 0; step < from[row].size(); ++step)
            add(to[row][step], from[row][step]);
    }
}

void add_events(Repeat& into, const Repeat& part) {
    constexpr std::size_t events_max = 10'000;
    const auto middle = static_cast<std::ptrdiff_t>(into.events.size());
    into.events.insert(into.events.end(), part.events.begin(), part.events.end());
    std::inplace_merge(into.events.begin(), into.events.begin() + middle, into.events.end(),
                       [](const Event& a, const Event& b) { return a.at < b.at; });
    into.events_dropped += part.events_dropped;
    if (into.events.size() <= events_max) return;
    into.events_dropped += into.events.size() - events_max;
    into.events.resize(events_max);
}

}  // namespace

void merge_part(Repeat& into, const Repeat& part) {
    for (std::size_t i = 0; i < part.segments.size(); ++i) {
        if (i < into.segments.size())
            add(into.segments[i], part.segments[i]);
        else
            into.segments.push_back(part.segments[i]);
    }
    if (into.spans.empty()) into.spans = part.spans;
    add(into.flow_samples, part.flow_samples);
    add(into.service_samples, part.service_samples);
    add_events(into, part);
    if (into.fault_hits.size() < part.fault_hits.size())
        into.fault_hits.resize(part.fault_hits.size());
    for (std::size_t f = 0; f < part.fault_hits.size(); ++f)
        into.fault_hits[f] += part.fault_hits[f];
    into.requests += part.requests;
    into.in_flight += part.in_flight;
    into.requests_in_flight_max += part.requests_in_flight_max;
    into.engine_events += part.engine_events;
}

}  // namespace shaketable::reports
