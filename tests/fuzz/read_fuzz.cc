// Any bytes: read, say what is wrong, or print and read again to the same value.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "scenarios/diagnostics.h"
#include "scenarios/print.h"
#include "scenarios/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shaketable;
    using namespace shaketable::scenarios;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    ReadOptions options;
    options.may_read_files = false;
    const auto read = read_text("fuzz.yaml", text, options);
    if (!read) {
        const Failure& failure = read.error();
        SHAKETABLE_CHECK(!failure.problems.empty(), "a refusal says why");
        for (const Problem& problem : failure.problems)
            SHAKETABLE_CHECK(problem.where.line >= 1 && !problem.code.empty(),
                             "a problem has a place and a code");
        (void)render(failure.problems, failure.sources, {.all = true});
        (void)render_json(failure.problems, failure.sources);
        (void)render_github(failure.problems);
        return 0;
    }
    for (Scenario scenario : read->scenarios) {
        scenario.variant.clear();
        const auto again = read_text("fuzz.yaml", print(scenario), options);
        SHAKETABLE_CHECK(again.has_value(), "what is printed can be read");
        SHAKETABLE_CHECK(again->scenarios.at(0) == scenario,
                         "what is printed reads to the same value");
    }
    return 0;
}
