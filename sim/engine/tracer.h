/// Writes down what happens to some requests: every try of every call that they cause.
///
/// A request is known by where and when it begins (see picks.h). Who works for it carries the flag
/// `traced`; where its story is written stands beside the records, so that a run without traces
/// pays for a flag that is not set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "reports/record/record.h"
#include "sim/engine/picks.h"
#include "sim/engine/records.h"

namespace shaketable::sim {

class Tracer {
  public:
    /// A place in a story.
    struct Spot {
        std::uint32_t trace = none;
        std::uint32_t visit = 0;
        explicit operator bool() const noexcept { return trace != none; }
    };

    /// Ascending.
    void follow(std::vector<Pick> picks) { picks_ = std::move(picks); }
    /// Nothing more will be written: every pick has begun and ended.
    [[nodiscard]] bool is_done() const noexcept { return next_ == picks_.size() && open_ == 0; }

    /// A request begins. `none` in the spot if it is not to be followed.
    [[nodiscard]] Spot begin(Pick pick, std::uint64_t ordinal, const std::string& workload,
                             const std::string& service, const std::string& endpoint);
    /// A try begins for the visit at `parent`.
    [[nodiscard]] Spot add(Spot parent, const std::string& service, const std::string& endpoint,
                           std::uint32_t replica, std::uint32_t attempt, Time now);
    void arrived(Spot spot, Time now) { at(spot).arrived = now; }
    /// Only the first time counts: a request may give its worker back and take one again.
    void started(Spot spot, Time now) {
        if (Time& first = at(spot).started; first == never) first = now;
    }
    void ended(Spot spot, Time now, Outcome outcome);
    /// The visit that made the call of which `spot` is a try.
    [[nodiscard]] Spot caller_of(Spot spot) const {
        return {spot.trace, stories_[spot.trace].trace.visits[spot.visit].parent};
    }

    void put_walker(Index walker, Spot spot) { put(walkers_, walker, spot); }
    [[nodiscard]] Spot of_walker(Index walker) const { return walkers_[walker]; }
    void put_call(Index call, Spot spot) { put(calls_, call, spot); }
    [[nodiscard]] Spot of_call(Index call) const { return calls_[call]; }

    /// The `keep` best stories: a quarter each of the slowest, of failed, of the most retried, and
    /// of any.
    [[nodiscard]] std::vector<reports::Trace> take(std::uint32_t keep);

  private:
    static void put(std::vector<Spot>& spots, Index index, Spot spot) {
        if (spots.size() <= index) spots.resize(std::size_t{index} * 2 + 16);
        spots[index] = spot;
    }
    struct Story {
        Pick pick;
        reports::Trace trace;
    };
    [[nodiscard]] reports::Visit& at(Spot spot) {
        return stories_[spot.trace].trace.visits[spot.visit];
    }

    std::vector<Pick> picks_;
    std::size_t next_ = 0;  ///< picks before it have begun
    std::size_t open_ = 0;
    std::vector<Story> stories_;
    std::vector<Spot> walkers_, calls_;
};

}  // namespace shaketable::sim
