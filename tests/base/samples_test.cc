#include <string>

#include <catch2/catch.hpp>

#include "base/distribution.h"

using namespace shaketable;
using namespace std::chrono_literals;

namespace {

Problem problem_in(std::string_view csv) {
    const auto samples = parse_samples(csv);
    REQUIRE_FALSE(samples);
    return samples.error();
}

}  // namespace

TEST_CASE(
    "samples: header, comments, empty lines and both line ends are fine; the result is sorted") {
    const auto samples = parse_samples(
        "\xef\xbb\xbf# measured in March\r\nlatency\r\n\r\n5ms\r\n  3ms # a fast one\n1.5s\n250us");
    REQUIRE(samples);
    CHECK(*samples == std::vector<Duration>{250us, 3ms, 5ms, 1500ms});
}

TEST_CASE("samples: a bad row is named by line and column") {
    const Problem no_unit = problem_in("latency\n5ms\n  17\n");
    CHECK(no_unit.code == "E034");
    CHECK(no_unit.where.line == 3);
    CHECK(no_unit.where.column == 3);
    CHECK(no_unit.where.length == 2);
    const Problem second_header = problem_in("latency\nother\n");
    CHECK(second_header.where.line == 2);
    CHECK(problem_in("5ms\nlatency\n").where.line == 2);
    CHECK(problem_in("5ms\n-1ms\n").where.line == 2);
    CHECK(problem_in("nan\n").where.line == 1);
    CHECK(problem_in("1ms,2ms\n").code == "E034");
    CHECK(problem_in("101d\n").code == "E034");
}

TEST_CASE("samples: a file without a duration is refused") {
    for (const std::string_view csv : {"", "\n\n", "# nothing\n", "latency\n"})
        CHECK(problem_in(csv).code == "E034");
}

TEST_CASE("samples: hostile texts end with a problem") {
    std::string long_rows(1'000'000, 'x');
    long_rows += '\n';
    long_rows.append(1'000'000, '9');
    const Problem problem = problem_in(long_rows);
    CHECK(problem.code == "E034");
    CHECK(problem.message.size() < 300);
    CHECK(problem_in(std::string_view{"5ms\n5\0ms\n", 9}).where.line == 2);
}
