/// Every code of a diagnostic and what it means: `explain E104`, the reference chapter and the
/// completeness test read this.
///
/// A code is for ever: one that is no longer used keeps its number. Lint rules have their own
/// table, `lint/catalogue.h`.
#pragma once

#include <array>
#include <string_view>

namespace shaketable::scenarios {

struct Code {
    std::string_view code;
    std::string_view meaning;  ///< one sentence
};

inline constexpr std::array codes{
    // The file
    Code{"E001", "The file cannot be read."},
    Code{"E002", "The text is not YAML, or it is too large or nested too deeply."},
    Code{"E003", "A key is given twice in one map."},
    Code{"E004", "The file is empty, or not a map of keys."},
    Code{"E005", "`schema` is missing or names a version that this program does not read."},
    Code{"E006", "The file belongs to another tool."},
    // Keys
    Code{"E010", "A key or word is unknown."},
    Code{"E011", "A key is one that another tool uses in another sense."},
    Code{"E012", "A key that must be given is missing."},
    Code{"E013", "A value has the wrong type: a map, a list or a plain value was expected."},
    Code{"E014", "Two keys exclude each other."},
    Code{"E015", "A part of the language that no world carries out yet."},
    // Quantities
    Code{"E020", "A quantity has no unit."},
    Code{"E021", "A quantity has a unit that is not one of its own."},
    Code{"E022", "A quantity of another kind was expected, a duration where a rate stands."},
    Code{"E023", "A value is out of its range."},
    Code{"E024", "A share has no percent sign, or a quantity is negative."},
    Code{"E025", "A number is not finite, or too large."},
    // Distributions
    Code{"E030", "The law of a distribution is unknown."},
    Code{"E031", "YAML cut a value at a comma."},
    Code{"E032", "The parameters of a distribution cannot be."},
    Code{"E033", "A distribution has too few parameters, or too many."},
    Code{"E034", "A row of a data file is bad."},
    // Parameters, includes
    Code{"E040", "A parameter is not defined."},
    Code{"E041", "A parameter is outside of its range or choices."},
    Code{"E042", "An included file is missing, or includes itself."},
    Code{"E043", "`set` names a path that does not exist."},
    // Names and how parts fit together
    Code{"E101", "A service or workload of that name does not exist."},
    Code{"E102", "A policy of that name does not exist."},
    Code{"E103", "A zone of that name is not declared."},
    Code{"E104", "The service has no endpoint of that name."},
    Code{"E105", "A name is used twice where it must be unique."},
    Code{"E106", "Calls go round in a circle and never end."},
    Code{"E107", "A preset of that name does not exist."},
    Code{"E108", "There is no workload, so nobody calls anything."},
    Code{"E109",
         "One request makes more than a million calls or ten million steps, or a run takes more "
         "than ten billion steps."},
    Code{"E110", "The rule by which a breaker opens does not parse."},
    // Faults
    Code{"E111", "A time counts from a fault that does not exist."},
    Code{"E112", "A time does not parse."},
    Code{"E113", "A target, or a link between two ends, does not parse."},
    Code{"E114", "A fault cannot work on its target, or would change nothing there."},
    Code{"E115", "Something is outside of the run, or of what is measured."},
    Code{"E116", "Times refer to each other in a circle."},
    Code{"E117", "A target or a group selects nobody."},
    Code{"E118", "Two groups of a partition hold the same replica."},
    // Expectations
    Code{"E119", "An expectation does not parse."},
    Code{"E120", "A metric of that name does not exist."},
    Code{"E121", "The limit of an expectation has the wrong unit."},
    Code{"E122", "An expectation can never hold, or always does."},
    Code{"E123", "A window of that name does not exist."},
    Code{"E124", "Nobody makes the call that an expectation is about."},
    // Effects
    Code{"E125", "A word that is right by itself cannot work where it stands."},
    // While it runs
    Code{"E199", "Time stands still: something goes round in a circle that takes no time."},
};

/// Those of live runs, which no reading of a scenario can find.
inline constexpr std::array live_codes{
    Code{"E301", "A service has neither a binding nor a stand-in."},
    Code{"E302", "A port is taken by another program."},
    Code{"E303", "No driver can do this here: something is missing."},
    Code{"E304", "An address is not allowed."},
    Code{"E305", "A former run has left something behind that cannot be undone."},
    Code{"E306", "A live run cannot honour this at all."},
    Code{"W310", "A live run honours this only in part."},
};

/// The meaning of a code, or "".
[[nodiscard]] constexpr std::string_view meaning_of(std::string_view code) noexcept {
    for (const Code& entry : codes)
        if (entry.code == code) return entry.meaning;
    for (const Code& entry : live_codes)
        if (entry.code == code) return entry.meaning;
    return {};
}

}  // namespace shaketable::scenarios
