#include "reports/checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/select.h"

namespace shaketable::reports {

namespace {

using scenarios::FindingSeverity;

/// " in 3 of 10 repeats", or nothing where it was all of one.
std::string in_repeats(std::size_t n, std::size_t of) {
    return of == 1 ? std::string{} : fmt::format(" in {} of {} repeats", n, of);
}

bool happened(const Repeat& repeat, const std::string& fault) {
    return std::any_of(repeat.spans.begin(), repeat.spans.end(),
                       [&](const NamedSpan& span) { return span.name == fault; });
}

struct Balance {
    std::uint64_t started = 0, settled = 0;
};
Balance balance_of(const Repeat& repeat, std::uint32_t flow) {
    Balance sum;
    for (const Segment& segment : repeat.segments) {
        sum.started += segment.flows[flow].started;
        sum.settled += segment.flows[flow].settled_total();
    }
    return sum;
}

}  // namespace

std::vector<Notice> find_faults_without_effect(const Record& record) {
    std::vector<Notice> notices;
    for (std::size_t f = 0; f < record.fault_ids.size(); ++f) {
        const std::string& id = record.fault_ids[f];
        std::size_t active = 0, inert = 0;
        for (const Repeat& repeat : record.repeats) {
            if (!happened(repeat, id)) continue;
            ++active;
            if (f < repeat.fault_hits.size() && repeat.fault_hits[f] == 0) ++inert;
        }
        if (active == 0 && !record.repeats.empty())
            notices.push_back({"absent-fault", FindingSeverity::warn, id,
                               "fault " + id + " did not happen in any repeat"});
        if (inert > 0)
            notices.push_back({"inert-fault", FindingSeverity::warn, id,
                               "fault " + id + " was active and touched no traffic" +
                                   in_repeats(inert, record.repeats.size())});
    }
    return notices;
}

std::vector<Notice> find_broken_conservation(const Record& record) {
    std::vector<Notice> notices;
    const std::vector<std::uint32_t> entries = workload_flows(record);
    for (std::size_t r = 0; r < record.repeats.size(); ++r) {
        const Repeat& repeat = record.repeats[r];
        Balance all;
        for (const std::uint32_t row : entries) {
            const Balance one = balance_of(repeat, row);
            all.started += one.started;
            all.settled += one.settled;
        }
        if (all.started != repeat.requests || all.started != all.settled + repeat.in_flight)
            notices.push_back(
                {"conservation", FindingSeverity::error, "",
                 fmt::format(
                     "the books of repeat {} do not balance: {} requests, {} started, {} settled, "
                     "{} in flight",
                     r + 1, repeat.requests, all.started, all.settled, repeat.in_flight)});
        for (std::uint32_t row = 0; row < record.flows.size(); ++row) {
            const Balance one = balance_of(repeat, row);
            if (one.settled > one.started)
                notices.push_back(
                    {"conservation", FindingSeverity::error, print(record.flows[row]),
                     fmt::format(
                         "the books of repeat {} do not balance: {} calls {} started, {} settled",
                         r + 1, one.started, print(record.flows[row]), one.settled)});
        }
    }
    return notices;
}

std::vector<Notice> find_dropped_events(const Record& record) {
    std::uint64_t dropped = 0;
    for (const Repeat& repeat : record.repeats) dropped += repeat.events_dropped;
    if (dropped == 0) return {};
    return {
        {"events-dropped", FindingSeverity::warn, "",
         fmt::format("{} events were not kept; the timelines show the first ones only", dropped)}};
}

std::vector<Notice> find_missing_steady_state(const scenarios::Scenario& scenario,
                                              const Record& record) {
    if (!scenario.run.warmup.automatic || record.world != "simulated") return {};
    // Found, it is at most half of the calm; not found, it is half of it, which is found again
    // here.
    Duration calm = record.duration - record.cooldown;
    for (std::size_t r = 0; r < std::min<std::size_t>(record.repeats.size(), 5); ++r)
        for (const NamedSpan& span : record.repeats[r].spans)
            if (std::find(record.fault_ids.begin(), record.fault_ids.end(), span.name) !=
                record.fault_ids.end())
                calm = std::min(calm, span.start.time_since_epoch());
    const std::int64_t steps = calm / record.sample_every;
    if (record.warmup != record.sample_every * (steps / 2)) return {};
    return {{"no-steady-state", FindingSeverity::warn, "run.warmup",
             fmt::format("no steady state was seen within {:.3g} s, half of which are left out as "
                         "warm-up; a longer run says more",
                         to_seconds(calm))}};
}

}  // namespace shaketable::reports
