/// A small scenario and records of it, made by hand: 60 s, warm-up 10 s, cool-down 5 s, fault "cut"
/// from 30 s to 40 s. Users call web.checkout ten times a second, web calls ledger.append once for
/// each.
#pragma once

#include <string>
#include <vector>

#include "base/field.h"
#include "reports/record/cuts.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports::small {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What a span of the run looked like.
struct Phase {
    int from = 0, to = 0;       ///< seconds
    double success = 1;         ///< share of the calls from outside
    milliseconds latency{20};   ///< of all successful calls
    std::uint32_t tries = 1;    ///< of each call to the ledger
    double utilization = 0.25;  ///< of the ledger's workers
    std::uint32_t queue = 0;    ///< waiting at the ledger
    double wasted = 0;          ///< share of the ledger's work
};

inline constexpr std::uint32_t to_web = 0, to_ledger = 1;  ///< rows of Record::flows
inline constexpr std::uint32_t ledger = 0, web = 1;        ///< rows of Record::services
inline constexpr std::uint64_t rate = 10;

inline scenarios::Scenario scenario() {
    scenarios::Scenario s;
    s.name = "small";
    s.description = "a small one";
    s.run = {.duration = seconds{60},
             .warmup = Duration{seconds{10}},
             .cooldown = seconds{5},
             .seed = 7};
    scenarios::Service service;
    service.endpoints = {};
    s.services.entries = {{"web", service}, {"ledger", service}};
    faults::Fault cut;
    cut.id = "cut";
    cut.at.offset = seconds{30};
    cut.for_ = seconds{10};
    s.faults = {cut};
    return s;
}

inline scenarios::Claim claim(scenarios::Metric metric, scenarios::Selector selector,
                              scenarios::Span span = {}) {
    scenarios::Claim c;
    c.text = std::string{name_of(metric)} + "(...)";
    c.metric = metric;
    c.selector = std::move(selector);
    c.span = std::move(span);
    return c;
}
inline scenarios::Span during(std::string window) {
    return {scenarios::Span::Kind::during, std::move(window), Duration{0}};
}
inline scenarios::Span after(std::string window, Duration offset = Duration{0}) {
    return {scenarios::Span::Kind::after, std::move(window), offset};
}
inline const scenarios::Selector checkout{"", "web", "checkout", ""};
inline const scenarios::Selector append{"web", "ledger", "append", ""};
inline const scenarios::Selector the_ledger{"", "ledger", "", ""};

inline std::vector<Phase> healthy() {
    return {{0, 60}};
}
/// The fault costs four of five calls, and all is well as soon as it ends.
inline std::vector<Phase> broken() {
    return {{0, 30}, {30, 40, 0.2, milliseconds{200}, 4, 1.0, 50, 0.6}, {40, 60}};
}
/// ... and stays down.
inline std::vector<Phase> metastable() {
    std::vector<Phase> phases = broken();
    phases[2] = phases[1];
    phases[2].from = 40;
    phases[2].to = 60;
    return phases;
}

inline const Phase& phase_at(const std::vector<Phase>& phases, int second) {
    for (const Phase& p : phases)
        if (second >= p.from && second < p.to) return p;
    return phases.back();
}

inline void add_second(Segment& segment, const Phase& p) {
    const auto good = static_cast<std::uint64_t>(p.success * static_cast<double>(rate) + 0.5);
    FlowTotals& entry = segment.flows[to_web];
    entry.started += rate;
    entry.attempts += rate;
    entry.sent += rate;
    entry.settled[static_cast<std::size_t>(Outcome::ok)] += good;
    entry.settled[static_cast<std::size_t>(Outcome::timeout)] += rate - good;
    entry.tries = entry.settled;
    FlowTotals& inner = segment.flows[to_ledger];
    inner.started += rate;
    inner.attempts += rate * p.tries;
    inner.sent += rate * p.tries;
    inner.retries += rate * (p.tries - 1);
    inner.settled[static_cast<std::size_t>(Outcome::ok)] += good;
    inner.settled[static_cast<std::size_t>(Outcome::timeout)] += rate - good;
    inner.tries[static_cast<std::size_t>(Outcome::ok)] += good;
    inner.tries[static_cast<std::size_t>(Outcome::timeout)] += rate * p.tries - good;
    for (FlowTotals* flow : {&entry, &inner}) {
        Histogram h;
        h.add(buckets::index_of(p.latency), good);
        const auto ns = static_cast<std::uint64_t>(Duration{p.latency}.count());
        if (good > 0) h.add_exact(WideCount{ns} * good, p.latency);
        flow->latency.merge(h);
    }
    ServiceTotals& l = segment.services[ledger];
    l.arrived += rate * p.tries;
    l.admitted += rate * p.tries;
    l.completed += rate * p.tries;
    l.worker_time += seconds{8};
    l.busy_time += from_seconds(8 * p.utilization);
    l.work += from_seconds(8 * p.utilization);
    l.wasted_work += from_seconds(8 * p.utilization * p.wasted);
    l.queue_time += seconds{p.queue};
    l.in_system_time += seconds{p.queue} + from_seconds(8 * p.utilization);
    l.queue_max = std::max(l.queue_max, p.queue);
    l.busy_max = std::max(l.busy_max, static_cast<std::uint32_t>(8 * p.utilization));
    l.connections_max = std::max(l.connections_max, l.queue_max + l.busy_max);
    ServiceTotals& w = segment.services[web];
    w.arrived += rate;
    w.admitted += rate;
    w.completed += rate;
}

inline void add_samples(Repeat& repeat, const Phase& p) {
    const auto good = static_cast<std::uint32_t>(p.success * static_cast<double>(rate) + 0.5);
    const float latency = good > 0 ? static_cast<float>(to_seconds(p.latency)) : -1.0F;
    FlowSample entry{rate, good, static_cast<std::uint32_t>(rate) - good, rate, latency, latency};
    repeat.flow_samples[to_web].push_back(entry);
    entry.attempts *= p.tries;
    repeat.flow_samples[to_ledger].push_back(entry);
    ServiceSample l;
    l.queue = static_cast<float>(p.queue);
    l.busy = static_cast<float>(8 * p.utilization);
    l.utilization = static_cast<float>(p.utilization);
    l.queue_max = p.queue;
    l.arrived = static_cast<std::uint32_t>(rate) * p.tries;
    l.up = 1;
    repeat.service_samples[ledger].push_back(l);
    ServiceSample w;
    w.arrived = rate;
    w.up = 2;
    repeat.service_samples[web].push_back(w);
}

inline Repeat repeat(const std::vector<Phase>& phases, const scenarios::Scenario& of,
                     bool with_fault = true) {
    Repeat r;
    std::vector<NamedSpan> faults;
    if (with_fault) faults.push_back({"cut", Time{seconds{30}}, Time{seconds{40}}});
    r.spans = named_spans(of, faults);
    const std::vector<Time> cuts = cut_times(of, faults);
    r.flow_samples.resize(2);
    r.service_samples.resize(2);
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
        Segment segment{cuts[i], cuts[i + 1], std::vector<FlowTotals>(2),
                        std::vector<ServiceTotals>(2)};
        for (Time t = cuts[i]; t < cuts[i + 1]; t += seconds{1}) {
            const auto second =
                static_cast<int>(std::chrono::duration_cast<seconds>(t.time_since_epoch()).count());
            add_second(segment, phase_at(phases, second));
            add_samples(r, phase_at(phases, second));
        }
        r.segments.push_back(std::move(segment));
    }
    r.fault_hits = {with_fault ? 40U : 0U};
    r.requests = 60 * rate;
    return r;
}

inline Record record(const std::vector<std::vector<Phase>>& repeats,
                     const scenarios::Scenario& of = scenario()) {
    Record r;
    r.scenario = of.name;
    r.seed = of.run.seed;
    r.duration = of.run.duration;
    r.warmup = of.run.warmup.length;
    r.cooldown = of.run.cooldown;
    r.sample_every = seconds{1};
    r.flows = {{"users", true, "", "web", "checkout"}, {"web", false, "", "ledger", "append"}};
    r.services = {"ledger", "web"};
    r.replicas = {1, 2};
    r.fault_ids = {"cut"};
    for (const auto& phases : repeats) r.repeats.push_back(repeat(phases, of));
    return r;
}

}  // namespace shaketable::reports::small
