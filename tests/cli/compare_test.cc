#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

/// Two runs of the small scenario, the second with a slower database.
void play_two(const Folder& folder, const char* repeats) {
    folder.write("a.yaml", small_scenario());
    REQUIRE(run(folder, {"simulate", "a.yaml", "-q", "-o", "one", "--repeats", repeats}).code == 0);
    std::string slower = small_scenario();
    const std::string law = "p50=5ms p99=20ms";
    slower.replace(slower.find(law), law.size(), "p50=15ms p99=60ms");
    folder.write("b.yaml", slower);
    (void)run(folder, {"simulate", "b.yaml", "-q", "-o", "two", "--repeats", repeats});
}

}  // namespace

TEST_CASE("compare: a regression is said, and ends with 1 where that was asked for") {
    const Folder folder;
    play_two(folder, "3");
    const Outcome plain = run(folder, {"compare", "one", "two"});
    INFO(plain.out << plain.err);
    CHECK(plain.code == 0);
    CHECK(plain.out.find("worse") != std::string::npos);
    CHECK(run(folder, {"compare", "one", "two", "--fail-on", "regression", "-q"}).code == 1);
    CHECK(run(folder, {"compare", "two", "one", "--fail-on", "regression", "-q"}).code == 0);
    CHECK(run(folder, {"compare", "two", "one", "--fail-on", "difference", "-q"}).code == 1);
    CHECK(run(folder, {"compare", "one", "one", "--fail-on", "difference", "-q"}).code == 0);
}

TEST_CASE("compare: tolerances judge single repeats") {
    const Folder folder;
    play_two(folder, "1");
    CHECK(run(folder, {"compare", "one", "two", "--fail-on", "regression", "-q"}).code == 1);
    CHECK(run(folder, {"compare", "one", "two", "--fail-on", "regression", "-q", "--latency",
                       "1000", "--tail", "1000", "--share", "100", "--other", "1000"})
              .code == 0);
}

TEST_CASE("compare: JSON holds every figure with its word") {
    const Folder folder;
    play_two(folder, "2");
    const auto json =
        nlohmann::json::parse(run(folder, {"compare", "one", "two", "--json"}).out).at(0);
    CHECK(json.at("a").at("run") == "one");
    CHECK(json.at("b").at("repeats") == 2);
    for (const auto& d : json.at("differences")) {
        CHECK(!d.at("figure").get<std::string>().empty());
        CHECK(!d.at("change").get<std::string>().empty());
    }
}

TEST_CASE("compare: what cannot be compared is refused with what to do") {
    const Folder folder;
    play_two(folder, "1");
    CHECK(run(folder, {"compare", "one", "three"}).code == 2);
    CHECK(run(folder, {"compare", "one"}).code == 2);
    CHECK(run(folder, {"compare", "one", "two", "--fail-on", "luck"}).code == 2);
}
