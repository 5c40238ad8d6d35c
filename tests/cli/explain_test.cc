// explain, list, schema: the language, told by the program itself.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"
#include "tests/golden.h"

using namespace shaketable::test;

TEST_CASE("explain: a word, in text and in JSON") {
    const Folder folder;
    const Outcome text = run(folder, {"explain", "latency"});
    CHECK(text.code == 0);
    CHECK(text.out.starts_with("latency (fault): holds traffic back for a while\n"));
    const auto json = nlohmann::json::parse(run(folder, {"explain", "latency", "--json"}).out);
    REQUIRE(json.size() == 1);
    CHECK(json[0]["group"] == "fault");
    CHECK(json[0]["keys"][0]["name"] == "delay");
    CHECK(json[0]["keys"][0]["required"] == true);
}

TEST_CASE("explain: codes of errors and of warnings") {
    const Folder folder;
    CHECK(run(folder, {"explain", "E104"}).out ==
          "E104 (code): The service has no endpoint of that name.\n");
    CHECK(run(folder, {"explain", "W209"}).out ==
          "W209 (code): single-point-of-failure: every request needs a service that has one "
          "replica\n");
}

TEST_CASE("explain: an unknown word is refused with its neighbour") {
    const Folder folder;
    const Outcome unknown = run(folder, {"explain", "latencyy"});
    CHECK(unknown.code == 2);
    CHECK(unknown.out.empty());
    CHECK(unknown.err ==
          "error: unknown word \"latencyy\"; did you mean \"latency\"?\n"
          "shaketable list shows all words\n");
    CHECK(run(folder, {"explain"}).code == 2);
    CHECK(run(folder, {"explain", "latency", "--reference"}).code == 2);
}

TEST_CASE("explain: the reference is docs/reference.md") {
    const Folder folder;
    CHECK(difference("docs/reference.md", run(folder, {"explain", "--reference"}).out) == "");
}

TEST_CASE("list: every word can be explained, and groups can be asked for") {
    const Folder folder;
    const auto words = nlohmann::json::parse(run(folder, {"list", "--json"}).out);
    CHECK(words.size() > 100);
    std::string last;
    for (const auto& word : words) {
        const std::string group = word["group"];
        if (group == last) continue;  // one of each group
        last = group;
        INFO(group);
        const std::string name = word["word"];
        CHECK(run(folder, {"explain", group + "/" + name}).code == 0);
        const Outcome some = run(folder, {"list", group});
        CHECK(some.code == 0);
        CHECK(some.out.starts_with(group + " "));
    }
    const Outcome unknown = run(folder, {"list", "fautl"});
    CHECK(unknown.code == 2);
    CHECK(unknown.err.find("there are file step fault") != std::string::npos);
}

TEST_CASE("list: lines stay within the width of a terminal") {
    const Folder folder;
    std::istringstream lines{run(folder, {"list"}).out};
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
}

TEST_CASE("schema: it is the file that the library's scenarios name to editors") {
    const Folder folder;
    CHECK(difference("docs/shaketable-v1.schema.json", run(folder, {"schema"}).out) == "");
    CHECK(difference("docs/shaketable-bindings-v1.schema.json",
                     run(folder, {"schema", "--bindings"}).out) == "");
}

TEST_CASE("schema: it is JSON, and says which version of JSON Schema it is written in") {
    const Folder folder;
    const auto schema = nlohmann::json::parse(run(folder, {"schema"}).out);
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["properties"].contains("services"));
}
