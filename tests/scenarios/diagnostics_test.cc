#include "scenarios/diagnostics.h"

#include <string>

#include <catch2/catch.hpp>

using namespace shaketable;
using namespace shaketable::scenarios;

namespace {

Problem problem_in(std::string file, int line, int column, int length) {
    return {.code = "E104",
            .message = "unknown endpoint \"ledger.apend\"",
            .hint = "did you mean \"ledger.append\"?",
            .notes = {"ledger has one endpoint: append (line 84)"},
            .where = {.file = std::move(file), .line = line, .column = column, .length = length}};
}

Sources sources_of(std::string text) {
    return {.files = {{"a.yaml", std::move(text)}}};
}

}  // namespace

TEST_CASE("diagnostics: a problem is shown with its line, carets, hint and notes") {
    const Sources sources = sources_of("steps:\n  - call: ledger.apend\n");
    CHECK(render({problem_in("a.yaml", 2, 11, 12)}, sources) ==
          "error[E104]: unknown endpoint \"ledger.apend\"\n"
          " --> a.yaml:2:11\n"
          "  |\n"
          "2 |   - call: ledger.apend\n"
          "  |           ^^^^^^^^^^^^ did you mean \"ledger.append\"?\n"
          "  |\n"
          "  = note: ledger has one endpoint: append (line 84)\n"
          "\n");
}

TEST_CASE("diagnostics: a problem without a place keeps its hint") {
    Problem problem = problem_in("", 0, 0, 0);
    problem.notes.clear();
    CHECK(render({problem}, {}) ==
          "error[E104]: unknown endpoint \"ledger.apend\"\n"
          "  = help: did you mean \"ledger.append\"?\n\n");
}

TEST_CASE("diagnostics: carets stand below characters, not bytes") {
    const Sources sources = sources_of("été: ü x\n");
    const std::string text = render({problem_in("a.yaml", 1, 11, 1)}, sources);
    CHECK(text.find("1 | été: ü x\n  |        ^ did") != std::string::npos);
}

TEST_CASE("diagnostics: bytes that steer a terminal are shown as question marks") {
    const Sources sources = sources_of("name: \x1b[31mred\xff\n");
    Problem problem = problem_in("a.yaml", 1, 1, 4);
    problem.message = "bad \x1b]0;title\x07";
    const std::string text = render({problem}, sources);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\x07') == std::string::npos);
    CHECK(text.find("name: ?[31mred?") != std::string::npos);
}

TEST_CASE("diagnostics: a long line is cut around its carets") {
    std::string line(5000, 'a');
    line += "HERE";
    line.append(5000, 'b');
    const Sources sources = sources_of(line);
    const std::string text = render({problem_in("a.yaml", 1, 5001, 4)}, sources);
    CHECK(text.size() < 1000);
    const std::size_t word = text.find("HERE") - text.rfind('\n', text.find("HERE"));
    const std::size_t carets = text.find("^^^^ ") - text.rfind('\n', text.find("^^^^ "));
    CHECK(word == carets);
}

TEST_CASE("diagnostics: twenty are shown, and how many more there are") {
    const Sources sources = sources_of("a: 1\n");
    const Problems problems(23, problem_in("a.yaml", 1, 1, 1));
    const std::string some = render(problems, sources);
    CHECK(some.ends_with("and 3 more (--all shows them)\n"));
    const auto count = [](const std::string& text) {
        std::size_t n = 0;
        for (std::size_t at = text.find("error["); at != std::string::npos;
             at = text.find("error[", at + 1))
            ++n;
        return n;
    };
    CHECK(count(some) == 20);
    CHECK(count(render(problems, sources, {.all = true})) == 23);
}

TEST_CASE("diagnostics: colours come only where they are asked for") {
    const Sources sources = sources_of("a: 1\n");
    CHECK(render({problem_in("a.yaml", 1, 1, 1)}, sources).find("\x1b[") == std::string::npos);
    CHECK(render({problem_in("a.yaml", 1, 1, 1)}, sources, {.color = true}).find("\x1b[1;31m") !=
          std::string::npos);
}

TEST_CASE("diagnostics: JSON counts lines and UTF-16 units from 0, as editors do") {
    const Sources sources = sources_of("x: 1\né😀: y\n");
    const std::string json = render_json({problem_in("a.yaml", 2, 9, 1)}, sources);
    CHECK(json.find("\"code\": \"E104\"") != std::string::npos);
    CHECK(json.find("\"severity\": \"error\"") != std::string::npos);
    CHECK(json.find("\"line\": 1,\n        \"character\": 5") != std::string::npos);
    CHECK(render_json({}, sources) == "[]\n");
}

TEST_CASE("diagnostics: an annotation escapes what would end it") {
    Problem problem = problem_in("a,b:c.yaml", 3, 5, 4);
    problem.message = "100% wrong";
    problem.notes = {"see"};
    CHECK(render_github({problem}) ==
          "::error file=a%2Cb%3Ac.yaml,line=3,col=5,endColumn=9,title=E104::100%25 wrong (did you "
          "mean "
          "\"ledger.append\"?)%0Anote: see\n");
}

TEST_CASE("diagnostics: problems are sorted by file, line and column, and repeats dropped") {
    const Sources sources{.files = {{"main.yaml", ""}, {"a.yaml", ""}}};
    Problems problems{problem_in("a.yaml", 1, 1, 1),    problem_in("", 0, 0, 0),
                      problem_in("main.yaml", 9, 1, 1), problem_in("main.yaml", 2, 7, 1),
                      problem_in("main.yaml", 2, 3, 1), problem_in("main.yaml", 2, 3, 1)};
    sort_problems(problems, sources);
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].where.column == 3);
    CHECK(problems[1].where.column == 7);
    CHECK(problems[2].where.line == 9);
    CHECK(problems[3].where.file == "a.yaml");
    CHECK(problems[4].where.file.empty());
}
