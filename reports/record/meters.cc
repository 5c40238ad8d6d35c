#include "reports/record/meters.h"

#include <utility>

namespace shaketable::reports {

namespace {

FlowSample counts_of(const FlowTotals& totals) {
    const std::uint64_t good = totals.succeeded();
    return {.started = static_cast<std::uint32_t>(totals.started),
            .succeeded = static_cast<std::uint32_t>(good),
            .failed = static_cast<std::uint32_t>(totals.settled_total() - good),
            .attempts = static_cast<std::uint32_t>(totals.attempts),
            .retries = static_cast<std::uint32_t>(totals.retries)};
}

/// Counters wrap at 2^32 within a segment; their differences within one sample do not.
void add_difference(FlowSample& sum, const FlowSample& now, const FlowSample& before) {
    sum.started += now.started - before.started;
    sum.succeeded += now.succeeded - before.succeeded;
    sum.failed += now.failed - before.failed;
    sum.attempts += now.attempts - before.attempts;
    sum.retries += now.retries - before.retries;
}

/// Of all answers of the open sample, and moves those that the open segment lacks into it.
void take_quantiles(FlowMeter& meter, FlowSample& sample) {
    const auto take = [&](const auto& histogram) {
        sample.p50 = static_cast<float>(histogram.quantile(0.5));
        sample.p90 = static_cast<float>(histogram.quantile(0.9));
        sample.p99 = static_cast<float>(histogram.quantile(0.99));
    };
    if (meter.carried.count() > 0) {
        Histogram part;
        meter.latency.drain(part);
        meter.now.latency.merge(part);
        meter.carried.merge(part);
        take(meter.carried);
        meter.carried = {};
    } else if (meter.latency.count() > 0) {
        take(meter.latency);
        meter.latency.drain(meter.now.latency);
    }
}

std::uint64_t refused_total(const ServiceTotals& totals) {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : totals.refused) sum += n;
    return sum;
}

ServiceSample sample_of(const ServiceMeter& meter, const ServiceMeter::Integrals& now,
                        double seconds) {
    const auto difference = [](std::uint64_t later, std::uint64_t before) {
        return static_cast<std::uint32_t>(later - before);
    };
    const ServiceMeter::Integrals& before = meter.at_sample;
    const double workers = to_seconds(now.workers - before.workers);
    const double busy = to_seconds(now.busy - before.busy);
    ServiceSample sample;
    sample.queue = static_cast<float>(to_seconds(now.queue - before.queue) / seconds);
    sample.busy = static_cast<float>(busy / seconds);
    sample.utilization = workers > 0 ? static_cast<float>(busy / workers) : -1.0F;
    sample.queue_max = meter.sample_queue_max;
    sample.in_hand_max = meter.sample_in_hand_max;
    sample.in_hand_min = meter.sample_in_hand_min;
    sample.arrived = difference(meter.now.arrived, meter.seen_counts.arrived);
    sample.refused = difference(refused_total(meter.now), refused_total(meter.seen_counts));
    sample.wasted = difference(meter.now.wasted, meter.seen_counts.wasted);
    sample.up = meter.up;
    return sample;
}

}  // namespace

void Meters::note_heat(std::size_t flow, Repeat& into) {
    if (flows_[flow].latency.count() == 0) return;
    into.heat.flows.resize(flows_.size());
    into.heat.add(flow, heat_column_, flows_[flow].latency);
}

void Meters::close_sample(Time at, Repeat& into) {
    const double seconds = to_seconds(at - sample_start_);
    if (seconds <= 0) return;
    const Duration length = at - sample_start_;
    sample_start_ = at;
    into.flow_samples.resize(flows_.size());
    into.service_samples.resize(services_.size());
    for (std::size_t f = 0; f < flows_.size(); ++f) {
        FlowMeter& meter = flows_[f];
        const FlowSample counts = counts_of(meter.now);
        FlowSample sample = std::exchange(meter.counted, {});
        add_difference(sample, counts, meter.seen);
        meter.seen = counts;
        note_heat(f, into);
        take_quantiles(meter, sample);
        into.flow_samples[f].push_back(sample);
    }
    for (std::size_t s = 0; s < services_.size(); ++s) {
        ServiceMeter& meter = services_[s];
        const ServiceMeter::Integrals integrals = meter.integrals(at);
        into.service_samples[s].push_back(sample_of(meter, integrals, seconds));
        meter.at_sample = integrals;
        meter.sample_queue_max = static_cast<std::uint32_t>(meter.waiting.value());
        meter.sample_in_hand_max = meter.sample_in_hand_min =
            static_cast<std::uint32_t>(meter.in_system.value());
        meter.seen_counts = meter.now;
        meter.seen_counts.wait = {};
        if (meter.wait.count() > 0) meter.wait.drain(meter.now.wait);
    }
    if (into.heat.every.count() == 0) into.heat.every = length;
    into.heat.make_room(static_cast<std::uint64_t>(at.time_since_epoch() / into.heat.every));
    heat_column_ = static_cast<std::uint32_t>(at.time_since_epoch() / into.heat.every);
}

void Meters::close_segment(Time at, Repeat& into) {
    Segment segment{.start = segment_start_, .end = at, .flows = {}, .services = {}};
    segment.flows.reserve(flows_.size());
    segment.services.reserve(services_.size());
    for (std::size_t f = 0; f < flows_.size(); ++f) {
        FlowMeter& meter = flows_[f];
        add_difference(meter.counted, counts_of(meter.now), meter.seen);
        meter.seen = {};
        if (meter.latency.count() > 0) {
            note_heat(f, into);
            Histogram part;
            meter.latency.drain(part);
            meter.now.latency.merge(part);
            meter.carried.merge(part);
        }
        segment.flows.push_back(std::exchange(meter.now, {}));
    }
    for (ServiceMeter& meter : services_) {
        const ServiceMeter::Integrals integrals = meter.integrals(at);
        const ServiceMeter::Integrals before = std::exchange(meter.at_segment, integrals);
        meter.now.queue_time = integrals.queue - before.queue;
        meter.now.busy_time = integrals.busy - before.busy;
        meter.now.in_system_time = integrals.in_system - before.in_system;
        meter.now.worker_time = integrals.workers - before.workers;
        if (meter.wait.count() > 0) meter.wait.drain(meter.now.wait);
        // The open sample goes on: what it has counted so far becomes negative offsets.
        meter.seen_counts.arrived -= meter.now.arrived;
        meter.seen_counts.wasted -= meter.now.wasted;
        for (std::size_t o = 0; o < meter.now.refused.size(); ++o)
            meter.seen_counts.refused[o] -= meter.now.refused[o];
        segment.services.push_back(std::exchange(meter.now, {}));
        meter.now.queue_max = static_cast<std::uint32_t>(meter.waiting.value());
        meter.now.busy_max = static_cast<std::uint32_t>(meter.busy.value());
        meter.now.connections_max = static_cast<std::uint32_t>(meter.in_system.value());
    }
    segment_start_ = at;
    into.segments.push_back(std::move(segment));
}

}  // namespace shaketable::reports
