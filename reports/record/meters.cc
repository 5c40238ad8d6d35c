#include "reports/record/meters.h"

#include <utility>

namespace shaketable::reports {

namespace {

FlowSample counts_of(const FlowTotals& totals) {
    const std::uint64_t good = totals.succeeded();
    return {.started = static_cast<std::uint32_t>(totals.started),
            .succeeded = static_cast<std::uint32_t>(good),
            .failed = static_cast<std::uint32_t>(totals.settled_total() - good),
            .attempts = static_cast<std::uint32_t>(totals.attempts)};
}

/// Counters wrap at 2^32 within a segment; their differences within one sample do not.
void add_difference(FlowSample& sum, const FlowSample& now, const FlowSample& before) {
    sum.started += now.started - before.started;
    sum.succeeded += now.succeeded - before.succeeded;
    sum.failed += now.failed - before.failed;
    sum.attempts += now.attempts - before.attempts;
}

std::uint64_t refused_total(const ServiceTotals& totals) {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : totals.refused) sum += n;
    return sum;
}

ServiceSample sample_of(const ServiceMeter& meter, double seconds) {
    const auto difference = [](std::uint64_t now, std::uint64_t before) {
        return static_cast<std::uint32_t>(now - before);
    };
    const double workers = to_seconds(meter.now.worker_time - meter.sample_workers);
    const double busy = to_seconds(meter.now.busy_time - meter.sample_busy);
    ServiceSample sample;
    sample.queue =
        static_cast<float>(to_seconds(meter.now.queue_time - meter.sample_queue) / seconds);
    sample.busy = static_cast<float>(busy / seconds);
    sample.utilization = workers > 0 ? static_cast<float>(busy / workers) : -1.0F;
    sample.queue_max = meter.sample_queue_max;
    sample.arrived = difference(meter.now.arrived, meter.seen_counts.arrived);
    sample.refused = difference(refused_total(meter.now), refused_total(meter.seen_counts));
    sample.wasted = difference(meter.now.wasted, meter.seen_counts.wasted);
    sample.up = meter.up;
    return sample;
}

}  // namespace

void Meters::close_sample(Time at, Repeat& into) {
    const double seconds = to_seconds(at - sample_start_);
    if (seconds <= 0) return;
    sample_start_ = at;
    into.flow_samples.resize(flows_.size());
    into.service_samples.resize(services_.size());
    for (std::size_t f = 0; f < flows_.size(); ++f) {
        FlowMeter& meter = flows_[f];
        const FlowSample counts = counts_of(meter.now);
        FlowSample sample = std::exchange(meter.counted, {});
        add_difference(sample, counts, meter.seen);
        meter.seen = counts;
        if (meter.latency.count() > 0) {
            sample.p50 = static_cast<float>(meter.latency.quantile(0.5));
            sample.p99 = static_cast<float>(meter.latency.quantile(0.99));
            meter.latency.drain(meter.now.latency);
        }
        into.flow_samples[f].push_back(sample);
    }
    for (std::size_t s = 0; s < services_.size(); ++s) {
        ServiceMeter& meter = services_[s];
        meter.advance(at);
        into.service_samples[s].push_back(sample_of(meter, seconds));
        meter.sample_queue = meter.now.queue_time;
        meter.sample_busy = meter.now.busy_time;
        meter.sample_workers = meter.now.worker_time;
        meter.sample_queue_max = meter.waiting;
        meter.seen_counts = meter.now;
        meter.seen_counts.wait = {};
        if (meter.wait.count() > 0) meter.wait.drain(meter.now.wait);
    }
}

void Meters::close_segment(Time at, Repeat& into) {
    Segment segment{.start = segment_start_, .end = at, .flows = {}, .services = {}};
    segment.flows.reserve(flows_.size());
    segment.services.reserve(services_.size());
    for (FlowMeter& meter : flows_) {
        add_difference(meter.counted, counts_of(meter.now), meter.seen);
        meter.seen = {};
        if (meter.latency.count() > 0) meter.latency.drain(meter.now.latency);
        segment.flows.push_back(std::exchange(meter.now, {}));
    }
    for (ServiceMeter& meter : services_) {
        meter.advance(at);
        if (meter.wait.count() > 0) meter.wait.drain(meter.now.wait);
        // The open sample goes on: what it has counted so far becomes negative offsets.
        meter.sample_queue -= meter.now.queue_time;
        meter.sample_busy -= meter.now.busy_time;
        meter.sample_workers -= meter.now.worker_time;
        meter.seen_counts.arrived -= meter.now.arrived;
        meter.seen_counts.wasted -= meter.now.wasted;
        for (std::size_t o = 0; o < meter.now.refused.size(); ++o)
            meter.seen_counts.refused[o] -= meter.now.refused[o];
        segment.services.push_back(std::exchange(meter.now, {}));
        meter.now.queue_max = meter.waiting;
        meter.now.busy_max = meter.busy;
        meter.now.connections_max = meter.in_system;
    }
    segment_start_ = at;
    into.segments.push_back(std::move(segment));
}

}  // namespace shaketable::reports
