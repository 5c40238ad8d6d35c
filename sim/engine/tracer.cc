#include "sim/engine/tracer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shaketable::sim {

using reports::Trace;
using reports::Visit;

namespace {

std::uint32_t tries_beyond_first(const Trace& trace) {
    std::uint32_t sum = 0;
    for (const Visit& visit : trace.visits) sum += visit.attempt > 1 ? 1 : 0;
    return sum;
}

Duration length(const Trace& trace) {
    return trace.visits.front().ended - trace.visits.front().sent;
}

}  // namespace

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
    if (visits.size() >= visits_max) return {};
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
    std::vector<Trace> result;
    const auto choose = [&](const char* why, std::size_t room, auto rank_of) {
        std::vector<std::pair<std::int64_t, std::size_t>> ranks;
        for (std::size_t s = 0; s < stories_.size(); ++s) {
            const Trace& trace = stories_[s].trace;
            // What was chosen has moved away; what the end of the run cut off cannot be compared.
            if (trace.visits.empty() || trace.visits.front().ended == never) continue;
            if (const std::int64_t rank = rank_of(stories_[s]); rank > 0)
                ranks.emplace_back(-rank, s);
        }
        std::sort(ranks.begin(), ranks.end());
        ranks.resize(std::min(ranks.size(), room));
        for (const auto& [rank, s] : ranks) {
            stories_[s].trace.why = why;
            result.push_back(std::exchange(stories_[s].trace, {}));
        }
    };
    const std::size_t part = (std::size_t{keep} + 3) / 4;
    choose("slowest", part, [](const Story& s) { return length(s.trace).count(); });
    choose("failed", part, [](const Story& s) {
        return is_success(s.trace.visits.front().outcome) ? 0 : die_of(s.pick);
    });
    choose("most-retried", part,
           [](const Story& s) { return static_cast<std::int64_t>(tries_beyond_first(s.trace)); });
    // The highest dice of all requests were noted, so the highest of these are a fair sample.
    choose("random", keep > result.size() ? keep - result.size() : 0,
           [](const Story& s) { return die_of(s.pick); });
    return result;
}

}  // namespace shaketable::sim
