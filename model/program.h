/// The steps of all endpoints, compiled to one flat table that a request walks by index.
///
/// A request at a service is a *walker* with a place in this table. The table is read-only and
/// shared by all runs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/distribution.h"
#include "base/units.h"

namespace shaketable::model {

enum class Op : std::uint8_t {
    work,        ///< a = sampler
    wait,        ///< a = sampler
    call,        ///< a = edge; waits for the answer
    spawn,       ///< a = edge; goes on at once
    fork,        ///< a = first entry in Program::branches, b = how many, c = successes needed
    chance,      ///< x = probability of going on; else to a
    choose,      ///< a = first entry in Program::choices, b = how many, c = where to go if none is
                 ///< drawn
    cache,       ///< a = cache, b = where a hit goes; a miss goes on
    cache_fill,  ///< a = cache: the walker's key is now held
    lock,        ///< a = lock of the service
    unlock,      ///< a = lock of the service
    row_read,    ///< a = first row of its table, b = key sampler or none: the version is noted
    row_commit,  ///< fails where the noted row has another version now
    loop_begin,  ///< a = times, b = where to go for none
    loop_end,    ///< a = first instruction of the body
    reply,       ///< a = status
    fail,        ///< a = status
    jump,        ///< a = target
    finish,      ///< end of an endpoint or of a branch
};

struct Instruction {
    Op op = Op::finish;
    bool optional = false;  ///< call: its failure does not fail the request
    std::uint32_t a = 0, b = 0, c = 0;
    double x = 0;
};

/// A way of `choose`: cumulative weight, and where it begins.
struct ChoiceEntry {
    double cumulative = 0;
    std::uint32_t target = 0;
};

struct CachePlan {
    std::uint32_t service = 0;
    std::uint32_t number = 0;  ///< among the caches of its service
    double hit = -1;           ///< fixed share; < 0: real keys
    KeySampler keys;
    std::uint32_t key_count = 0;
    std::uint32_t capacity = 0;  ///< entries; 0 = all keys fit
    Duration ttl{forever};
    bool coalesce = false;
};

struct Program {
    std::vector<Instruction> code;
    std::vector<Sampler> samplers;
    std::vector<std::uint32_t> branches;  ///< first instruction of each branch of each fork
    std::vector<ChoiceEntry> choices;
    std::vector<CachePlan> caches;
    std::vector<KeySampler> row_keys;  ///< of `row_read`: b; one draw each
    std::uint32_t rows = 0;            ///< in all tables of all services
};

}  // namespace shaketable::model
