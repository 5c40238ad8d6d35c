/// What decides over the crossings of one proxy: the weather of the run, and the faults that were
/// put on this proxy at runtime. Both judge by the code that the simulator judges by.
///
/// It may change between any two crossings. `epoch()` tells a connection that its verdict is of
/// yesterday.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "faults/crossing.h"
#include "faults/judge.h"
#include "injector/proxy/live_fault.h"
#include "model/weather.h"

namespace shaketable::injector::proxy {

/// Crossings are numbered along a route, whichever of its proxies they take.
using Ordinal = std::uint64_t;

class Sky {
  public:
    /// Where the proxy stands in the run. Without weather, only live faults act.
    struct Place {
        model::Weather* weather = nullptr;  ///< outlives the sky
        std::uint32_t replica = 0;
        std::uint32_t edge_state = 0;  ///< the first of its route
        Ordinal* ordinals = nullptr;   ///< of the route; outlives the sky
    };
    /// `name`: of the route, or of a proxy that belongs to none: the dice of live faults.
    Sky(Place place, std::uint64_t seed, std::uint64_t repeat, std::string name)
        : place_{place}, seed_{seed}, repeat_{repeat}, name_{std::move(name)} {}

    [[nodiscard]] std::uint64_t next_ordinal() noexcept {
        return place_.ordinals != nullptr ? (*place_.ordinals)++ : own_ordinal_++;
    }
    [[nodiscard]] bool is_clear() const noexcept {
        return live_.empty() &&
               (place_.weather == nullptr || !place_.weather->has_traffic_faults());
    }
    [[nodiscard]] std::uint32_t first_edge_state() const noexcept { return place_.edge_state; }
    [[nodiscard]] faults::Verdict judge(std::uint32_t edge_state, const faults::Crossing& crossing);
    /// The same crossing after a change, with the same dice; counts nothing.
    [[nodiscard]] faults::Verdict judge_again(std::uint32_t edge_state,
                                              const faults::Crossing& crossing) const;
    /// What a fault that has just begun does to a crossing in flight: `occurrence` of the weather,
    /// or the live fault `id`.
    [[nodiscard]] faults::Verdict judge_in_flight(std::uint32_t occurrence,
                                                  std::uint32_t edge_state,
                                                  const faults::Crossing& crossing);
    [[nodiscard]] faults::Verdict judge_in_flight(const std::string& id,
                                                  const faults::Crossing& crossing);
    /// Is every new connection refused now?
    [[nodiscard]] bool is_refusing() const;
    /// By its number in a verdict; null if it has been removed since.
    [[nodiscard]] const faults::Tamper* tamper(unsigned number) const;

    /// Grows with every change.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    void changed() noexcept { ++epoch_; }

    /// Adds it, or puts it in the place of the one of its id, which hands on its count of matches.
    /// `with`: another proxy's, whose fault of this id is the same one: what it has counted so far
    /// is of both. Precondition: the kind stays what it was; of a new tamper:
    /// `has_room_for_tamper`.
    void put(LiveFault fault, Time now, const Sky* with = nullptr);
    /// A verdict has a bit for each tamper: is one left?
    [[nodiscard]] bool has_room_for_tamper() const;
    /// Was there one?
    bool remove(const std::string& id);
    void remove_all();
    [[nodiscard]] const LiveFault* find(const std::string& id) const;
    /// In the order in which they were added.
    [[nodiscard]] std::vector<LiveFault> list() const;

  private:
    struct Live {
        LiveFault fault;
        faults::Judge judge;
        std::shared_ptr<faults::FaultState> state;  ///< of a tamper: never shared, it has a number
        RandomKey toxicity;
    };
    [[nodiscard]] static faults::Verdict ask(const Live& live, faults::FaultState& state,
                                             faults::Crossing crossing);
    [[nodiscard]] std::shared_ptr<faults::FaultState> state_of(const std::string& id) const;

    [[nodiscard]] std::uint8_t free_tamper_number() const;

    Place place_;
    std::uint64_t seed_, repeat_;
    std::string name_;
    Ordinal own_ordinal_ = 0;
    std::uint64_t epoch_ = 0;
    std::vector<Live> live_;
};

}  // namespace shaketable::injector::proxy
