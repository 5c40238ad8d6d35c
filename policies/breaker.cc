#include "policies/breaker.h"

#include <algorithm>

#include "policies/presets_endpoint.h"

namespace shaketable::policies {
namespace {

/// resilience4j's: at least half of the last hundred calls failed, or all of them were slow.
[[nodiscard]] OpenRule default_rule() {
    OpenRule rule;
    rule.errors = ShareTest{Share{0.5}, true};
    rule.slow = ShareTest{Share{1.0}, true};
    rule.volume_min = 100;
    rule.window_calls = 100;
    return rule;
}

}  // namespace

std::optional<Problem> Breaker::find_problem() const {
    if (!preset.empty() && !breaker_preset(preset))
        return unknown_preset(preset, breaker_preset_names());
    const Breaker b = with_preset(*this);
    const bool by_time = b.open_at && b.open_at->window > Duration::zero();
    if (slices && (*slices < 1 || *slices > 1000))
        return problem_of("slices", "E023", "slices must be from 1 to 1000");
    if (slices && !by_time)
        return problem_of("slices", "E014", "only a window of time has slices",
                          "write `over TIME` in `open_at`");
    if (evaluate_every && *evaluate_every < Duration::zero())
        return problem_of("evaluate_every", "E024", "evaluate_every must not be negative");
    if (b.evaluate_every.value_or(Duration::zero()) > Duration::zero() && !by_time)
        return problem_of("evaluate_every", "E014",
                          "only a window of time is evaluated now and then",
                          "write `over TIME` in `open_at`");
    if (slow_after && *slow_after <= Duration::zero())
        return problem_of("slow_after", "E024", "slow_after must be more than 0");
    if (half_open_after && *half_open_after <= Duration::zero())
        return problem_of("half_open_after", "E024", "half_open_after must be more than 0");
    if (open_factor && !(*open_factor >= 1 && *open_factor <= 1000))
        return problem_of("open_factor", "E023", "open_factor must be from 1 to 1000");
    if (open_max && *open_max < b.half_open_after.value_or(std::chrono::seconds{60}))
        return problem_of("open_max", "E023", "open_max is shorter than half_open_after");
    if (open_jitter && !(open_jitter->fraction >= 0 && open_jitter->fraction <= 1))
        return problem_of("open_jitter", "E023", "open_jitter must be from 0% to 100%");
    if (probes && (*probes < 1 || *probes > 10'000))
        return problem_of("probes", "E023", "probes must be from 1 to 10000");
    if (probes_at_once && (*probes_at_once < 1 || *probes_at_once > b.probes.value_or(10)))
        return problem_of("probes_at_once", "E023", "probes_at_once must be from 1 to `probes`");
    if (probe_timeout && *probe_timeout <= Duration::zero())
        return problem_of("probe_timeout", "E024", "probe_timeout must be more than 0");
    return std::nullopt;
}

BreakerMachine::BreakerMachine(const Breaker& settings) {
    const Breaker b = with_preset(settings);
    rule_ = b.open_at.value_or(default_rule());
    failures_ = OutcomeMask{b.counts.empty() ? std::vector{OutcomeClass::any} : b.counts};
    const bool by_time = rule_.window > Duration::zero();
    evaluate_every_ = by_time ? b.evaluate_every.value_or(Duration::zero()) : Duration::zero();
    slow_after_ = b.slow_after.value_or(std::chrono::seconds{60});
    half_open_after_ = b.half_open_after.value_or(std::chrono::seconds{60});
    open_max_ = b.open_max.value_or(forever);
    probe_timeout_ = b.probe_timeout.value_or(forever);
    open_factor_ = b.open_factor.value_or(1.0);
    open_jitter_ = b.open_jitter.value_or(Share{0}).fraction;
    probes_ = b.probes.value_or(10);
    probes_at_once_ = b.probes_at_once.value_or(probes_);
    probe_rule_ = b.probe_rule.value_or(ProbeRule::share);
    if (!rule_.has_window()) probe_rule_ = ProbeRule::every;
    stragglers_ = b.stragglers.value_or(Stragglers::count);
    strictly_after_ = b.strictly_after.value_or(true);
    spares_first_ = b.refuses == Refuses::retries;
    if (by_time) window_ = SlicedWindow<Counts>{rule_.window, b.slices.value_or(10)};
    ring_.resize(rule_.window_calls);
    if (evaluate_every_ > Duration::zero()) next_evaluation_ = Time{evaluate_every_};
}

BreakerMachine::Permit BreakerMachine::admit_slow(Time now, Random& random) {
    const State before = state_;
    if (state_ == State::closed && !catch_up(now)) return {true, false, false, 0, era_};
    if (state_ == State::open) {
        if (half_open_at_ == never) fix_wait(random);
        const bool is_over = strictly_after_ ? now > half_open_at_ : now >= half_open_at_;
        if (is_over) enter(State::half_open, now);
    }
    Permit permit;
    if (state_ == State::half_open) permit = admit_probe(now);
    permit.changed = state_ != before;
    permit.era = era_;
    return permit;
}

void BreakerMachine::fix_wait(Random& random) {
    double wait = static_cast<double>(half_open_after_.count());
    const double longest = std::min(static_cast<double>(open_max_.count()), 8.64e15);
    for (std::uint32_t i = 1; i < openings_ && wait < longest && open_factor_ > 1; ++i)
        wait *= open_factor_;
    wait = std::min(wait, longest);
    if (open_jitter_ > 0) wait *= 1 + open_jitter_ * random.uniform();
    half_open_at_ = opened_at_ + Duration{static_cast<std::int64_t>(wait + 0.5)};
}

BreakerMachine::Permit BreakerMachine::admit_probe(Time now) {
    Permit permit;
    if (probes_given_ < probes_ && probes_open_ < probes_at_once_) {
        ++probes_given_;
        ++probes_open_;
        last_probe_at_ = now;
        permit.admitted = true;
        permit.probe = true;
    } else if (probe_timeout_ != forever && probes_open_ > 0 &&
               now - last_probe_at_ >= probe_timeout_) {
        open(now);
    }
    return permit;
}

BreakerMachine::Reaction BreakerMachine::observe(Time now, Permit permit, Outcome outcome,
                                                 Duration latency, int status) {
    const State before = state_;
    const bool failed = failures_.contains(outcome, status);
    const Counts one{1, failed ? 1U : 0U, latency > slow_after_ ? 1U : 0U};
    if (state_ == State::closed && now >= next_evaluation_) catch_up(now);
    if (state_ == State::closed) {
        record(now, one);
    } else if (state_ == State::half_open) {
        const bool is_probe = permit.probe && permit.era == era_;
        if (is_probe) --probes_open_;
        if (is_probe || stragglers_ == Stragglers::count) weigh_probe(now, one);
    }
    return {state_ != before, state_};
}

void BreakerMachine::abandon(Permit permit) noexcept {
    if (state_ != State::half_open || !permit.probe || permit.era != era_) return;
    --probes_open_;
    --probes_given_;
}

double BreakerMachine::error_share() const noexcept {
    const Counts& c = window_.empty() || state_ == State::half_open ? counts_ : window_.sum();
    return c.calls == 0 ? 0 : static_cast<double>(c.errors) / c.calls;
}

void BreakerMachine::record(Time now, const Counts& one) noexcept {
    in_a_row_ = one.errors > 0 ? in_a_row_ + 1 : 0;
    if (!window_.empty())
        window_.add(now, one);
    else if (!ring_.empty())
        record_in_ring(one);
    if (rule_.consecutive > 0 && in_a_row_ >= rule_.consecutive) return open(now);
    const bool judges_now = evaluate_every_ == Duration::zero() && rule_.has_window();
    if (judges_now && must_open(window_.empty() ? counts_ : window_.sum(), rule_.volume_min))
        open(now);
}

void BreakerMachine::record_in_ring(const Counts& one) noexcept {
    std::uint8_t& place = ring_[ring_at_];
    if (counts_.calls == ring_.size()) {
        const std::uint8_t oldest = place;
        counts_ -= Counts{1, oldest & 1U, static_cast<std::uint32_t>(oldest >> 1U)};
    }
    place = static_cast<std::uint8_t>(one.errors | one.slow << 1U);
    counts_ += one;
    ring_at_ = ring_at_ + 1 == ring_.size() ? 0 : ring_at_ + 1;
}

void BreakerMachine::weigh_probe(Time now, const Counts& one) {
    counts_ += one;
    if (probe_rule_ == ProbeRule::every) {
        if (one.errors > 0 || (rule_.slow && one.slow > 0)) return open(now);
        if (counts_.calls >= probes_) enter(State::closed, now);
        return;
    }
    if (counts_.calls < probes_) return;
    if (must_open(counts_, probes_))
        open(now);
    else
        enter(State::closed, now);
}

bool BreakerMachine::must_open(const Counts& counts, std::uint32_t volume_min) const noexcept {
    if (counts.calls < volume_min) return false;
    return (rule_.errors && rule_.errors->holds(counts.errors, counts.calls)) ||
           (rule_.slow && rule_.slow->holds(counts.slow, counts.calls));
}

bool BreakerMachine::catch_up(Time now) {
    while (next_evaluation_ <= now) {
        // Complete slices only: the one that ends at the instant of evaluation is the newest.
        window_.advance(next_evaluation_ - Duration{1});
        if (rule_.has_window() && must_open(window_.sum(), rule_.volume_min)) {
            open(next_evaluation_);
            return true;
        }
        if (window_.sum().calls == 0) {  // nothing can change until the next call
            const std::int64_t every = evaluate_every_.count();
            next_evaluation_ = Time{Duration{(now.time_since_epoch().count() / every + 1) * every}};
            return false;
        }
        next_evaluation_ += evaluate_every_;
    }
    return false;
}

void BreakerMachine::open(Time at) {
    ++openings_;
    opened_at_ = at;
    half_open_at_ = never;
    enter(State::open, at);
}

void BreakerMachine::enter(State state, Time at) noexcept {
    state_ = state;
    ++era_;
    counts_ = Counts{};
    probes_given_ = 0;
    probes_open_ = 0;
    if (state != State::closed) return;
    openings_ = 0;
    in_a_row_ = 0;
    ring_at_ = 0;
    window_.clear();
    const std::int64_t every = evaluate_every_.count();
    if (every > 0)
        next_evaluation_ = Time{Duration{(at.time_since_epoch().count() / every + 1) * every}};
}

}  // namespace shaketable::policies
