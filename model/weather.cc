#include "model/weather.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace shaketable::model {

using faults::Condition;
using faults::Crossing;
using faults::Fault;
using faults::Occurrence;
using faults::Place;
using faults::Verdict;

Weather::Weather(const Model& model, faults::Timeline timeline, std::uint64_t repeat)
    : model_{model}, timeline_{std::move(timeline)}, repeat_{repeat} {
    const std::vector<Fault>& faults = model.scenario.faults;
    auto next_place = static_cast<std::uint32_t>(model.replicas.size());
    for (const EdgeStatePlan& state : model.edge_states)
        place_of_caller_.push_back(state.caller_replica != none ? state.caller_replica
                                                                : next_place++);
    hits_.resize(faults.size());
    reach_.resize(faults.size());
    judge_of_.resize(faults.size(), none);
    for (std::uint32_t f = 0; f < faults.size(); ++f) {
        if (faults::is_traffic_fault(faults[f].what)) {
            judge_of_[f] = static_cast<std::uint32_t>(judges_.size());
            judges_.emplace_back(faults[f].what);
        }
        find_reach(f);
        std::vector<std::uint32_t>& services = reach_[f].services;
        for (std::uint32_t r = 0; r < model.replicas.size(); ++r) {
            const std::uint32_t service = model.replicas[r].service;
            if (reach_[f].hit[r] != 0 && (services.empty() || services.back() != service))
                services.push_back(service);
        }
    }
    find_tampers();
    starts_.resize(timeline_.occurrences.size());
    std::iota(starts_.begin(), starts_.end(), 0U);
    ends_ = starts_;
    const auto& all = timeline_.occurrences;
    std::stable_sort(starts_.begin(), starts_.end(),
                     [&](auto a, auto b) { return all[a].start < all[b].start; });
    std::stable_sort(ends_.begin(), ends_.end(),
                     [&](auto a, auto b) { return all[a].acts_until < all[b].acts_until; });
}

void Weather::find_tampers() {
    std::vector<const Fault*> by_id;
    for (const Fault& fault : model_.scenario.faults)
        if (std::holds_alternative<faults::Tamper>(fault.what)) by_id.push_back(&fault);
    std::sort(by_id.begin(), by_id.end(), [](auto* a, auto* b) { return a->id < b->id; });
    for (const Fault* fault : by_id) tampers_.push_back(&std::get<faults::Tamper>(fault->what));
    SHAKETABLE_CHECK(tampers_.size() <= faults::tampers_max, "tampers were counted by validation");
}

std::vector<Place> Weather::places() const {
    std::vector<Place> result;
    result.reserve(model_.replicas.size());
    for (std::uint32_t r = 0; r < model_.replicas.size(); ++r)
        result.push_back(place_of(model_, r));
    for (const EdgeStatePlan& state : model_.edge_states) {
        const EdgePlan& edge = model_.edges[state.edge];
        if (edge.from_workload)
            result.push_back({.service = model_.workload_names[edge.caller],
                              .replicas = 0,
                              .zone = model_.zones[state.zone]});
    }
    return result;
}

void Weather::find_reach(std::uint32_t f) {
    const Fault& fault = model_.scenario.faults[f];
    Reach& reach = reach_[f];
    reach.callers.assign(model_.edge_states.size(), 3);
    reach.replicas.assign(model_.replicas.size(), 3);
    reach.hit.assign(model_.replicas.size(), 1);
    reach.workloads.assign(model_.workload_names.size(), 1);
    // A partition without target asks its cuts, not its reach.
    if (!fault.target || std::holds_alternative<faults::Partition>(fault.what)) return;
    const faults::Target& target = *fault.target;
    const std::vector<Place> where = places();
    const bool arrow = target.arrow != faults::Target::Arrow::none;
    const bool both = target.arrow == faults::Target::Arrow::both;
    const faults::Side& to = arrow ? target.to : target.from;
    for (std::uint32_t s = 0; s < model_.edge_states.size(); ++s) {
        const Place& place = where[place_of_caller_[s]];
        const bool forward = !arrow || faults::contains(target.from, place);
        const bool backward = both && faults::contains(target.to, place);
        reach.callers[s] = static_cast<std::uint8_t>((forward ? 1 : 0) | (backward ? 2 : 0));
    }
    for (std::uint32_t r = 0; r < model_.replicas.size(); ++r) {
        const bool forward = faults::contains(to, where[r]);
        const bool backward = both && faults::contains(target.from, where[r]);
        reach.replicas[r] = static_cast<std::uint8_t>((forward ? 1 : 0) | (backward ? 2 : 0));
        reach.hit[r] = !arrow && faults::contains(target.from, where[r]) ? 1 : 0;
    }
    for (std::uint32_t w = 0; w < model_.workload_names.size(); ++w)
        reach.workloads[w] =
            faults::contains(target.from, Place{.service = model_.workload_names[w], .replicas = 0})
                ? 1
                : 0;
}

bool Weather::reaches(std::uint32_t fault, std::uint32_t edge_state, std::uint32_t replica) const {
    const Reach& reach = reach_[fault];
    return (reach.callers[edge_state] & reach.replicas[replica]) != 0;
}

bool Weather::acts_on(std::uint32_t occurrence, std::uint32_t replica) const {
    return reach_[timeline_.occurrences[occurrence].fault].hit[replica] != 0;
}

Time Weather::next_change() const {
    Time next = never;
    if (started_ < starts_.size()) next = timeline_.occurrences[starts_[started_]].start;
    if (ended_ < ends_.size())
        next = std::min(next, timeline_.occurrences[ends_[ended_]].acts_until);
    for (const auto* list : {&traffic_, &service_})
        for (const Active& active : *list) next = std::min(next, active.next_step);
    return next;
}

void Weather::set_strength(Active& active, Time now) {
    const Occurrence& occurrence = timeline_.occurrences[active.occurrence];
    const Duration ramp = model_.scenario.faults[active.fault].ramp;
    active.strength = faults::strength(occurrence, ramp, now);
    active.next_step = never;
    if (ramp > Duration{0} && now < occurrence.start + ramp)
        active.next_step =
            std::min(now + std::max(ramp / 100, Duration{1}), occurrence.start + ramp);
}

void Weather::begin(std::uint32_t index, Time now) {
    const Occurrence& occurrence = timeline_.occurrences[index];
    const auto f = static_cast<std::uint32_t>(occurrence.fault);
    const Fault& fault = model_.scenario.faults[f];
    Active active{.occurrence = index, .fault = f, .states = {}, .cuts = {}};
    const bool traffic = judge_of_[f] != none;
    if (traffic) {
        const std::uint64_t seed = model_.scenario.run.seed;
        const auto* tamper = std::get_if<faults::Tamper>(&fault.what);
        const auto number = static_cast<std::uint8_t>(
            tamper ? std::find(tampers_.begin(), tampers_.end(), tamper) - tampers_.begin() : 0);
        for (const std::string& route : model_.routes)
            active.states.push_back({.key = faults::judge_key(seed, repeat_, fault.id, route),
                                     .start = occurrence.start,
                                     .number = number});
        if (const auto* partition = std::get_if<faults::Partition>(&fault.what)) {
            Random random{random_key(seed, repeat_, fault.id, "partition")};
            auto cuts = faults::cut(*partition, fault.target, places(), random);
            SHAKETABLE_CHECK(cuts.has_value(), "a partition was validated before the run");
            active.cuts = std::move(*cuts);
        }
    } else {
        note_change(f);
        if (std::holds_alternative<faults::Load>(fault.what)) {
            for (const std::uint8_t hit : reach_[f].workloads) hits_[f] += hit;
        } else {
            for (const std::uint8_t hit : reach_[f].hit) hits_[f] += hit;
        }
    }
    set_strength(active, now);
    auto& list = traffic ? traffic_ : service_;
    const auto by_id = [&](const Active& a, const Active& b) {
        return model_.scenario.faults[a.fault].id < model_.scenario.faults[b.fault].id;
    };
    list.insert(std::upper_bound(list.begin(), list.end(), active, by_id), std::move(active));
}

const Weather::Change& Weather::advance(Time now) {
    change_ = {};
    const auto& all = timeline_.occurrences;
    while (ended_ < ends_.size() && all[ends_[ended_]].acts_until <= now) {
        const std::uint32_t index = ends_[ended_++];
        change_.ended.push_back(index);
        const auto is_it = [&](const Active& a) { return a.occurrence == index; };
        std::erase_if(traffic_, is_it);
        if (std::erase_if(service_, is_it) > 0)
            note_change(static_cast<std::uint32_t>(all[index].fault));
    }
    while (started_ < starts_.size() && all[starts_[started_]].start <= now) {
        const std::uint32_t index = starts_[started_++];
        change_.started.push_back(index);
        begin(index, now);
    }
    for (auto* list : {&traffic_, &service_})
        for (Active& active : *list)
            if (active.next_step <= now) {
                set_strength(active, now);
                if (list == &service_) note_change(active.fault);
            }
    std::sort(change_.touched.begin(), change_.touched.end());
    change_.touched.erase(std::unique(change_.touched.begin(), change_.touched.end()),
                          change_.touched.end());
    return change_;
}

/// A fault of services or loads begins, ends or gets stronger.
void Weather::note_change(std::uint32_t fault) {
    if (std::holds_alternative<faults::Load>(model_.scenario.faults[fault].what)) {
        change_.loads = true;
        return;
    }
    change_.services = true;
    const std::vector<std::uint32_t>& services = reach_[fault].services;
    change_.touched.insert(change_.touched.end(), services.begin(), services.end());
}

Verdict Weather::ask(Active& active, std::uint32_t edge_state, std::uint32_t replica,
                     const Crossing& crossing) {
    const std::uint32_t route = model_.edges[model_.edge_states[edge_state].edge].route;
    const Verdict verdict = decide(active, active.states[route], edge_state, replica, crossing);
    if (verdict != Verdict{}) ++hits_[active.fault];
    return verdict;
}

Verdict Weather::decide(const Active& active, faults::FaultState& state, std::uint32_t edge_state,
                        std::uint32_t replica, Crossing crossing) const {
    const Fault& fault = model_.scenario.faults[active.fault];
    if (std::holds_alternative<faults::Partition>(fault.what)) {
        const std::uint32_t caller = place_of_caller_[edge_state];
        crossing.request_cut = active.cuts.between(caller, replica);
        crossing.response_cut = active.cuts.between(replica, caller);
        if (!crossing.request_cut && !crossing.response_cut) return {};
    } else if (!reaches(active.fault, edge_state, replica)) {
        return {};
    }
    crossing.strength = active.strength;
    Random random = Random::at(state.key, crossing.ordinal);
    return judges_[judge_of_[active.fault]].judge(crossing, state, random);
}

namespace {

Crossing crossing_of(const Model& model, std::uint32_t edge_state, Time now, std::uint64_t ordinal,
                     std::int64_t bytes) {
    const EndpointPlan& endpoint =
        model.endpoints[model.edges[model.edge_states[edge_state].edge].endpoint];
    // The model knows no connections: each crossing has its own.
    return {.ordinal = ordinal,
            .connection = ordinal,
            .at = now,
            .connection_opened = now,
            .bytes = static_cast<std::uint32_t>(std::min<std::int64_t>(bytes, 0xFFFF'FFFF)),
            .new_connection = true,
            .method = endpoint.method,
            .path = endpoint.path};
}

}  // namespace

Verdict Weather::judge(std::uint32_t edge_state, std::uint32_t replica, Time now,
                       std::uint64_t ordinal, std::int64_t bytes) {
    return judge(edge_state, replica, crossing_of(model_, edge_state, now, ordinal, bytes));
}

Verdict Weather::judge(std::uint32_t edge_state, std::uint32_t replica, const Crossing& crossing) {
    Verdict verdict;
    for (Active& active : traffic_)
        verdict = faults::combine(verdict, ask(active, edge_state, replica, crossing));
    return verdict;
}

Verdict Weather::judge_in_flight(std::uint32_t occurrence, std::uint32_t edge_state,
                                 std::uint32_t replica, Time now, std::uint64_t ordinal,
                                 std::int64_t bytes) {
    return judge_in_flight(occurrence, edge_state, replica,
                           crossing_of(model_, edge_state, now, ordinal, bytes));
}

Verdict Weather::judge_in_flight(std::uint32_t occurrence, std::uint32_t edge_state,
                                 std::uint32_t replica, const Crossing& crossing) {
    const Fault& fault = model_.scenario.faults[timeline_.occurrences[occurrence].fault];
    if (!faults::judges_in_flight(fault.what)) return {};
    for (Active& active : traffic_)
        if (active.occurrence == occurrence) return ask(active, edge_state, replica, crossing);
    return {};
}

Verdict Weather::judge_again(std::uint32_t edge_state, std::uint32_t replica,
                             const Crossing& crossing) const {
    Verdict verdict;
    const std::uint32_t route = model_.edges[model_.edge_states[edge_state].edge].route;
    for (const Active& active : traffic_) {
        faults::FaultState state = active.states[route];
        verdict = faults::combine(verdict, decide(active, state, edge_state, replica, crossing));
    }
    return verdict;
}

bool Weather::is_answer_cut(std::uint32_t edge_state, std::uint32_t replica) {
    const std::uint32_t caller = place_of_caller_[edge_state];
    for (const Active& active : traffic_)
        if (std::holds_alternative<faults::Partition>(model_.scenario.faults[active.fault].what) &&
            active.cuts.between(replica, caller)) {
            ++hits_[active.fault];
            return true;
        }
    return false;
}

bool Weather::is_check_stopped(std::uint32_t edge_state, std::uint32_t replica) const {
    const std::uint32_t caller = place_of_caller_[edge_state];
    for (const Active& active : traffic_) {
        const faults::AnyKind& what = model_.scenario.faults[active.fault].what;
        if (std::holds_alternative<faults::Partition>(what)) {
            if (active.cuts.between(caller, replica) || active.cuts.between(replica, caller))
                return true;
            continue;
        }
        if (!reaches(active.fault, edge_state, replica)) continue;
        const auto hits_all = [&](const auto* fault) {
            return fault != nullptr && fault->share.fraction * active.strength >= 1;
        };
        if (hits_all(std::get_if<faults::Blackhole>(&what)) ||
            hits_all(std::get_if<faults::Refuse>(&what)) ||
            hits_all(std::get_if<faults::Reset>(&what)))
            return true;
    }
    return false;
}

bool Weather::is_refused(std::uint32_t edge_state, std::uint32_t replica) const {
    return std::any_of(traffic_.begin(), traffic_.end(), [&](const Active& active) {
        const auto* refuse =
            std::get_if<faults::Refuse>(&model_.scenario.faults[active.fault].what);
        return refuse != nullptr && refuse->share.fraction * active.strength >= 1 &&
               reaches(active.fault, edge_state, replica);
    });
}

Condition Weather::replica_condition(std::uint32_t replica) const {
    Condition condition;
    for (const Active& active : service_)
        if (reach_[active.fault].hit[replica] != 0)
            condition = faults::combine(
                condition,
                faults::condition(model_.scenario.faults[active.fault].what, active.strength));
    return condition;
}

std::uint64_t Weather::pool_left(std::uint32_t service, std::uint64_t size) const {
    const ServicePlan& plan = model_.services[service];
    std::uint64_t left = size;
    for (std::uint32_t n = 0; n < plan.replicas; ++n)
        left = std::min(left, replica_condition(plan.first_replica + n).connections.left_of(size));
    return left;
}

Condition Weather::workload_condition(std::uint32_t workload) const {
    Condition condition;
    for (const Active& active : service_) {
        const Fault& fault = model_.scenario.faults[active.fault];
        if (std::holds_alternative<faults::Load>(fault.what) &&
            reach_[active.fault].workloads[workload] != 0)
            condition = faults::combine(condition, faults::condition(fault.what, active.strength));
    }
    return condition;
}

}  // namespace shaketable::model
