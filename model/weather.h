/// Which faults act now, on whom: the conditions of replicas and workloads, and the judgement of
/// crossings.
///
/// Faults change at instants known when the run starts; between them nothing has to be looked up
/// but two bytes per active fault and crossing. A ramp is walked in steps of a hundredth of its
/// strength.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/units.h"
#include "faults/condition.h"
#include "faults/judge.h"
#include "faults/timeline.h"
#include "model/model.h"

namespace shaketable::model {

class Weather {
  public:
    Weather(const Model& model, faults::Timeline timeline, std::uint64_t repeat);

    /// The next instant at which something changes; `never` if nothing does.
    [[nodiscard]] Time next_change() const;
    /// What happened at `now`, indices into `occurrences()`.
    struct Change {
        std::vector<std::uint32_t> started, ended;
        bool services = false;               ///< a condition of a replica may be another now
        bool loads = false;                  ///< a condition of a workload may be another now
        std::vector<std::uint32_t> touched;  ///< services of those replicas; ascending, each once
    };
    /// Brings everything up to `now`. Precondition: now == next_change().
    [[nodiscard]] const Change& advance(Time now);

    [[nodiscard]] const std::vector<faults::Occurrence>& occurrences() const noexcept {
        return timeline_.occurrences;
    }
    [[nodiscard]] bool has_traffic_faults() const noexcept { return !traffic_.empty(); }
    /// What the active faults decide for a crossing from a caller to a replica. Counts the hits.
    [[nodiscard]] faults::Verdict judge(std::uint32_t edge_state, std::uint32_t replica, Time now,
                                        std::uint64_t ordinal, std::int64_t bytes);
    /// The same where the world knows more of the crossing than the model: its connection, its
    /// headers. Its `strength` and cuts are set here.
    [[nodiscard]] faults::Verdict judge(std::uint32_t edge_state, std::uint32_t replica,
                                        const faults::Crossing& crossing);
    /// The same crossing once more after the weather changed, with the same dice. Counts nothing.
    [[nodiscard]] faults::Verdict judge_again(std::uint32_t edge_state, std::uint32_t replica,
                                              const faults::Crossing& crossing) const;
    /// The same for a call that was in flight when `occurrence` started; a verdict that changes
    /// nothing if the fault leaves calls in flight alone.
    [[nodiscard]] faults::Verdict judge_in_flight(std::uint32_t occurrence,
                                                  std::uint32_t edge_state, std::uint32_t replica,
                                                  Time now, std::uint64_t ordinal,
                                                  std::int64_t bytes);
    [[nodiscard]] faults::Verdict judge_in_flight(std::uint32_t occurrence,
                                                  std::uint32_t edge_state, std::uint32_t replica,
                                                  const faults::Crossing& crossing);
    /// Are answers from `replica` to the caller silenced now by a partition?
    [[nodiscard]] bool is_answer_cut(std::uint32_t edge_state, std::uint32_t replica);

    /// Does a fault that acts now keep a health check of the caller from passing? Judged without
    /// dice: only what hits every crossing counts, so that checks move nobody's dice and touch no
    /// counts.
    [[nodiscard]] bool is_check_stopped(std::uint32_t edge_state, std::uint32_t replica) const;

    /// Does a fault that acts now refuse every connection of the caller?
    [[nodiscard]] bool is_refused(std::uint32_t edge_state, std::uint32_t replica) const;
    /// The tamper faults of the scenario by their numbers in verdicts, which are those of their
    /// ids.
    [[nodiscard]] const std::vector<const faults::Tamper*>& tampers() const noexcept {
        return tampers_;
    }

    /// Health, combined over the service faults that act now, in the order of fault ids.
    [[nodiscard]] faults::Condition replica_condition(std::uint32_t replica) const;
    [[nodiscard]] faults::Condition workload_condition(std::uint32_t workload) const;
    /// What is left of a caller's pool of `size` connections to a service: as by the replica of it
    /// that is hit hardest.
    [[nodiscard]] std::uint64_t pool_left(std::uint32_t service, std::uint64_t size) const;
    /// Does `occurrence` act on this replica, as a fault of services?
    [[nodiscard]] bool acts_on(std::uint32_t occurrence, std::uint32_t replica) const;

    /// Can a fault of traffic that is no partition hit crossings from the caller to the replica?
    [[nodiscard]] bool reaches(std::uint32_t fault, std::uint32_t edge_state,
                               std::uint32_t replica) const;

    /// Crossings, replicas or workloads touched, per fault of the scenario.
    [[nodiscard]] const std::vector<std::uint64_t>& hits() const noexcept { return hits_; }

  private:
    struct Active {
        std::uint32_t occurrence;
        std::uint32_t fault;
        double strength = 1;
        std::vector<faults::FaultState> states;  ///< per route, of traffic faults
        faults::Cuts cuts;                       ///< of a partition
        Time next_step = never;                  ///< of its ramp
    };
    /// Who is hit by a fault, looked up once.
    struct Reach {
        std::vector<std::uint8_t>
            callers;  ///< per edge state: 1 = as `from`, 2 = as `to` of a two-way arrow
        std::vector<std::uint8_t> replicas;   ///< per replica: the same from the other end
        std::vector<std::uint8_t> hit;        ///< per replica: by a fault of services
        std::vector<std::uint32_t> services;  ///< of the replicas that are hit so; ascending
        std::vector<std::uint8_t> workloads;
    };
    void find_reach(std::uint32_t fault);
    void find_tampers();
    void begin(std::uint32_t occurrence, Time now);
    [[nodiscard]] faults::Verdict ask(Active& active, std::uint32_t edge_state,
                                      std::uint32_t replica, const faults::Crossing& crossing);
    [[nodiscard]] faults::Verdict decide(const Active& active, faults::FaultState& state,
                                         std::uint32_t edge_state, std::uint32_t replica,
                                         faults::Crossing crossing) const;
    [[nodiscard]] std::vector<faults::Place> places() const;
    void set_strength(Active& active, Time now);
    void note_change(std::uint32_t fault);

    const Model& model_;
    faults::Timeline timeline_;
    std::uint64_t repeat_;
    std::vector<std::uint32_t> starts_,
        ends_;  ///< occurrences in the order of their start, of their end
    std::size_t started_ = 0, ended_ = 0;
    std::vector<Active> traffic_, service_;  ///< active now, by fault id
    std::vector<faults::Judge> judges_;      ///< per fault; only traffic faults have one
    std::vector<std::uint32_t> judge_of_;
    std::vector<Reach> reach_;                    ///< per fault
    std::vector<const faults::Tamper*> tampers_;  ///< by fault id
    std::vector<std::uint64_t> hits_;
    std::vector<std::uint32_t> place_of_caller_;  ///< per edge state, index into places()
    Change change_;
};

}  // namespace shaketable::model
