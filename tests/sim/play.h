/// Plays a scenario written in a test, and finds the numbers that the test is about.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/record/record.h"
#include "scenarios/read.h"
#include "scenarios/validate.h"
#include "sim/simulate.h"

namespace shaketable::sim {

using Sets = std::vector<std::pair<std::string, std::string>>;

/// The first variant of a scenario, without its two first lines.
inline scenarios::Scenario scenario_of(std::string_view body, const Sets& sets = {}) {
    scenarios::ReadOptions options;
    options.sets = sets;
    const std::string text = "schema: shaketable/v1\nname: test\n" + std::string{body};
    const auto document = scenarios::read_text("test.yaml", text, options);
    if (!document) FAIL(document.error().problems.front().message);
    const scenarios::Locations& where = document->where.front();
    for (const Problem& problem : scenarios::validate(
             document->scenarios.front(), [&](std::string_view path) { return where.at(path); }))
        if (problem.severity == Severity::error) FAIL(problem.message);
    return document->scenarios.front();
}

inline reports::Record play(std::string_view body, const Sets& sets = {},
                            std::uint32_t threads = 1) {
    auto record =
        simulate(scenario_of(body, sets), {.threads = threads, .progress = {}, .wanted = {}});
    REQUIRE(record.has_value());
    return *std::move(record);
}

/// Calls to "service.endpoint" by one caller ("" = by anyone), in all repeats, begun in segments
/// that lie within [from, to).
inline reports::FlowTotals calls(const reports::Record& record, std::string_view caller,
                                 std::string_view callee, Time from = Time{}, Time to = never) {
    reports::FlowTotals sum;
    bool found = false;
    for (std::size_t f = 0; f < record.flows.size(); ++f) {
        const reports::FlowKey& key = record.flows[f];
        if (!caller.empty() && key.caller != caller) continue;
        if (key.service + "." + key.endpoint != callee) continue;
        found = true;
        for (const reports::Repeat& repeat : record.repeats)
            for (const reports::Segment& segment : repeat.segments)
                if (segment.start >= from && segment.end <= to) sum.merge(segment.flows[f]);
    }
    REQUIRE(found);
    return sum;
}

inline reports::ServiceTotals service(const reports::Record& record, std::string_view name,
                                      Time from = Time{}, Time to = never) {
    reports::ServiceTotals sum;
    bool found = false;
    for (std::size_t s = 0; s < record.services.size(); ++s) {
        if (record.services[s] != name) continue;
        found = true;
        for (const reports::Repeat& repeat : record.repeats)
            for (const reports::Segment& segment : repeat.segments)
                if (segment.start >= from && segment.end <= to) sum.merge(segment.services[s]);
    }
    REQUIRE(found);
    return sum;
}

inline std::uint64_t of(const std::array<std::uint64_t, outcome_count>& counts, Outcome outcome) {
    return counts[static_cast<std::size_t>(outcome)];
}

inline Time at_second(double seconds) {
    return Time{} + from_seconds(seconds);
}

inline std::size_t events(const reports::Record& record, std::string_view what) {
    std::size_t count = 0;
    for (const reports::Event& event : record.repeats.front().events) count += event.what == what;
    return count;
}

}  // namespace shaketable::sim
