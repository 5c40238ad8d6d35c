#include "reports/render/terminal.h"

#include <sstream>

#include <catch2/catch.hpp>

#include "reports/assess.h"
#include "reports/render/comparison.h"
#include "reports/render/figures.h"
#include "reports/render/timeline.h"
#include "tests/golden.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Comparison;
using scenarios::Metric;
using scenarios::Unit;

namespace {

scenarios::Expectation expectation(std::string text, scenarios::Claim claim, Comparison comparison,
                                   double limit, Unit unit) {
    scenarios::Expectation e;
    e.that = std::move(claim);
    e.that.text = std::move(text);
    e.that.comparison = comparison;
    e.that.limit = limit;
    e.that.unit = unit;
    return e;
}

scenarios::Scenario with_expectations() {
    scenarios::Scenario s = small::scenario();
    s.expect = {
        expectation("p99(web.checkout) < 300ms during baseline",
                    small::claim(Metric::p99, small::checkout, small::during("baseline")),
                    Comparison::less, 0.3, Unit::seconds),
        expectation("success(web.checkout) >= 99% during cut",
                    small::claim(Metric::success, small::checkout, small::during("cut")),
                    Comparison::at_least, 0.99, Unit::share),
        expectation("time_to_recover(web.checkout) < 30s after cut",
                    small::claim(Metric::time_to_recover, small::checkout, small::after("cut")),
                    Comparison::less, 30, Unit::seconds),
        expectation("max(queue(ledger)) < 40", small::claim(Metric::queue, small::the_ledger),
                    Comparison::less, 40, Unit::count),
        expectation("success(nobody.there) > 1% over run",
                    small::claim(Metric::success, {"", "nobody", "there", ""}), Comparison::greater,
                    0.01, Unit::share),
    };
    s.expect[3].severity = scenarios::FindingSeverity::warn;
    return s;
}

Record three_repeats() {
    std::vector<std::vector<small::Phase>> repeats(3, small::broken());
    repeats[1][1].success = 0.4;
    repeats[2] = small::metastable();
    Record r = small::record(repeats);
    r.repeats[1].fault_hits = {0};
    r.variant = "naive";
    return r;
}

std::string shown(const Record& record, const TerminalStyle& style) {
    return to_terminal(with_expectations(), record, assess(with_expectations(), record), style);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::stringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

}  // namespace

TEST_CASE("terminal: the report of the small record is as it was") {
    const std::string got = shown(three_repeats(), {.color = false, .width = 100});
    CHECK(test::difference("tests/reports/render/small_terminal.txt", got) == "");
}

TEST_CASE("terminal: no line is wider than the style says") {
    for (const int width : {80, 100, 137}) {
        for (const std::string& line :
             lines_of(shown(three_repeats(), {.color = false, .width = width}))) {
            CAPTURE(width, line);
            CHECK(columns(line) <= static_cast<std::size_t>(width));
        }
    }
}

TEST_CASE("terminal: colours add escape sequences and nothing else") {
    const std::string plain = shown(three_repeats(), {.color = false});
    std::string colored = shown(three_repeats(), {.color = true});
    CHECK(colored != plain);
    for (auto at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b'))
        colored.erase(at, colored.find('m', at) - at + 1);
    CHECK(colored == plain);
}

TEST_CASE("terminal: without unicode every byte is ASCII") {
    for (const char c : shown(three_repeats(), {.color = true, .unicode = false}))
        REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("terminal: names from a scenario cannot command the terminal") {
    Record r = three_repeats();
    r.scenario = "evil\x1b]0;title\x07";
    r.variant = "\x1b[2J";
    r.services[0] = "led\x1bger";
    r.flows[0].endpoint = "check\rout";
    r.fault_ids[0] = "cut\x9b";
    const std::string text = shown(r, {.color = false});
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        REQUIRE((byte >= 0x20 || c == '\n'));
    }
    CHECK(text.find("\x9b") == std::string::npos);
}

TEST_CASE("terminal: an empty record is no accident") {
    const Record none;
    const std::string text = to_terminal({}, none, {}, {});
    CHECK(text.find("nothing was expected") != std::string::npos);
}

TEST_CASE("terminal: the verdict line counts") {
    const auto line = [](std::vector<Verdict> verdicts) {
        Findings f;
        for (const Verdict v : verdicts) {
            f.expectations.emplace_back();
            f.expectations.back().verdict = v;
            if (v == Verdict::warned)
                f.expectations.back().expectation.severity = scenarios::FindingSeverity::warn;
        }
        return verdict_line(f, {.color = false});
    };
    CHECK(line({Verdict::hold}) == "✓ the expectation holds");
    CHECK(line({Verdict::hold, Verdict::hold}) == "✓ all 2 expectations hold");
    CHECK(line({Verdict::hold, Verdict::warned}) == "✓ 1 of 2 expectations hold, 1 warning");
    CHECK(line({Verdict::hold, Verdict::broken, Verdict::no_samples}) ==
          "✗ 2 of 3 expectations failed");
}

TEST_CASE("sparkline: eight levels, none for no value") {
    CHECK(sparkline({0, 0.5, 1, -1, 0.13}, 1, false) == "▁▅█ ▂");
    CHECK(sparkline({0, 0.5, 1, -1}, 1, true) == "_=# ");
    CHECK(sparkline({0, 0}, 0, true) == "__");
}

TEST_CASE("comparison: one row per variant, with what differs") {
    const Record naive = three_repeats();
    Record budget = small::record({small::healthy(), small::healthy()});
    budget.variant = "budget";
    const Findings a = assess(with_expectations(), naive);
    const Findings b = assess(with_expectations(), budget);
    const scenarios::Scenario s = with_expectations();
    const std::string text =
        to_terminal_comparison({{&s, &naive, &a}, {&s, &budget, &b}}, {.color = false});
    CHECK(test::difference("tests/reports/render/small_comparison.txt", text) == "");
    CHECK(to_terminal_comparison({}, {}).empty());
}
