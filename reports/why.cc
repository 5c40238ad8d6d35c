#include "reports/why.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "reports/band.h"
#include "reports/metrics/shares.h"
#include "reports/render/figures.h"
#include "reports/saturation.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

using scenarios::Unit;
using Sentences = std::vector<std::string>;

FlowTotals pooled(const WindowSummary& window, const std::vector<std::uint32_t>& rows) {
    FlowTotals sum;
    for (const std::uint32_t row : rows) sum.merge(window.flows[row].pooled);
    return sum;
}

double success_of(const FlowTotals& calls) {
    return ratio(calls.succeeded(), judged(calls));
}

struct Story {
    const Record& record;
    std::vector<Entry> entries;
    std::vector<WindowSummary> windows;
    const WindowSummary* baseline = nullptr;
    const WindowSummary* fault = nullptr;  ///< the one that cost most success
    const WindowSummary* after = nullptr;
    std::string kind;  ///< of that fault: "slow"
};

/// How much success the entries lose in a window.
double loss_in(const Story& story, const WindowSummary& window) {
    if (story.baseline == nullptr) return 0;
    double worst = 0;
    for (const Entry& entry : story.entries) {
        const FlowTotals now = pooled(window, entry.rows);
        const FlowTotals before = pooled(*story.baseline, entry.rows);
        if (judged(now) > 0 && judged(before) > 0)
            worst = std::max(worst, success_of(before) - success_of(now));
    }
    return worst;
}

Story tell(const scenarios::Scenario& scenario, const Record& record) {
    Story story{
        .record = record, .entries = entries_of(record), .windows = summarize(scenario, record)};
    story.baseline = find_window(story.windows, WindowKind::baseline, "baseline");
    story.after = find_window(story.windows, WindowKind::after, "after");
    double most = -1;
    for (const WindowSummary& window : story.windows) {
        if (window.kind != WindowKind::fault) continue;
        const double loss = loss_in(story, window);
        if (loss <= most) continue;
        most = loss;
        story.fault = &window;
    }
    if (story.fault == nullptr) return story;
    for (const faults::Fault& fault : scenario.faults)
        if (fault.id == story.fault->name) story.kind = faults::kind_name(fault.what);
    return story;
}

std::string joined(const Sentences& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
        text += parts[i];
    }
    return text;
}

void tell_effect(const Story& story, Sentences& why) {
    const std::string name =
        story.kind.empty() ? story.fault->name : story.fault->name + " (" + story.kind + ")";
    for (const Entry& entry : story.entries) {
        const FlowTotals now = pooled(*story.fault, entry.rows);
        if (judged(now) == 0) {
            why.push_back(
                fmt::format("No call to {} settled while {} was active.", entry.name, name));
            continue;
        }
        std::string text = fmt::format("While {} was active, {} of the calls to {} succeeded", name,
                                       figure(success_of(now), Unit::share), entry.name);
        const FlowTotals before =
            story.baseline ? pooled(*story.baseline, entry.rows) : FlowTotals{};
        if (judged(before) > 0)
            text += fmt::format(" ({} before)", figure(success_of(before), Unit::share));
        if (now.latency.count() > 0) {
            text += fmt::format(", with a p99 of {}",
                                figure(now.latency.quantile(0.99), Unit::seconds));
            if (before.latency.count() > 0)
                text += fmt::format(" ({} before)",
                                    figure(before.latency.quantile(0.99), Unit::seconds));
        }
        why.push_back(text + ".");
    }
}

void tell_replicas(const Story& story, Sentences& why) {
    for (std::size_t s = 0; s < story.record.services.size(); ++s) {
        const std::uint32_t all = s < story.record.replicas.size() ? story.record.replicas[s] : 0;
        std::uint32_t least = all;
        for (const Repeat& repeat : story.record.repeats) {
            const Stretches window =
                stretches_of(story.record, repeat,
                             {scenarios::Span::Kind::during, story.fault->name, Duration{0}});
            if (s >= repeat.service_samples.size()) continue;
            for (const Stretch& stretch : window) {
                const Steps within = steps_within(story.record, stretch);
                const auto& samples = repeat.service_samples[s];
                for (std::size_t k = within.first; k < std::min(within.last, samples.size()); ++k)
                    least = std::min(least, samples[k].up);
            }
        }
        if (least < all)
            why.push_back(fmt::format(
                "{} had {} of its {} able to serve meanwhile.", story.record.services[s],
                least == 0 ? "none" : grouped(least), counted(all, "replica")));
    }
}

void tell_saturation(const Story& story, const std::vector<Saturation>& saturations,
                     Sentences& why) {
    if (saturations.empty()) {
        if (loss_in(story, *story.fault) > 0.01) why.emplace_back("No service ran out of workers.");
        return;
    }
    const Saturation& first = saturations.front();
    const std::string when = first.after > 0 ? figure(first.after, Unit::seconds) + " after " +
                                                   story.fault->name + " began"
                                             : "as soon as " + story.fault->name + " began";
    std::string text = fmt::format("{} was saturated first, {}: its workers were all held",
                                   story.record.services[first.service], when);
    if (first.queue_most >= 1)
        text += fmt::format(", and {} requests waited at the peak",
                            grouped(static_cast<std::uint64_t>(first.queue_most + 0.5)));
    why.push_back(text + ".");
    Sentences others;
    for (std::size_t i = 1; i < saturations.size() && i < 5; ++i)
        others.push_back(fmt::format("{} ({} after it began)",
                                     story.record.services[saturations[i].service],
                                     figure(saturations[i].after, Unit::seconds)));
    if (!others.empty()) why.push_back(fmt::format("Then {} followed.", joined(others)));
}

/// Edges whose calls took clearly more tries in `window` than in the baseline, the most multiplied
/// first.
Sentences multiplied_edges(const Story& story, const WindowSummary& window) {
    std::vector<std::pair<double, std::string>> edges;
    for (std::uint32_t row = 0; row < story.record.flows.size(); ++row) {
        const FlowTotals& now = window.flows[row].pooled;
        if (now.started == 0) continue;
        const double tries = ratio(now.attempts, now.started);
        const FlowTotals* before = story.baseline ? &story.baseline->flows[row].pooled : nullptr;
        const double usual =
            before != nullptr && before->started > 0 ? ratio(before->attempts, before->started) : 1;
        if (tries < usual + 0.1) continue;
        edges.emplace_back(
            tries,
            fmt::format("{} made {} tries a call ({} before)", print(story.record.flows[row]),
                        figure(tries, Unit::ratio), figure(usual, Unit::ratio)));
    }
    std::stable_sort(edges.begin(), edges.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Sentences parts;
    for (const auto& [tries, text] : edges)
        if (parts.size() < 3) parts.push_back(text);
    return parts;
}

/// How many times its baseline load reaches a service; 0 if there is no baseline.
double load_factor(const Story& story, const WindowSummary& window, std::size_t service) {
    if (story.baseline == nullptr) return 0;
    const double before = story.baseline->services[service].arrivals.mean;
    return before > 0 ? window.services[service].arrivals.mean / before : 0;
}

void tell_amplification(const Story& story, Sentences& why) {
    const Sentences edges = multiplied_edges(story, *story.fault);
    if (!edges.empty())
        why.push_back(fmt::format("Retries multiplied the load: {}.", joined(edges)));
    std::size_t most = 0;
    for (std::size_t s = 1; s < story.record.services.size(); ++s)
        if (load_factor(story, *story.fault, s) > load_factor(story, *story.fault, most)) most = s;
    if (story.record.services.empty() || load_factor(story, *story.fault, most) < 1.2) return;
    why.push_back(fmt::format("{} got {} requests a second, {} times its baseline.",
                              story.record.services[most],
                              short_figure(story.fault->services[most].arrivals, Unit::ratio),
                              figure(load_factor(story, *story.fault, most), Unit::ratio)));
}

double wasted_share(const ServiceTotals& s) {
    return s.work.count() > 0 ? ratio(s.wasted_work, s.work) : ratio(s.wasted, s.completed);
}

/// "94.1% of the work of ledger", for services that waste at least a twentieth, the most wasteful
/// first.
Sentences wasteful(const Story& story, const WindowSummary& window) {
    std::vector<std::pair<double, std::string>> services;
    for (std::size_t s = 0; s < story.record.services.size(); ++s) {
        const double share = wasted_share(window.services[s].pooled);
        if (share >= 0.05)
            services.emplace_back(share,
                                  fmt::format("{} of the work of {}", figure(share, Unit::share),
                                              story.record.services[s]));
    }
    std::stable_sort(services.begin(), services.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Sentences parts;
    for (const auto& [share, text] : services)
        if (parts.size() < 3) parts.push_back(text);
    return parts;
}

void tell_defences(const Story& story, Sentences& why) {
    std::uint64_t denied = 0, retries = 0, shed = 0, full = 0, breaker = 0, tries = 0, hedges = 0;
    for (const CallSummary& flow : story.fault->flows) {
        denied += flow.pooled.budget_denied;
        retries += flow.pooled.retries;
        shed += load_shed(flow.pooled.tries);
        full += count_of(flow.pooled.tries, Outcome::queue_full) +
                count_of(flow.pooled.tries, Outcome::bulkhead_full);
        breaker += count_of(flow.pooled.tries, Outcome::breaker_open);
        hedges += flow.pooled.hedges;
        tries += flow.pooled.attempts;
    }
    const auto share_of_tries = [&](std::uint64_t n) {
        return figure(ratio(n, tries), Unit::share);
    };
    Sentences parts;
    if (breaker > 0)
        parts.push_back(
            fmt::format("open breakers refused {} of all tries", share_of_tries(breaker)));
    if (shed > 0)
        parts.push_back(
            fmt::format("load shedding and limits refused {} of all tries", share_of_tries(shed)));
    if (full > 0)
        parts.push_back(
            fmt::format("full queues and pools refused {} of all tries", share_of_tries(full)));
    if (denied > 0)
        parts.push_back(fmt::format("retry budgets denied {} of the retries wanted",
                                    figure(ratio(denied, denied + retries), Unit::share)));
    if (hedges > 0)
        parts.push_back(fmt::format("{} of all tries were hedges", share_of_tries(hedges)));
    if (!parts.empty()) why.push_back(fmt::format("Meanwhile {}.", joined(parts)));
}

std::string in_repeats(const RecoverySummary& r, std::uint32_t n) {
    return r.of == 1 ? std::string{} : fmt::format(" in {} of {} repeats", n, r.of);
}

void tell_what_keeps_it_down(const Story& story, Sentences& why) {
    if (story.after == nullptr) return;
    why.emplace_back("The trigger is gone and the system stays down: it is metastable.");
    Sentences parts = multiplied_edges(story, *story.after);
    for (std::string& part : wasteful(story, *story.after))
        parts.push_back(part + " was for nobody");
    if (!parts.empty()) why.push_back(fmt::format("What keeps it down: {}.", joined(parts)));
}

void tell_recovery(const Story& story, Sentences& why) {
    bool metastable = false;
    for (const Entry& entry : story.entries) {
        const RecoverySummary r = summarize_recovery(story.record, entry.rows);
        if (r.of == 0) continue;
        if (r.back > 0 && r.seconds == 0)
            why.push_back(fmt::format(
                "{} was inside its baseline band as soon as the last fault had ended{}.",
                entry.name, in_repeats(r, r.back)));
        else if (r.back > 0)
            why.push_back(
                fmt::format("{} was back inside its baseline band {} after the last fault ended{}.",
                            entry.name, figure(r.seconds, Unit::seconds), in_repeats(r, r.back)));
        if (r.back < r.of)
            why.push_back(fmt::format(
                "{} had not recovered when the run ended, {} after the last fault was gone{}.",
                entry.name, figure(r.watched_most, Unit::seconds), in_repeats(r, r.of - r.back)));
        // Too short a watch proves nothing.
        metastable =
            metastable || (2 * r.back < r.of && r.watched_most >= 3 * to_seconds(recovery_hold));
    }
    if (metastable) tell_what_keeps_it_down(story, why);
}

void tell_quiet_run(const Story& story, Sentences& why) {
    why.emplace_back("No fault was active.");
    const WindowSummary* run = find_window(story.windows, WindowKind::run, "run");
    if (run == nullptr || run->services.empty()) return;
    std::size_t busiest = 0;
    for (std::size_t s = 1; s < run->services.size(); ++s)
        if (run->services[s].utilization.mean > run->services[busiest].utilization.mean)
            busiest = s;
    if (run->services[busiest].utilization.n > 0)
        why.push_back(
            fmt::format("The busiest service was {}, with {} of its workers held on average.",
                        story.record.services[busiest],
                        short_figure(run->services[busiest].utilization, Unit::share)));
}

}  // namespace

std::vector<std::string> explain_why(const scenarios::Scenario& scenario, const Record& record) {
    Sentences why;
    if (record.repeats.empty()) return why;
    const Story story = tell(scenario, record);
    if (story.fault == nullptr) {
        tell_quiet_run(story, why);
        return why;
    }
    tell_effect(story, why);
    tell_replicas(story, why);
    tell_saturation(story, find_saturation(record, story.fault->name), why);
    tell_amplification(story, why);
    const Sentences waste = wasteful(story, *story.fault);
    if (!waste.empty())
        why.push_back(fmt::format("{} was for callers who had already left.", joined(waste)));
    tell_defences(story, why);
    tell_recovery(story, why);
    return why;
}

}  // namespace shaketable::reports
