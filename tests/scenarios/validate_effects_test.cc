#include "scenarios/validate.h"
#include "tests/scenarios/validate_text.h"

namespace shaketable::scenarios {
namespace {

std::string with_steps(std::string_view steps) {
    return replaced(plain_system, "read: {steps: [{work: 2ms}]}",
                    "read: {steps: [" + std::string{steps} + "]}");
}

TEST_CASE("validate: a row that is committed within its own steps never can be") {
    const Problem p =
        only(problems_of(with_steps("{optimistic: {row: a, steps: [{loop: {times: 2, steps: "
                                    "[{optimistic: {row: a, steps: [{work: 1ms}]}}]}}]}}")),
             "E125");
    CHECK(p.where.line == 19);
    CHECK(problems_of(with_steps("{optimistic: {row: a, steps: [{optimistic: {row: b, steps: "
                                 "[]}}]}}, {optimistic: {row: a, steps: []}}"))
              .empty());
    // Of many rows, another one may be drawn inside.
    CHECK(problems_of(with_steps("{optimistic: {row: a, keys: uniform(n=9), steps: [{optimistic: "
                                 "{row: a, keys: uniform(n=9), steps: []}}]}}"))
              .empty());
}

TEST_CASE("validate: steps that share a row agree on how many there are") {
    CHECK(only(problems_of(with_steps("{optimistic: {row: a, keys: uniform(n=9), steps: []}}, "
                                      "{optimistic: {row: a, steps: []}}")),
               "E125")
              .where.line == 19);
    CHECK(problems_of(with_steps("{optimistic: {row: a, keys: uniform(n=9), steps: []}}, "
                                 "{optimistic: {row: a, keys: zipf(n=9 s=1), steps: []}}"))
              .empty());
}

TEST_CASE("validate: a breaker that refuses only retries needs someone who retries") {
    const auto with = [](std::string_view policy) {
        return problems_of(replaced(plain_system, "{timeout: 1s}", policy));
    };
    CHECK(only(with("{breaker: {refuses: retries}}"), "E125").where.line == 20);
    CHECK(with("{breaker: {refuses: retries}, retry: 1}").empty());
    CHECK(with("{breaker: {refuses: all}}").empty());
}

TEST_CASE("validate: no caller uses more replicas than there are") {
    const auto read = read_text(
        "test.yaml", replaced(plain_system, "replicas: 3", "replicas: 3, balance: {subset: 4}"));
    CHECK_FALSE(read.has_value());
}

}  // namespace
}  // namespace shaketable::scenarios
