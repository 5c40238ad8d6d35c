/// What shuffle sharding comes to: how many different subsets of replicas there are for how many
/// callers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/topology.h"

namespace shaketable::scenarios {

/// Ways to choose `k` of `n`; exact, or the largest number where there are as many or more.
[[nodiscard]] std::uint64_t ways_to_choose(std::uint32_t n, std::uint32_t k);

/// Of a service whose balance has a `subset`.
struct Subsets {
    std::string service;
    std::uint32_t size = 0;       ///< replicas that each caller uses
    std::uint32_t replicas = 0;   ///< of so many
    std::uint64_t callers = 0;    ///< replicas of calling services, and zones of calling workloads
    std::uint64_t different = 0;  ///< as `ways_to_choose` says
};

/// In the order of the file.
[[nodiscard]] std::vector<Subsets> find_subsets(const Topology& topology);

/// "worker: 2 of 8 replicas for each of 500 callers, one of 28 subsets; ..."
[[nodiscard]] std::string print(const Subsets& subsets);

}  // namespace shaketable::scenarios
