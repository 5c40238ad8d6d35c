#include "injector/stories.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "injector/coding.h"
#include "reports/record/choose_traces.h"

namespace shaketable::injector {

using reports::Trace;
using reports::Visit;

namespace {

enum class Order : std::uint8_t { choose = 0x51, tell };

void put_outcome(Encoder& out, Outcome outcome) {
    out.put(static_cast<std::uint8_t>(outcome));
}
Outcome get_outcome(Decoder& in) {
    const auto number = in.get<std::uint8_t>();
    if (number >= outcome_count) in.fail();
    return static_cast<Outcome>(number % outcome_count);
}

void encode(Encoder& out, const RootStory& root) {
    out.put(root.trace);
    out.put(root.ordinal);
    out.put(root.edge_state);
    out.put(root.sent);
    out.put(root.ended);
    put_outcome(out, root.outcome);
}
void decode(Decoder& in, RootStory& root) {
    root.trace = in.get<std::uint64_t>();
    root.ordinal = in.get<std::uint64_t>();
    root.edge_state = in.get<std::uint32_t>();
    root.sent = in.get_time();
    root.ended = in.get_time();
    root.outcome = get_outcome(in);
}

void encode(Encoder& out, const TryStory& story) {
    out.put(story.trace);
    out.put(story.id);
    out.put(story.parent);
    out.put(story.edge_state);
    out.put(story.replica);
    out.put(story.attempt);
    out.put(story.sent);
    out.put(story.ended);
    put_outcome(out, story.outcome);
}
void decode(Decoder& in, TryStory& story) {
    story.trace = in.get<std::uint64_t>();
    story.id = in.get<std::uint64_t>();
    story.parent = in.get<std::uint64_t>();
    story.edge_state = in.get<std::uint32_t>();
    story.replica = in.get<std::uint32_t>();
    story.attempt = in.get<std::uint32_t>();
    story.sent = in.get_time();
    story.ended = in.get_time();
    story.outcome = get_outcome(in);
}

void encode(Encoder& out, const StayStory& stay) {
    out.put(stay.trace);
    out.put(stay.id);
    out.put(stay.arrived);
    out.put(stay.started);
}
void decode(Decoder& in, StayStory& stay) {
    stay.trace = in.get<std::uint64_t>();
    stay.id = in.get<std::uint64_t>();
    stay.arrived = in.get_time();
    stay.started = in.get_time();
}

template <class T>
void encode_all(Encoder& out, const std::vector<T>& all) {
    out.put_count(all.size());
    for (const T& one : all) encode(out, one);
}
template <class T>
void decode_all(Decoder& in, std::vector<T>& into) {
    constexpr std::size_t bytes_least = 32;
    std::vector<T> all(in.get_count(bytes_least));
    for (T& one : all) decode(in, one);
    into.insert(into.end(), all.begin(), all.end());
}

Duration length(const RootStory& root) {
    return root.ended - root.sent;
}

/// The `room` best of `all` by `is_better`, added to `chosen`.
template <class Better>
void add_best(std::vector<RootStory> all, std::size_t room, Better is_better,
              std::vector<RootStory>& chosen) {
    std::sort(all.begin(), all.end(), is_better);
    all.resize(std::min(all.size(), room));
    chosen.insert(chosen.end(), all.begin(), all.end());
}

/// A trace id is a fair die already.
bool has_higher_die(const RootStory& a, const RootStory& b) {
    return a.trace > b.trace;
}

}  // namespace

std::optional<std::string> Stories::answer(std::string_view order) const {
    Decoder in{order};
    const auto what = static_cast<Order>(in.get<std::uint8_t>());
    if (what == Order::choose) {
        const auto keep = in.get<std::uint32_t>();
        if (in.ok()) return choose(keep);
    } else if (what == Order::tell) {
        std::vector<std::uint64_t> traces(in.get_count(sizeof(std::uint64_t)));
        for (std::uint64_t& trace : traces) trace = in.get<std::uint64_t>();
        if (in.ok()) return tell(std::move(traces));
    }
    return std::nullopt;
}

std::string Stories::choose(std::uint32_t keep) const {
    std::vector<RootStory> chosen, failed;
    for (const RootStory& root : roots_.entries)
        if (!is_success(root.outcome)) failed.push_back(root);
    const auto is_slower = [](const RootStory& a, const RootStory& b) {
        return std::pair{length(b), b.trace} < std::pair{length(a), a.trace};
    };
    add_best(roots_.entries, keep, is_slower, chosen);
    add_best(std::move(failed), keep, has_higher_die, chosen);
    add_best(roots_.entries, keep, has_higher_die, chosen);
    const auto by_trace = [](const RootStory& a, const RootStory& b) { return a.trace < b.trace; };
    std::sort(chosen.begin(), chosen.end(), by_trace);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    for (std::size_t i = 0; i < begun_.entries.size(); ++i) {
        RootStory wanted;
        wanted.trace = begun_.entries[i];
        const auto at = std::lower_bound(chosen.begin(), chosen.end(), wanted, by_trace);
        if (at == chosen.end() || at->trace != wanted.trace) continue;
        const std::uint64_t next = begun_.seen % begun_.entries.size();  // the oldest stands there
        const bool is_full = begun_.first() > 0;
        at->ordinal =
            !is_full ? i
                     : begun_.first() + (i + begun_.entries.size() - next) % begun_.entries.size();
    }
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::choose));
    encode_all(out, chosen);
    return out.take();
}

std::string Stories::tell(std::vector<std::uint64_t> traces) const {
    std::sort(traces.begin(), traces.end());
    const auto is_wanted = [&](const auto& story) {
        return std::binary_search(traces.begin(), traces.end(), story.trace);
    };
    std::vector<TryStory> tries;
    std::vector<StayStory> stays;
    std::copy_if(tries_.entries.begin(), tries_.entries.end(), std::back_inserter(tries),
                 is_wanted);
    std::copy_if(stays_.entries.begin(), stays_.entries.end(), std::back_inserter(stays),
                 is_wanted);
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::tell));
    out.put(forgotten_);
    encode_all(out, tries);
    encode_all(out, stays);
    return out.take();
}

std::string StoryBook::order_to_choose() const {
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::choose));
    out.put(keep_);
    return out.take();
}

std::string StoryBook::order_to_tell() const {
    Encoder out;
    out.put(static_cast<std::uint8_t>(Order::tell));
    out.put_count(roots_.size());
    for (const RootStory& root : roots_) out.put(root.trace);
    return out.take();
}

void StoryBook::on_answer(std::string_view answer) {
    Decoder in{answer};
    const auto what = static_cast<Order>(in.get<std::uint8_t>());
    if (what == Order::choose) {
        std::vector<RootStory> roots;
        decode_all(in, roots);
        if (in.ok()) roots_ = std::move(roots);
        has_chosen_ = true;
    } else if (what == Order::tell) {
        const Time forgotten = in.get_time();
        std::vector<TryStory> tries;
        std::vector<StayStory> stays;
        decode_all(in, tries);
        decode_all(in, stays);
        ++told_;
        if (!in.ok()) return;
        forgotten_ = std::max(forgotten_, forgotten);
        tries_.insert(tries_.end(), tries.begin(), tries.end());
        stays_.insert(stays_.end(), stays.begin(), stays.end());
    }
}

Trace StoryBook::write(const RootStory& root, const model::Model& model) const {
    const auto endpoint_of = [&](std::uint32_t edge_state) -> const model::EndpointPlan& {
        return model.endpoints[model.edges[model.edge_states[edge_state].edge].endpoint];
    };
    const auto visit_at = [&](std::uint32_t edge_state) {
        Visit visit;
        visit.service = model.services[endpoint_of(edge_state).service].name;
        visit.endpoint = endpoint_of(edge_state).name;
        visit.arrived = visit.started = never;
        return visit;
    };
    Trace trace{.workload = model.flows[model.edge_states[root.edge_state].flow].caller,
                .ordinal = root.ordinal,
                .why = {},
                .visits = {visit_at(root.edge_state)}};
    trace.visits.front().sent = root.sent;
    trace.visits.front().ended = root.ended;
    trace.visits.front().outcome = root.outcome;
    std::map<std::uint64_t, std::uint32_t> places{{1, 0}};  // by span
    const auto at = [](const auto& all, std::uint64_t which) {
        return std::partition_point(all.begin(), all.end(),
                                    [&](const auto& story) { return story.trace < which; });
    };
    // By time, so callers stand before whom they call; but for those of the same instant.
    for (bool is_found = true; std::exchange(is_found, false);)
        for (auto story = at(tries_, root.trace);
             story != tries_.end() && story->trace == root.trace; ++story) {
            const auto parent = places.find(story->parent);
            if (parent == places.end() || places.contains(story->id) ||
                trace.visits.size() >= reports::trace_visits_max)
                continue;
            Visit visit = visit_at(story->edge_state);
            visit.parent = parent->second;
            if (story->replica != model::none)
                visit.replica = model.replicas[story->replica].number;
            visit.attempt = story->attempt;
            visit.sent = story->sent;
            visit.ended = story->ended;
            visit.outcome = story->outcome;
            places[story->id] = static_cast<std::uint32_t>(trace.visits.size());
            is_found = true;
            trace.visits.push_back(std::move(visit));
        }
    for (auto stay = at(stays_, root.trace); stay != stays_.end() && stay->trace == root.trace;
         ++stay)
        if (const auto place = places.find(stay->id); place != places.end() && place->second > 0) {
            trace.visits[place->second].arrived = stay->arrived;
            trace.visits[place->second].started = stay->started;
        }
    return trace;
}

std::vector<Trace> StoryBook::take(const model::Model& model) {
    const auto by_trace = [](const auto& a, const auto& b) { return a.trace < b.trace; };
    std::sort(tries_.begin(), tries_.end(), [](const TryStory& a, const TryStory& b) {
        return std::tuple{a.trace, a.sent, a.id} < std::tuple{b.trace, b.sent, b.id};
    });
    std::stable_sort(stays_.begin(), stays_.end(), by_trace);
    std::vector<reports::TraceCandidate> candidates;
    for (const RootStory& root : roots_)
        if (forgotten_ == Time{} || root.sent > forgotten_)
            candidates.push_back({write(root, model), static_cast<std::int64_t>(root.trace >> 1U)});
    return reports::choose_traces(std::move(candidates), keep_);
}

}  // namespace shaketable::injector
