#include <cmath>

#include <fmt/format.h>

#include "reports/render/formats.h"
#include "reports/select.h"
#include "reports/summary.h"

namespace shaketable::reports {

namespace {

/// Successful calls of all workloads, all repeats, from warm-up to cool-down.
Histogram latencies(const RunView& run) {
    return summarize_calls(*run.record, stretches_by_repeat(*run.record, WindowKind::run, "run"),
                           workload_flows(*run.record))
        .pooled.latency;
}

/// From the middles of the buckets: known to within 0.4%.
double deviation(const Histogram& latency) {
    double sum = 0;
    for (const auto& [bucket, count] : latency.filled()) {
        const double middle =
            to_seconds(buckets::lower(bucket) + buckets::upper(bucket)) / 2 - latency.mean();
        sum += middle * middle * static_cast<double>(count);
    }
    return std::sqrt(sum / static_cast<double>(latency.count()));
}

}  // namespace

// Source: HdrHistogram, AbstractHistogram.outputPercentileDistribution, five ticks per half
// distance.
std::string to_hgrm(const RunView& run) {
    const Histogram latency = latencies(run);
    std::string text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
    std::uint64_t seen = 0;
    double next = 0;  // the percentile of the next line, a share
    constexpr double ticks = 5;
    for (const auto& [bucket, count] : latency.filled()) {
        seen += count;
        const double share = static_cast<double>(seen) / static_cast<double>(latency.count());
        const Duration top = buckets::upper(bucket) - Duration{1};
        const double value = to_seconds(std::min(top, latency.longest())) * 1e3;
        while (next <= share && seen < latency.count()) {
            text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, next, seen,
                                1 / (1 - next));
            // Each half of the rest gets as many lines as the half before.
            double halves = 2;
            while (1 - 1 / halves <= next) halves *= 2;
            next += 1 / (ticks * halves);
        }
    }
    if (latency.count() > 0)
        text += fmt::format("{:12.3f} {:2.12f} {:10}\n", to_seconds(latency.longest()) * 1e3, 1.0,
                            latency.count());
    const double mean = latency.count() > 0 ? latency.mean() * 1e3 : 0;
    const double spread = latency.count() > 0 ? deviation(latency) * 1e3 : 0;
    return text + fmt::format(
                      "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n"
                      "#[Max     = {:12.3f}, Total count    = {:12}]\n"
                      "#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      mean, spread, to_seconds(latency.longest()) * 1e3, latency.count(),
                      buckets::octaves + 1, buckets::sub_count);
}

}  // namespace shaketable::reports
