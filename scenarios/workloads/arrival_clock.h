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
    [[nodiscard]] Time next(Time now);
    /// From `now` on, arrivals come at rate x factor + extra (requests per second). Returns when
    /// the pending arrival comes now. A trace or a renewal stream keeps its times (a factor of 0
    /// silences it).
    [[nodiscard]] Time change(Time now, double factor, double extra);

  private:
    struct Piece {
        Time start;
        double rate;   ///< per second at the start
        double slope;  ///< per second per second
    };
    void build_stages(const Workload& workload, double part);
    void draw_mass();
    void extend_states();
    void settle(Time until);
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
