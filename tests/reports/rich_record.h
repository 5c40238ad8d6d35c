/// The small record with everything that a record can hold: events, breakers, heat, traces of
/// requests with tries and waits, provenance.
#pragma once

#include "scenarios/print.h"
#include "scenarios/read.h"
#include "tests/reports/small_record.h"

namespace shaketable::reports::rich {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* text = R"(schema: shaketable/v1
name: small
description: a small one
run: {duration: 60s, warmup: 10s, cooldown: 5s, seed: 7, repeats: 2}
zones: {eu-a: {}, eu-b: {}}
services:
  ledger:
    kind: database
    workers: 8
    endpoints: {append: {steps: [{work: 20ms}]}}
  web:
    replicas: {eu-a: 1, eu-b: 1}
    endpoints: {checkout: {http: POST /checkout, steps: [{work: 1ms}, {call: ledger.append, policy: rpc}]}}
policies:
  rpc: {timeout: 200ms, retry: 3}
workload:
  users: {call: web.checkout, arrivals: poisson(10/s)}
faults:
  - {id: cut, at: 30s, for: 10s, fault: slow, target: ledger, factor: 8}
expect:
  - success(web.checkout) >= 99% during cut
  - p99(web.checkout) < 100ms during baseline
  - {id: calm, that: attempts(web -> ledger) < 2 during cut, severity: warn}
)";

inline scenarios::Scenario scenario() {
    auto document = scenarios::read_text("small.yaml", text);
    SHAKETABLE_CHECK(document.has_value(), "the scenario of the tests is valid");
    return document->scenarios.front();
}

inline Time at_ms(std::int64_t ms) {
    return Time{milliseconds{ms}};
}
inline Visit visit(std::uint32_t parent, const char* service, const char* endpoint,
                   std::uint32_t attempt, std::int64_t sent, std::int64_t ended,
                   Outcome outcome = Outcome::ok) {
    Visit v;
    v.parent = parent;
    v.service = service;
    v.endpoint = endpoint;
    v.attempt = attempt;
    v.sent = at_ms(sent);
    v.arrived = at_ms(sent + 1);
    v.started = outcome == Outcome::timeout ? never : at_ms(sent + 3);
    v.ended = at_ms(ended);
    v.outcome = outcome;
    return v;
}

inline std::vector<Trace> traces() {
    return {{"users",
             311,
             "slowest",
             {visit(0, "web", "checkout", 1, 31'000, 31'462),
              visit(0, "ledger", "append", 1, 31'010, 31'210, Outcome::timeout),
              visit(0, "ledger", "append", 2, 31'260, 31'460)}},
            {"users",
             17,
             "failed",
             {visit(0, "web", "checkout", 1, 32'000, 32'500, Outcome::error),
              visit(0, "ledger", "append", 1, 32'010, 32'210, Outcome::timeout)}},
            {"users", 4, "random", {visit(0, "web", "checkout", 1, 1'000, 1'024)}}};
}

inline HeatMap heat() {
    HeatMap heat;
    heat.every = seconds{1};
    heat.flows.resize(2);
    for (std::uint16_t second = 0; second < 60; ++second)
        for (auto& cells : heat.flows) {
            const bool slow = second >= 30 && second < 40;
            const Duration took = milliseconds{slow ? 200 : 20};
            cells.push_back(
                {second, static_cast<std::uint16_t>(buckets::index_of(took) >> HeatMap::band_bits),
                 slow ? 2U : 10U});
        }
    return heat;
}

inline Record record() {
    Record r = small::record({small::broken(), small::metastable()}, scenario());
    Repeat& first = r.repeats.front();
    first.events = {{at_ms(30'000), "fault-start", "cut", ""},
                    {at_ms(31'500), "breaker-open", "web -> ledger.append from web[0]", ""},
                    {at_ms(36'500), "breaker-half-open", "web -> ledger.append from web[0]", ""},
                    {at_ms(36'900), "breaker-closed", "web -> ledger.append from web[0]", ""},
                    {at_ms(40'000), "fault-end", "cut", ""}};
    first.events_dropped = 3;
    first.heat = heat();
    first.fingerprint = 0xFFFF'ABCD'0123'4567;
    first.engine_events = 12'345;
    for (auto& sample : first.flow_samples[small::to_ledger]) sample.retries = 2;
    first.segments[0].flows[0].latency.add_exact(WideCount{1} << 70U, seconds{3});
    first.segments[0].services[0].wait.add(1234, 5);
    r.traces = traces();
    r.environment = {{"kernel", "6.1.0"}, {"processors", "2"}};
    return r;
}

inline Provenance provenance() {
    Provenance p;
    p.command = "shaketable simulate small.yaml --seed 7";
    p.sources = {{"small.yaml", text}};
    p.anchors = {{"expect[0]", "small.yaml", 21},
                 {"expect[1]", "small.yaml", 22},
                 {"expect[2]", "small.yaml", 23},
                 {"faults[0]", "small.yaml", 19},
                 {"services.ledger", "small.yaml", 7}};
    Problem problem{.code = "W203", .message = "retries multiply"};
    problem.hint = "give the retry a budget";
    problem.notes = {"up to 4 tries a call"};
    problem.where = {"small.yaml", 15, 3, 0};
    problem.severity = Severity::warning;
    p.lint = {problem};
    return p;
}

}  // namespace shaketable::reports::rich
