/// When the next request of an open stream arrives. A pure machine: time and dice are handed in, so
/// that the simulator and the live load generator offer the very same arrivals.
///
/// The rate is piecewise linear in time (stages, ramps), times a factor that faults of kind load
/// change. An arrival comes when the integral of the rate has grown by a drawn mass: exponential
/// for Poisson, always 1 for constant. So a change of the rate takes effect at once, keeps what was
/// already waited, and costs no dice.
///
/// Source: Lewis & Shedler, "Simulation of nonhomogeneous Poisson processes", 1979 (inversion of
/// the integrated rate).
#pragma once

#include <cstdint>
#include <vector>

#include "base/distribution.h"
#include "base/random.h"
#include "base/units.h"
#include "scenarios/workload.h"

namespace shaketable::scenarios {

class ArrivalClock {
  public:
    ArrivalClock() = default;
    /// `part`: the share of the stream that this clock offers (one clock per zone of origin).
    /// Precondition: the workload is open and has no problem.
    ArrivalClock(const Workload& workload, double part, Random random);

    /// The first or next arrival after `now`; `never` when there are no more. Call it once per
    /// arrival, at its time.
    [[nodiscard]] Time next(Time now) {
        if (law_ != ArrivalLaw::poisson || pending_ == never || !is_steady())
            return next_other(now);
        counted_ = now;
        mass_ = random_.exponential();
        return pending_ = before_last(at_steady_rate(now));
    }
    /// From `now` on, arrivals come at rate x factor + extra (requests per second). Returns when
    /// the pending arrival comes now. A trace or a renewal stream keeps its times (a factor of 0
    /// silences it).
    [[nodiscard]] Time change(Time now, double factor, double extra);

  private:
    static constexpr double horizon = 4e9;  ///< seconds; nothing is scheduled beyond it
    struct Piece {
        Time start;
        double rate;   ///< per second at the start
        double slope;  ///< per second per second
    };
    void build_stages(const Workload& workload, double part);
    void draw_mass();
    void extend_states();
    void settle(Time until);
    [[nodiscard]] Time next_other(Time now);
    /// One rate from now on for ever: what most streams are.
    [[nodiscard]] bool is_steady() const {
        return piece_ + 1 == pieces_.size() && law_ != ArrivalLaw::mmpp &&
               pieces_[piece_].slope == 0;
    }
    /// When the mass is reached then. Precondition: is_steady().
    [[nodiscard]] Time at_steady_rate(Time at) const {
        const double rate = pieces_[piece_].rate * factor_ + extra_;
        const double wait = mass_ <= 0 ? 0 : rate > 0 ? mass_ / rate : horizon;
        return wait < horizon ? at + from_seconds(wait) : never;
    }
    [[nodiscard]] Time before_last(Time at) const { return at >= last_ ? never : at; }
    [[nodiscard]] Time project(Time from);

    ArrivalLaw law_ = ArrivalLaw::poisson;
    Random random_;
    Random dwell_random_;
    std::vector<Piece> pieces_;  ///< of an mmpp: its states so far, drawn as they are needed
    std::size_t piece_ = 0;      ///< the one that `counted_` is in
    double mass_ = 0;            ///< still to grow before the next arrival
    Time counted_{};             ///< the integral was taken up to here
    double factor_ = 1;
    double extra_ = 0;
    double rates_[2] = {0, 0};  ///< of mmpp
    Duration dwell_{0};
    bool high_ = false;  ///< the state of the last piece, of mmpp
    Sampler gap_;
    std::vector<Time> trace_;
    std::size_t trace_next_ = 0;
    Time pending_ = never;
    Time first_{};
    Time last_ = never;  ///< no arrivals at or after this
};

}  // namespace shaketable::scenarios
