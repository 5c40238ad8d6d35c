#include "tests/tidy/tree.h"

#include <catch2/catch.hpp>

namespace shaketable::tidy {
namespace {

TEST_CASE("tree: comments, strings and raw strings are no code; lines stay where they are") {
    const SourceFile file =
        parse("base/a.cc",
              "int a;  // rand()\n/* rand()\n */ const char* s = \"rand()\";\n"
              "auto r = R\"x(\n#include \"b.h\"\n)x\"; int million = 1'000'000;\n"
              "char quote = '\"'; int last;\n");
    CHECK(file.code.find("rand") == std::string::npos);
    CHECK(file.includes.empty());
    CHECK(file.lines() == 7);
    const std::vector<Word> words = words_of(file);
    CHECK(words.back().name == "last");
    CHECK(words.back().line == 7);
}

TEST_CASE("tree: an include is found with its line and its kind of quotes") {
    const SourceFile file = parse("a.cc", "#include \"base/units.h\"\n\n#include <fmt/format.h>\n");
    REQUIRE(file.includes.size() == 2);
    CHECK(file.includes[0].name == "base/units.h");
    CHECK(file.includes[0].quoted);
    CHECK(file.includes[1].name == "fmt/format.h");
    CHECK_FALSE(file.includes[1].quoted);
    CHECK(file.includes[1].line == 3);
}

TEST_CASE("tree: a word knows its scope and whether it is called") {
    const SourceFile file = parse("a.cc", "std::log(1); engine.log (2); ::log(3); log;");
    const std::vector<Word> words = words_of(file);
    REQUIRE(words.size() == 9);
    CHECK((words[1].scope == "std" && words[1].called));
    CHECK((words[4].scope == "." && words[4].called));
    CHECK((words[6].scope == "::" && words[6].called));
    CHECK((words[8].scope.empty() && !words[8].called));
}

TEST_CASE("tree: the house is found, every room of it") {
    for (const std::string_view room :
         {"base", "faults", "policies", "scenarios", "reports", "model", "sim", "cli"}) {
        INFO(room);
        bool found = false;
        for (const SourceFile& file : house()) found = found || first_folder(file.path) == room;
        CHECK(found);
    }
}

}  // namespace
}  // namespace shaketable::tidy
