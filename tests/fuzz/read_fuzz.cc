// Any bytes: read, say what is wrong, or print and read again to the same value; and what was read
// can be validated and linted.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "scenarios/check.h"
#include "scenarios/diagnostics.h"
#include "scenarios/print.h"
#include "tests/fuzz/abort_on_check.h"

using namespace shaketable;
using namespace shaketable::scenarios;

namespace {

void render_all(const Problems& problems, const Sources& sources) {
    for (const Problem& problem : problems) {
        SHAKETABLE_CHECK(problem.where.line >= 1 && problem.where.column >= 1,
                         "a problem has a place");
        SHAKETABLE_CHECK(!problem.code.empty(), "a problem has a code");
        SHAKETABLE_CHECK(problem.message.find('\n') == std::string::npos, "a message is one line");
    }
    (void)render(problems, sources, {.all = true});
    (void)render_json(problems, sources);
    (void)render_github(problems);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    ReadOptions options;
    options.may_read_files = false;
    const auto read = read_text("fuzz.yaml", text, options);
    if (!read) {
        SHAKETABLE_CHECK(!read.error().problems.empty(), "a refusal says why");
        render_all(read.error().problems, read.error().sources);
        return 0;
    }
    const auto checked = check_text("fuzz.yaml", text, options);
    if (checked)
        render_all(lint(*checked), checked->sources);
    else
        render_all(checked.error().problems, checked.error().sources);
    for (Scenario scenario : read->scenarios) {
        scenario.variant.clear();
        const auto again = read_text("fuzz.yaml", print(scenario), options);
        SHAKETABLE_CHECK(again.has_value(), "what is printed can be read");
        SHAKETABLE_CHECK(again->scenarios.at(0) == scenario,
                         "what is printed reads to the same value");
    }
    return 0;
}
