#include "scenarios/workloads/arrival_clock.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace shaketable::scenarios {

ArrivalClock::ArrivalClock(const Workload& workload, double part, Random random)
    : random_{random}, dwell_random_{random} {
    first_ = Time{} + workload.start.value_or(Duration{0});
    if (workload.length) last_ = first_ + *workload.length;
    counted_ = first_;
    if (!workload.stages.empty()) {
        law_ = ArrivalLaw::poisson;
        build_stages(workload, part);
    } else {
        SHAKETABLE_CHECK(workload.arrivals.has_value(), "an open workload has arrivals or stages");
        const Arrivals& arrivals = *workload.arrivals;
        law_ = arrivals.law;
        gap_ = Sampler{arrivals.gap};
        trace_ = arrivals.trace;
        rates_[0] = arrivals.rate.per_second * part;
        rates_[1] = arrivals.rate_high.per_second * part;
        dwell_ = arrivals.dwell;
        pieces_.push_back({first_, rates_[0], 0});
        // The states of an mmpp are drawn from a stream of their own, so that they are the same
        // whatever the rates.
        dwell_random_ = Random::at(RandomKey{random_.next()}, 1);
        if (law_ == ArrivalLaw::mmpp) extend_states();
    }
    if (law_ == ArrivalLaw::constant) mass_ = 0;  // the first comes at the start
    if (law_ == ArrivalLaw::poisson || law_ == ArrivalLaw::mmpp) draw_mass();
}

void ArrivalClock::build_stages(const Workload& workload, double part) {
    Time start = first_;
    double rate = 0;
    for (const Stage& stage : workload.stages) {
        const double length = to_seconds(stage.length);
        if (stage.rate) rate = stage.rate->per_second * part;
        const double end = stage.to ? stage.to->per_second * part : rate;
        pieces_.push_back({start, rate, length > 0 ? (end - rate) / length : 0});
        rate = end;
        start += stage.length;
    }
    pieces_.push_back({start, 0, 0});  // after the last stage nobody comes
}

void ArrivalClock::draw_mass() {
    mass_ = law_ == ArrivalLaw::constant ? 1 : random_.exponential();
}

/// Draws how long the last state of an mmpp lasts, and begins the one after it.
void ArrivalClock::extend_states() {
    const double stay = to_seconds(dwell_) * dwell_random_.exponential();
    high_ = !high_;
    pieces_.push_back({pieces_.back().start + from_seconds(stay), rates_[high_ ? 1 : 0], 0});
}

/// Takes the mass that grew until `until` off what is still to grow.
void ArrivalClock::settle(Time until) {
    while (counted_ < until) {
        while (law_ == ArrivalLaw::mmpp && pieces_.back().start <= until) extend_states();
        while (piece_ + 1 < pieces_.size() && pieces_[piece_ + 1].start <= counted_) ++piece_;
        const Piece& piece = pieces_[piece_];
        const Time end =
            std::min(piece_ + 1 < pieces_.size() ? pieces_[piece_ + 1].start : never, until);
        const double passed = to_seconds(end - counted_);
        const double rate =
            (piece.rate + piece.slope * to_seconds(counted_ - piece.start)) * factor_ + extra_;
        mass_ = std::max(0.0, mass_ - (rate + piece.slope * factor_ * passed / 2) * passed);
        counted_ = end;
    }
}

/// Where the integral of the rate, from `counted_` on, reaches the mass. Settles nothing: the rate
/// may change before.
Time ArrivalClock::project(Time from) {
    Time at = std::max(counted_, from);
    if (is_steady()) return at_steady_rate(at);
    double mass = mass_;
    for (std::size_t p = piece_;; ++p) {
        while (law_ == ArrivalLaw::mmpp && p + 1 >= pieces_.size()) extend_states();
        const Time end = p + 1 < pieces_.size() ? pieces_[p + 1].start : never;
        if (end <= at) continue;
        const Piece& piece = pieces_[p];
        const double slope = piece.slope * factor_;
        const double rate =
            (piece.rate + piece.slope * to_seconds(at - piece.start)) * factor_ + extra_;
        double wait = -1;  // seconds until the mass is reached; < 0: never at this rate
        if (mass <= 0) {
            wait = 0;
        } else if (slope == 0) {
            if (rate > 0) wait = mass / rate;
        } else {
            // rate t + slope/2 t^2 = mass, solved in the form that does not cancel
            const double under = rate * rate + 2 * slope * mass;
            if (under >= 0) wait = 2 * mass / (rate + std::sqrt(under));
        }
        if (wait >= 0 && wait < horizon && at + from_seconds(wait) <= end)
            return at + from_seconds(wait);
        if (end == never || to_seconds(end.time_since_epoch()) > horizon) return never;
        const double passed = to_seconds(end - at);
        mass = std::max(0.0, mass - (rate + slope * passed / 2) * passed);
        at = end;
    }
}

Time ArrivalClock::next_other(Time now) {
    if (law_ == ArrivalLaw::trace) {
        pending_ =
            trace_next_ < trace_.size() ? trace_[trace_next_++] + first_.time_since_epoch() : never;
    } else if (law_ == ArrivalLaw::renewal) {
        pending_ = std::max(now, first_) + gap_.draw(random_);
    } else {
        if (pending_ != never) {  // an arrival happened now
            counted_ = now;
            while (piece_ + 1 < pieces_.size() && pieces_[piece_ + 1].start <= now) ++piece_;
            draw_mass();
        }
        pending_ = project(now);
    }
    return pending_ = before_last(pending_);
}

Time ArrivalClock::change(Time now, double factor, double extra) {
    if (law_ == ArrivalLaw::trace || law_ == ArrivalLaw::renewal) {
        factor_ = factor;
        return pending_;
    }
    settle(now);  // what was waited so far counts at the old rate
    factor_ = factor;
    extra_ = extra;
    pending_ = project(now);
    return pending_ = before_last(pending_);
}

}  // namespace shaketable::scenarios
