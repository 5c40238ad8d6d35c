#include <algorithm>
#include <array>
#include <optional>

#include "faults/timeline.h"
#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

/// Samples a quantile needs, so that ten lie beyond it; 0 for other metrics.
double samples_wanted(Metric metric) {
    switch (metric) {
        case Metric::p50:
            return 20;
        case Metric::p90:
            return 100;
        case Metric::p95:
            return 200;
        case Metric::p99:
            return 1'000;
        case Metric::p999:
            return 10'000;
        case Metric::p9999:
            return 100'000;
        default:
            return 0;
    }
}

double measured_seconds(const Run& run) {
    return to_seconds(run.duration - run.warmup.length - run.cooldown);
}

/// Seconds of the span that are measured; no value where the dice decide.
std::optional<double> length_of(const Scenario& scenario, const Span& span) {
    const Time from{scenario.run.warmup.length};
    const Time to{scenario.run.duration - scenario.run.cooldown};
    for (const faults::Fault& fault : scenario.faults)
        if (fault.random || fault.at.spread > Duration{0} || fault.every) return std::nullopt;
    const auto timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, 0);
    if (!timeline) return std::nullopt;
    faults::Window window{Time{}, to};
    if (span.window == "baseline") {
        for (const auto& planned : timeline->windows)
            window.end = std::min(window.end, planned.window.start);
    } else if (const Window* named = scenario.windows.find(span.window)) {
        window = {Time{named->from}, Time{named->to}};
    } else if (const std::optional<faults::Window> found = timeline->find(span.window)) {
        window = *found;
    }
    if (span.kind == Span::Kind::before) window = {Time{}, window.start};
    if (span.kind == Span::Kind::after) window = {faults::add(window.end, span.offset), to};
    return std::max(0.0, to_seconds(std::min(window.end, to) - std::max(window.start, from)));
}

double rate_of(const Facts& facts, const Selector& selector) {
    const Topology& topology = facts.topology();
    const Scenario& scenario = facts.scenario();
    double rate = 0;
    for (const CallSite& site : topology.sites()) {
        if (site.callee == nowhere) continue;
        const EndpointIndex to = topology.endpoints()[site.callee];
        const auto& service = scenario.services.entries[to.service];
        const std::string& caller =
            site.caller == nowhere
                ? scenario.workload.entries[site.workload].name
                : scenario.services.entries[topology.endpoints()[site.caller].service].name;
        if (service.name == selector.service &&
            (selector.endpoint.empty() ||
             service.value.endpoints.entries[to.number].name == selector.endpoint) &&
            (selector.caller.empty() || selector.caller == caller))
            rate += facts.rate_of_site(site);
    }
    return rate;
}

void check_samples(const Facts& facts) {
    const Scenario& scenario = facts.scenario();
    for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
        const Claim& claim = scenario.expect[i].that;
        const double wanted = samples_wanted(claim.metric);
        const double rate = wanted > 0 ? rate_of(facts, claim.selector) : 0;
        const std::optional<double> length =
            rate > 0 ? length_of(scenario, claim.span) : std::nullopt;
        if (!length || rate * *length >= wanted) continue;
        facts.warn("W212", "expect[" + std::to_string(i) + "].that",
                   "about " + print_short(rate * *length) + " samples a run, where " +
                       std::string{name_of(claim.metric)} + " wants " + print_short(wanted),
                   "a longer window, more load, or a quantile less far out",
                   {"so that ten of them lie beyond it"});
    }
}

/// A system starts empty and idle: caches, queues and users need a while until they are as they
/// always are.
void check_warmup(const Facts& facts) {
    const Scenario& scenario = facts.scenario();
    if (scenario.run.warmup.automatic) return;
    double longest = 0;
    std::string why;
    const auto consider = [&](double seconds, std::string reason) {
        if (seconds <= longest) return;
        longest = seconds;
        why = std::move(reason);
    };
    for (const CallSite& site : facts.topology().sites()) {
        if (site.caller != nowhere || site.callee == nowhere || site.is_fallback) continue;
        const auto& [name, workload] = scenario.workload.entries[site.workload];
        const double answer = facts.times(site.callee).answer;
        if (answer < 1e9) consider(10 * answer, "ten answers of " + site.call + " take that long");
        if (workload.users)
            consider(workload.think.mean(), "the users of " + name + " think that long");
    }
    if (to_seconds(scenario.run.warmup.length) >= longest) return;
    const std::string found =
        scenario.run.warmup.length > Duration{0}
            ? "the warm-up of " + print_seconds(to_seconds(scenario.run.warmup.length)) +
                  " is shorter than " + print_seconds(longest)
            : "there is no warm-up; it should take at least " + print_seconds(longest);
    facts.warn("W212", "run.warmup", found,
               "numbers from a system that is still filling up are not its usual ones", {why});
}

void check_length(const Facts& facts) {
    constexpr double requests_wanted = 100;
    double rate = 0;
    for (std::uint32_t w = 0; w < facts.scenario().workload.size(); ++w)
        rate += facts.rate_of_workload(w);
    const double requests = rate * measured_seconds(facts.scenario().run);
    if (requests >= requests_wanted) return;
    facts.warn("W212", "run.duration",
               "about " + print_short(requests) + " requests are measured in a run",
               "a longer run, or more load");
}

}  // namespace

void find_weak_statistics(const Facts& facts) {
    check_length(facts);
    check_warmup(facts);
    check_samples(facts);
}

}  // namespace shaketable::scenarios::lint_rules
