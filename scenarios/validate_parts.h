/// The parts of `validate`, one file each.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/timeline.h"
#include "scenarios/topology.h"
#include "scenarios/validate.h"

namespace shaketable::scenarios::validation {

/// What every part works on.
struct Desk {
    const Scenario& scenario;
    const Topology& topology;
    const Locate& where;
    Problems& problems;

    void report(std::string_view code, std::string_view path, std::string message,
                std::string hint = {}, std::vector<std::string> notes = {}) const {
        problems.push_back({.code = std::string{code},
                            .message = std::move(message),
                            .hint = std::move(hint),
                            .notes = std::move(notes),
                            .where = where(path)});
    }
};

/// E105 names used twice, E108 no workload.
void check_names(const Desk& desk);
/// E101 .. E104 in calls, policies, replicas, links.
void check_references(const Desk& desk);
/// E106 cycles without exit, E109 too many calls.
void check_call_graph(const Desk& desk);
/// E101, E103, E111, E114 .. E118 of faults.
void check_faults(const Desk& desk);
/// E101, E103, E104, E115, E123, E124 of expectations.
void check_expectations(const Desk& desk);
/// E125 words that could have no effect where they stand.
void check_effects(const Desk& desk);
/// E023, E109 too much to be run. Precondition: nothing else is wrong.
void check_size(const Desk& desk);

/// `did you mean "x"?`, or "".
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& candidates);
/// `"word"`.
[[nodiscard]] std::string in_quotes(std::string_view word);
/// "append", "append and read", "append, read and scan"; at most 8, and how many more.
[[nodiscard]] std::string list_of(const std::vector<std::string>& words);

[[nodiscard]] std::vector<std::string> service_names(const Scenario& scenario);
[[nodiscard]] std::vector<std::string> workload_names(const Scenario& scenario);
[[nodiscard]] std::vector<std::string> zone_names(const Scenario& scenario);

/// Says so, and returns false, where the zone is not declared.
bool check_zone(const Desk& desk, std::string_view zone, std::string_view path);
/// The same for a service; a workload of that name gets a hint of its own.
bool check_service(const Desk& desk, std::string_view service, std::string_view path);
/// The same for "service.endpoint".
bool check_endpoint(const Desk& desk, std::string_view call, std::string_view path);

/// Replicas of the service in each zone: as written per zone, or spread over the zones in turn.
[[nodiscard]] std::vector<std::uint32_t> replicas_per_zone(const Scenario& scenario,
                                                           const Service& service);

}  // namespace shaketable::scenarios::validation
