/// Small systems as text, for the tests of validate, topology and lint.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "scenarios/diagnostics.h"
#include "scenarios/lint/lint.h"
#include "scenarios/read.h"
#include "scenarios/validate.h"

namespace shaketable::scenarios {

/// users -> web.page -> db.read, all well.
inline const std::string plain_system = R"(schema: shaketable/v1
name: plain
run: {duration: 100s, warmup: 10s}
zones: {a: {}, b: {}}
services:
  web:
    workers: 10
    replicas: 2
    endpoints:
      page:
        steps:
          - work: 1ms
          - {call: db.read, policy: rpc}
  db:
    workers: 4
    replicas: 3
    queue: 16
    endpoints:
      read: {steps: [{work: 2ms}]}
policies: {rpc: {timeout: 1s}}
workload: {users: {call: web.page, arrivals: poisson(10/s)}}
faults:
  - {id: cut, at: 20s, for: 10s, fault: refuse, target: web -> db}
expect:
  - success(web.page) > 1% over run
)";

/// `text` with the first `from` replaced by `to`; `from` must be there.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

inline Document document_of(const std::string& text) {
    auto read = read_text("test.yaml", text);
    INFO((read ? std::string{} : render(read.error().problems, read.error().sources)));
    REQUIRE(read.has_value());
    return *std::move(read);
}

inline Scenario scenario_of(const std::string& text) {
    return document_of(text).scenarios.at(0);
}

inline Problems problems_of(const std::string& text) {
    const Document document = document_of(text);
    const Locations& where = document.where.at(0);
    return validate(document.scenarios.at(0),
                    [&](std::string_view path) { return where.at(path); });
}

inline Problems lint_of(const std::string& text) {
    const Document document = document_of(text);
    const Locations& where = document.where.at(0);
    return lint(document.scenarios.at(0), [&](std::string_view path) { return where.at(path); });
}

/// All of them in one line each, for messages of failing tests.
inline std::string print(const Problems& problems) {
    std::string text;
    for (const Problem& p : problems) {
        text += p.code + " " + std::to_string(p.where.line) + ": " + p.message + " | " + p.hint;
        for (const std::string& note : p.notes) text += " | " + note;
        text += "\n";
    }
    return text;
}

/// The one problem there must be.
inline Problem only(const Problems& problems) {
    INFO(print(problems));
    REQUIRE(problems.size() == 1);
    return problems.front();
}

/// The only problem with the code.
inline Problem only(const Problems& problems, std::string_view code) {
    INFO(print(problems));
    Problems found;
    for (const Problem& p : problems)
        if (p.code == code) found.push_back(p);
    REQUIRE(found.size() == 1);
    return found.front();
}

inline bool has(const Problems& problems, std::string_view code) {
    for (const Problem& p : problems)
        if (p.code == code) return true;
    return false;
}

}  // namespace shaketable::scenarios
