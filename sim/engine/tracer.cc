#include "sim/engine/tracer.h"

#include <algorithm>
#include <utility>

#include "reports/record/choose_traces.h"

namespace shaketable::sim {

using reports::Trace;
using reports::Visit;

Tracer::Spot Tracer::begin(Pick pick, std::uint64_t ordinal, const std::string& workload,
                           const std::string& service, const std::string& endpoint) {
    while (next_ < picks_.size() && picks_[next_].start < pick.start) ++next_;
    const auto found = std::lower_bound(picks_.begin(), picks_.end(), pick);
    if (found == picks_.end() || *found != pick) return {};
    next_ = std::max(next_, static_cast<std::size_t>(found - picks_.begin()) + 1);
    ++open_;
    Visit root;
    root.service = service;
    root.endpoint = endpoint;
    root.sent = pick.start;
    root.arrived = root.started = root.ended = never;
    stories_.push_back(
        {pick, {.workload = workload, .ordinal = ordinal, .why = {}, .visits = {root}}});
    return {static_cast<std::uint32_t>(stories_.size() - 1), 0};
}

Tracer::Spot Tracer::add(Spot parent, const std::string& service, const std::string& endpoint,
                         std::uint32_t replica, std::uint32_t attempt, Time now) {
    std::vector<Visit>& visits = stories_[parent.trace].trace.visits;
    if (visits.size() >= reports::trace_visits_max) return {};
    Visit visit;
    visit.parent = parent.visit;
    visit.service = service;
    visit.endpoint = endpoint;
    visit.replica = replica;
    visit.attempt = attempt;
    visit.sent = now;
    visit.arrived = visit.started = visit.ended = never;
    visits.push_back(std::move(visit));
    return {parent.trace, static_cast<std::uint32_t>(visits.size() - 1)};
}

void Tracer::ended(Spot spot, Time now, Outcome outcome) {
    Visit& visit = at(spot);
    visit.ended = now;
    visit.outcome = outcome;
    if (spot.visit == 0) --open_;
}

std::vector<Trace> Tracer::take(std::uint32_t keep) {
    // The highest dice of all requests were noted, so the highest of these are a fair sample.
    std::vector<reports::TraceCandidate> candidates;
    for (Story& story : stories_)
        candidates.push_back({std::move(story.trace), die_of(story.pick)});
    return reports::choose_traces(std::move(candidates), keep);
}

}  // namespace shaketable::sim
