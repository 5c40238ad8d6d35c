/// The numbers of the literature, as tests/theory/expected/*.csv hold them.
///
/// A line says: in SCENARIO (tests/theory/cases/SCENARIO.yaml), VARIANT of it, VALUE comes to
/// EXPECTED within TOLERANCE. VALUE is an expression over the ids of the scenario's expectations,
/// each of which stands for what the program measured: `sojourn`, `long - short`, `wait^2`;
/// `sojourn.open` is the share of repeats that ended before it had come. Where VARIANT is `*`, all
/// variants are played and the values are named `VARIANT:ID`. TOLERANCE is a share of EXPECTED, or
/// `abs X`. LENGTH is `short` or `long`: a quick run leaves the long ones out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace shaketable::test {

struct TheoryRow {
    std::string where;  ///< file:line
    std::string id, quantity, scenario, variant, value;
    double expected = 0;
    double tolerance = 0;  ///< in the unit of `expected`
    bool is_long = false;
    std::string source;
};

/// All lines of all files, by file name. Fails the test where one cannot be read.
[[nodiscard]] std::vector<TheoryRow> read_theory_rows(const std::string& folder);

/// Fields of a line with commas between them; "..." holds commas, "" within it is one quote.
[[nodiscard]] std::vector<std::string> split_csv(const std::string& line);

/// The value of an expression of numbers, names, + - * / ^ and brackets. Fails the test where it
/// does not parse or a name is unknown.
[[nodiscard]] double evaluate(const std::string& expression,
                              const std::map<std::string, double>& values);

}  // namespace shaketable::test
