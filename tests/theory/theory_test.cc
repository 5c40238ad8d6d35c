// Plays the cases as a user would and holds what they measure against the literature.
//
// SHAKETABLE_THEORY chooses: `short` (as if not set), `long`, `all`, or the beginning of an id, as
// in `Q0`, which then means short and long ones. A line is printed for every number.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"
#include "tests/source_path.h"
#include "tests/theory/table.h"

using namespace shaketable::test;

namespace {

/// What one variant came to.
struct Played {
    std::map<std::string, double> values;  ///< by id of the expectation, mean over repeats
    std::map<std::string, double> widths;  ///< half of the 95% interval; 0 with one repeat
    double requests = 0;                   ///< over all repeats
};

Played read_result(const nlohmann::json& result) {
    Played played;
    for (const nlohmann::json& expectation : result.at("expectations")) {
        const nlohmann::json& value = expectation.at("value");
        const auto id = expectation.at("id").get<std::string>();
        INFO(id << ": " << expectation.at("notes").dump());
        if (!value.is_object() || !value.contains("mean") || !value.at("mean").is_number())
            continue;
        played.values[id] = value.at("mean").get<double>();
        const auto judged = expectation.at("repeats_judged").get<double>();
        const double open = expectation.at("repeats_open_ended").get<double>() / judged;
        played.values[id + ".open"] = open;
        played.widths[id + ".open"] = 1.96 * std::sqrt(open * (1 - open) / judged);
        if (value.contains("low") && value.at("low").is_number())
            played.widths[id] =
                (value.at("high").get<double>() - value.at("low").get<double>()) / 2;
    }
    for (const nlohmann::json& repeat : result.at("repeats"))
        played.requests += repeat.at("requests").get<double>();
    return played;
}

/// Leaves out what fills most of a result and is not read here.
bool without_record(int /*depth*/, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    return event != nlohmann::json::parse_event_t::key ||
           (parsed != "record" && parsed != "series");
}

/// All variants of a case that some row asks for, by name.
std::map<std::string, Played> play(const std::string& scenario,
                                   const std::vector<std::string>& variants) {
    const Folder folder;
    std::vector<std::string> command{"simulate",
                                     source_path("tests/theory/cases/" + scenario + ".yaml"),
                                     "--json", "-o", "result.json"};
    const bool all = std::count(variants.begin(), variants.end(), "*") > 0;
    for (const std::string& variant : variants)
        if (!variant.empty() && !all) command.insert(command.end(), {"--variant", variant});
    const Outcome outcome = run(folder, command, {.seconds_max = 1200});
    INFO(scenario << ": " << outcome.err);
    REQUIRE(outcome.code <= 1);
    nlohmann::json results = nlohmann::json::parse(outcome.out, without_record);
    if (!results.is_array()) results = nlohmann::json::array({results});
    std::map<std::string, Played> played;
    for (const nlohmann::json& result : results)
        played[result.at("scenario").at("variant").get<std::string>()] = read_result(result);
    return played;
}

bool is_wanted(const TheoryRow& row) {
    const char* variable = std::getenv("SHAKETABLE_THEORY");
    const std::string wanted = variable == nullptr ? "short" : variable;
    if (wanted == "all") return true;
    if (wanted == "short" || wanted == "long") return row.is_long == (wanted == "long");
    return row.id.starts_with(wanted);
}

/// How far the mean of the expression may be off, were each of its values at the end of its 95%
/// interval, one at a time.
double half_width(const TheoryRow& row, const Played& played) {
    const double middle = evaluate(row.value, played.values);
    double squares = 0;
    for (const auto& [id, width] : played.widths) {
        std::map<std::string, double> moved = played.values;
        moved[id] += width;
        const double change = evaluate(row.value, moved) - middle;
        squares += change * change;
    }
    return std::sqrt(squares);
}

/// The values of all variants, each named `VARIANT:ID`.
Played together(const std::map<std::string, Played>& variants) {
    Played all;
    for (const auto& [variant, played] : variants) {
        for (const auto& [id, value] : played.values) all.values[variant + ":" + id] = value;
        for (const auto& [id, width] : played.widths) all.widths[variant + ":" + id] = width;
        all.requests += played.requests;
    }
    return all;
}

/// A line of the table of docs/validation.md, which is written where SHAKETABLE_VALIDATION says.
void write_row(const TheoryRow& row, const Played& played, double got, double width) {
    const char* path = std::getenv("SHAKETABLE_VALIDATION");
    if (path == nullptr) return;
    std::ofstream file{path, std::ios::app};
    char line[512];
    std::snprintf(line, sizeof line, "| %s | %s | %s | %.6g | %.6g ± %.2g | %.2g | %.0f | %s |\n",
                  row.id.c_str(), (row.scenario + " " + row.variant).c_str(), row.quantity.c_str(),
                  row.expected, got, width, row.tolerance, played.requests, row.source.c_str());
    file << line;
}

void check_row(const TheoryRow& row, const Played& played) {
    const double got = evaluate(row.value, played.values);
    const double width = half_width(row, played);
    const bool holds = std::abs(got - row.expected) <= row.tolerance * (1 + 1e-9);
    const std::string scenario = row.scenario + (row.variant.empty() ? "" : "/" + row.variant);
    std::printf(
        "%-4s %-34s %-28s expected %-13.9g got %-13.9g +-%-11.4g allowed %-11.4g %.0f requests\n",
        holds ? "ok" : "OFF", scenario.c_str(), row.quantity.c_str(), row.expected, got, width,
        row.tolerance, played.requests);
    std::fflush(stdout);
    write_row(row, played, got, width);
    INFO(row.where << ": " << scenario << ": " << row.quantity << ", by " << row.source);
    INFO("expected " << row.expected << " within " << row.tolerance << ", got " << got);
    CHECK(holds);
    INFO("too few requests: the 95% interval is wider than the tolerance, " << width);
    CHECK(width <= row.tolerance * (1 + 1e-9));
}

}  // namespace

TEST_CASE("theory: the program measures what the literature says") {
    std::map<std::string, std::vector<TheoryRow>> cases;
    for (TheoryRow& row : read_theory_rows(source_path("tests/theory/expected")))
        if (is_wanted(row)) cases[row.scenario].push_back(std::move(row));
    REQUIRE_FALSE(cases.empty());
    for (const auto& [scenario, rows] : cases) {
        std::vector<std::string> variants;
        for (const TheoryRow& row : rows)
            if (std::find(variants.begin(), variants.end(), row.variant) == variants.end())
                variants.push_back(row.variant);
        const std::map<std::string, Played> played = play(scenario, variants);
        for (const TheoryRow& row : rows) {
            if (row.variant == "*") {
                check_row(row, together(played));
                continue;
            }
            INFO(row.where << ": no variant \"" << row.variant << "\" in the result");
            REQUIRE(played.contains(row.variant));
            check_row(row, played.at(row.variant));
        }
    }
}

TEST_CASE("theory: an expression is read with the usual precedence") {
    const std::map<std::string, double> values{{"a", 3}, {"b-c", 2}};
    CHECK(evaluate("a + b-c * 2", values) == 7);
    CHECK(evaluate("(a + b-c) / 2 - a^2", values) == -6.5);
    CHECK(evaluate("12.5 - 0.5 - a", values) == 9);
}

TEST_CASE("theory: a field in quotes may hold commas and quotes") {
    CHECK(split_csv(R"(a,"b, ""c""",,d)") == std::vector<std::string>{"a", "b, \"c\"", "", "d"});
}
