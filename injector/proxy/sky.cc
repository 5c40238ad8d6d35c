#include "injector/proxy/sky.h"

#include <algorithm>

#include "base/check.h"

namespace shaketable::injector::proxy {

using faults::Crossing;
using faults::Fate;
using faults::FaultState;
using faults::Verdict;

Verdict only(const Verdict& verdict, Way way) noexcept {
    Verdict one = verdict;
    faults::Handling& kept = way == Way::request ? one.request_bytes : one.response_bytes;
    faults::Handling& gone = way == Way::request ? one.response_bytes : one.request_bytes;
    kept.rate = std::min(kept.rate, verdict.connection_rate);
    gone = {};
    one.connection_rate = faults::unlimited_rate;
    if (way == Way::request) {
        one.response_delay = Duration{0};
        one.response_losses = 0;
        one.response_fate = Fate::pass;
        return one;
    }
    // The harm of a whole crossing, on the way back: the callee has worked for nobody.
    one.delay = verdict.fate == Fate::reset ? verdict.delay : Duration{0};
    one.losses = 0;
    if (verdict.fate == Fate::swallow) {
        one.fate = Fate::pass;
        one.response_fate = Fate::swallow;
    }
    return one;
}

Verdict Sky::ask(const Live& live, FaultState& state, Crossing crossing) {
    if (Random::at(live.toxicity, crossing.connection).uniform() >= live.fault.toxicity.fraction)
        return {};
    crossing.strength = 1;
    Random random = Random::at(state.key, crossing.ordinal);
    const Verdict verdict = live.judge.judge(crossing, state, random);
    return live.fault.way ? only(verdict, *live.fault.way) : verdict;
}

Verdict Sky::judge(std::uint32_t edge_state, const Crossing& crossing) {
    Verdict verdict;
    if (place_.weather != nullptr)
        verdict = place_.weather->judge(edge_state, place_.replica, crossing);
    for (Live& live : live_) verdict = faults::combine(verdict, ask(live, *live.state, crossing));
    return verdict;
}

Verdict Sky::judge_again(std::uint32_t edge_state, const Crossing& crossing) const {
    Verdict verdict;
    if (place_.weather != nullptr)
        verdict = place_.weather->judge_again(edge_state, place_.replica, crossing);
    for (const Live& live : live_) {
        FaultState copy = *live.state;
        verdict = faults::combine(verdict, ask(live, copy, crossing));
    }
    return verdict;
}

Verdict Sky::judge_in_flight(std::uint32_t occurrence, std::uint32_t edge_state,
                             const Crossing& crossing) {
    if (place_.weather == nullptr) return {};
    return place_.weather->judge_in_flight(occurrence, edge_state, place_.replica, crossing);
}

Verdict Sky::judge_in_flight(const std::string& id, const Crossing& crossing) {
    for (Live& live : live_)
        if (live.fault.id == id && faults::judges_in_flight(live.fault.kind))
            return ask(live, *live.state, crossing);
    return {};
}

bool Sky::is_refusing() const {
    const auto refuses = [](const Live& live) {
        const auto* refuse = std::get_if<faults::Refuse>(&live.fault.kind);
        return refuse != nullptr && refuse->share.fraction >= 1 &&
               live.fault.toxicity.fraction >= 1;
    };
    return std::any_of(live_.begin(), live_.end(), refuses) ||
           (place_.weather != nullptr &&
            place_.weather->is_refused(place_.edge_state, place_.replica));
}

const faults::Tamper* Sky::tamper(unsigned number) const {
    if (place_.weather != nullptr && number < place_.weather->tampers().size())
        return place_.weather->tampers()[number];
    for (const Live& live : live_)
        if (live.state->number == number)
            if (const auto* tamper = std::get_if<faults::Tamper>(&live.fault.kind)) return tamper;
    return nullptr;
}

bool Sky::has_room_for_tamper() const {
    const std::size_t planned = place_.weather != nullptr ? place_.weather->tampers().size() : 0;
    const auto live = std::count_if(live_.begin(), live_.end(), [](const Live& l) {
        return std::holds_alternative<faults::Tamper>(l.fault.kind);
    });
    return planned + static_cast<std::size_t>(live) < faults::tampers_max;
}

/// Live tampers count down from the last number, those of the run up from the first.
std::uint8_t Sky::free_tamper_number() const {
    SHAKETABLE_CHECK(has_room_for_tamper(), "whoever puts a tamper asks for room first");
    const auto is_taken = [&](std::uint8_t number) {
        return std::any_of(live_.begin(), live_.end(), [&](const Live& live) {
            return live.state->number == number &&
                   std::holds_alternative<faults::Tamper>(live.fault.kind);
        });
    };
    std::uint8_t number = faults::tampers_max - 1;
    while (is_taken(number)) --number;
    return number;
}

std::shared_ptr<FaultState> Sky::state_of(const std::string& id) const {
    for (const Live& live : live_)
        if (live.fault.id == id) return live.state;
    return nullptr;
}

void Sky::put(LiveFault fault, Time now, const Sky* with) {
    changed();
    const auto same = std::find_if(live_.begin(), live_.end(),
                                   [&](const Live& live) { return live.fault.id == fault.id; });
    if (same != live_.end()) {
        same->judge = faults::Judge{fault.kind};
        same->fault = std::move(fault);
        return;
    }
    const bool is_tamper = std::holds_alternative<faults::Tamper>(fault.kind);
    const RandomKey key = faults::judge_key(seed_, repeat_, fault.id, name_);
    std::shared_ptr<FaultState> state;
    if (with != nullptr && !is_tamper) state = with->state_of(fault.id);
    if (state == nullptr)
        state = std::make_shared<FaultState>(
            FaultState{.key = key,
                       .start = now,
                       .number = is_tamper ? free_tamper_number() : std::uint8_t{0}});
    live_.push_back({.judge = faults::Judge{fault.kind},
                     .state = std::move(state),
                     .toxicity = random_key(key.bits, repeat_, fault.id, "proxy.toxicity")});
    live_.back().fault = std::move(fault);
}

bool Sky::remove(const std::string& id) {
    changed();
    return std::erase_if(live_, [&](const Live& live) { return live.fault.id == id; }) > 0;
}

void Sky::remove_all() {
    changed();
    live_.clear();
}

const LiveFault* Sky::find(const std::string& id) const {
    for (const Live& live : live_)
        if (live.fault.id == id) return &live.fault;
    return nullptr;
}

std::vector<LiveFault> Sky::list() const {
    std::vector<LiveFault> faults;
    for (const Live& live : live_) faults.push_back(live.fault);
    return faults;
}

}  // namespace shaketable::injector::proxy
