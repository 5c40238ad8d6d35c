// Bytes that want to break the reader: each gets a placed message, fast.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "scenarios/diagnostics.h"
#include "scenarios/print.h"
#include "scenarios/read.h"
#include "tests/source_path.h"

using namespace shaketable;
using namespace shaketable::scenarios;
namespace fs = std::filesystem;

namespace {

const std::string schema = "schema: shaketable/v1\n";

/// Generous: a quadratic reader needs minutes for these, and a build with sanitizers is slow too.
constexpr double seconds_max = 10;

std::string repeat(const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
}

/// The code of the first problem; "" where it reads. Says what broke the promise of a place.
std::string first_code(const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    const auto read = read_text("/nonexistent/hostile.yaml", text);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(took.count() < seconds_max);
    if (read) {
        for (const Scenario& scenario : read->scenarios) (void)print(scenario);
        return "";
    }
    const Failure& failure = read.error();
    REQUIRE_FALSE(failure.problems.empty());
    for (const Problem& problem : failure.problems) {
        CHECK_FALSE(problem.code.empty());
        CHECK(problem.where.line >= 1);
        CHECK(problem.where.column >= 1);
    }
    (void)render(failure.problems, failure.sources, {.all = true});
    (void)render_json(failure.problems, failure.sources);
    return failure.problems.front().code;
}

std::string alias_bomb() {
    std::string text = "x-0: &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string below = "*a" + std::to_string(i - 1);
        text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
                repeat(below + ",", 8) + below + "]\n";
    }
    return text;
}

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("hostile: nesting ends at 64 levels, whatever makes it") {
    for (const std::string part : {"[", "{a: ", "- ", "? ", "[{a: "})
        CHECK(first_code(schema + "x-a:\n  " + repeat(part, 100'000) + "x") == "E002");
    CHECK(first_code(schema + "x-a: " + repeat("[", 63) + repeat("]", 63) + "\n").empty());
    CHECK(first_code(schema + "x-a: " + repeat("[", 64) + repeat("]", 64) + "\n") == "E002");
}

TEST_CASE("hostile: aliases cost what they stand for") {
    CHECK(first_code(schema + alias_bomb()) == "E002");
    CHECK(first_code(schema + "x-a: &a {b: *a}\n") == "E002");
    CHECK(first_code(schema + "x-a: *b\nx-b: &b 1\n") == "E002");
}

TEST_CASE("hostile: what is large is bounded") {
    CHECK(first_code(repeat("a: 1\n", (16 << 20) / 5 + 1)) == "E002");
    CHECK(first_code(schema + "description: " + std::string(1 << 20, 'x') + "\n") == "E002");
    CHECK(first_code(schema + repeat("- x\n", 1'100'000)) == "E002");
    std::string services = schema + "services:\n";
    for (int i = 0; i < 10'001; ++i) services += "  s" + std::to_string(i) + ": {}\n";
    CHECK(first_code(services) == "E023");
    std::string unknown = schema;
    for (int i = 0; i < 100'000; ++i) unknown += "k" + std::to_string(i) + ": 1\n";
    CHECK(first_code(unknown) == "E010");
    CHECK(first_code(schema + repeat("run: {}\n", 100'000)) == "E003");
    std::string variants = schema + "variants:\n";
    for (int i = 0; i < 101; ++i) variants += "  v" + std::to_string(i) + ": {}\n";
    CHECK(first_code(variants) == "E023");
    std::string parameters = schema + "params: {p: " + std::string(1000, 'y') + "}\nlabels:\n";
    for (int i = 0; i < 20'000; ++i) parameters += "  l" + std::to_string(i) + ": ${p}\n";
    CHECK(first_code(parameters) == "E041");
}

TEST_CASE("hostile: what is no text is refused where it stops being one") {
    CHECK(first_code("") == "E004");
    CHECK(first_code("\n\n  \n") == "E004");
    CHECK(first_code(std::string("schema: a\0b\n", 12)) == "E002");
    CHECK(first_code("\xFF\xFEs\0c\0") == "E002");
    CHECK(first_code(schema + "name: \xC3(\n") == "E002");
    CHECK(first_code(schema + "name: \xED\xA0\x80\n") == "E002");
    CHECK(first_code(schema + "name: \"a\\0b\"\n") == "E002");
    CHECK(first_code("\x7F"
                     "ELF\x02\x01\x01") == "E002");
}

TEST_CASE("hostile: every number that is none, in every kind of field, is a placed problem") {
    const std::vector<std::string> fields{
        "run: {duration: @}",
        "run: {seed: @}",
        "run: {repeats: @}",
        "services: {a: {cores: @}}",
        "services: {a: {workers: @}}",
        "network: {default: {bandwidth: @}}",
        "network: {default: {loss: @}}",
        "network: {default: {latency: @}}",
        "workload: {w: {call: a.e, arrivals: poisson(@)}}",
        "services: {a: {endpoints: {e: {steps: [{call: b.c, size: @}]}}}}"};
    for (const std::string& field : fields)
        for (const std::string value : {"nan",
                                        ".nan",
                                        "NaN",
                                        "inf",
                                        "-inf",
                                        ".inf",
                                        "1e309",
                                        "-1",
                                        "0x10",
                                        "0o7",
                                        "1_000",
                                        "1,5",
                                        "5 5",
                                        "--5",
                                        "5sec",
                                        "5 ms x",
                                        "99999999999999999999",
                                        "1e-400s",
                                        "9e99s",
                                        "9e99/s",
                                        "9e99%",
                                        "9e99MB",
                                        "1/0",
                                        "%",
                                        "ms",
                                        "/s"}) {
            std::string text = field;
            text.replace(text.find('@'), 1, "\"" + value + "\"");
            INFO(text);
            CHECK(first_code(schema + text + "\n").starts_with("E0"));
        }
}

TEST_CASE("hostile: a file cut off anywhere is read or refused, never worse") {
    const std::string text = content(test::source_path("scenarios/library/retry-storm.yaml"));
    for (std::size_t length = 0; length < text.size(); length += 7)
        (void)first_code(text.substr(0, length));
}

TEST_CASE("hostile: a file with one byte or one line changed is read or refused, never worse") {
    const std::string text = content(test::source_path("scenarios/library/retry-storm.yaml"));
    Random random{random_key(1, 0, "mutations", "test")};
    const std::string bytes = "\n :,-{}[]()\"'&*!|>%#$~\t0a";
    for (int i = 0; i < 1500; ++i) {
        std::string changed = text;
        const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
        const std::size_t line = text.rfind('\n', at) + 1;
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        switch (i % 4) {
            case 0:
                changed[at] = bytes[random.below(static_cast<std::uint32_t>(bytes.size()))];
                break;
            case 1:
                changed.insert(at, 1,
                               bytes[random.below(static_cast<std::uint32_t>(bytes.size()))]);
                break;
            case 2:
                changed.erase(line, end > line ? end - line : 0);
                break;
            default:
                changed.insert(line, text.substr(line, end > line ? end - line : 0));
                break;
        }
        (void)first_code(changed);
    }
}
