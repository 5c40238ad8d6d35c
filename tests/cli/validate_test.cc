#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"
#include "tests/source_path.h"

using namespace shaketable::test;

namespace {

const std::string broken = R"(schema: shaketable/v1
services: {web: {endpoints: {get: {steps: [{work: 5}]}}}}
workload: {w: {call: web.get, arrivals: poisson(10/s)}}
)";

}  // namespace

TEST_CASE("validate: a sound scenario is counted") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome valid = run(folder, {"validate", "a.yaml"});
    CHECK(valid.code == 0);
    CHECK(valid.out ==
          "a.yaml is valid: 2 services, 1 workload, 1 fault, 2 expectations, 1 variant\n");
    CHECK(valid.err.empty());
}

/// Shuffle sharding: AWS Route 53's 4 of 2048, and 2 of 8.
TEST_CASE("validate: how many different subsets of replicas there are is said") {
    const Folder folder;
    const auto told = [&](const std::string& replicas, const std::string& subset) {
        folder.write("a.yaml", small_scenario());
        return run(folder, {"validate", "a.yaml", "--set", "services.web.replicas=50", "--set",
                            "services.db.replicas=" + replicas, "--set",
                            "services.db.balance={subset: " + subset + "}"});
    };
    CHECK(told("2048", "4")
              .out.find(
                  "db: 4 of 2048 replicas for each of 50 callers, one of 730862190080 subsets; the "
                  "same one as 6.7e-11 others, on average\n") != std::string::npos);
    const Outcome few = told("8", "2");
    CHECK(few.out.find("db: 2 of 8 replicas for each of 50 callers, one of 28 subsets; the same "
                       "one as 1.75 others, on average\n") != std::string::npos);
    CHECK(few.err.find("warning[W214]: 50 callers of db draw from 28 different subsets") !=
          std::string::npos);
    CHECK(told("1000", "500").out.find("one of more than 18446744073709551615 subsets\n") !=
          std::string::npos);
}

TEST_CASE("validate: problems go to standard error with file, line and column") {
    const Folder folder;
    folder.write("a.yaml", broken);
    const Outcome refused = run(folder, {"validate", "a.yaml"});
    CHECK(refused.code == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err.find("error[E020]") == 0);
    CHECK(refused.err.find("--> a.yaml:2:51") != std::string::npos);
    CHECK(refused.err.find('\x1b') == std::string::npos);
}

TEST_CASE("validate: problems as JSON are one array on standard output") {
    const Folder folder;
    folder.write("a.yaml", broken);
    const Outcome refused = run(folder, {"validate", "a.yaml", "--json"});
    CHECK(refused.code == 2);
    CHECK(refused.err.empty());
    const auto problems = nlohmann::json::parse(refused.out);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0]["code"] == "E020");
    CHECK(problems[0]["line"] == 2);
    folder.write("b.yaml", small_scenario());
    CHECK(run(folder, {"validate", "b.yaml", "--json"}).out == "[]\n");
}

TEST_CASE("validate: fragile settings are warnings, and quiet keeps them to itself") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const std::vector<std::string> fragile{"validate", "a.yaml", "--set", "services.db.replicas=1"};
    const Outcome warned = run(folder, fragile);
    CHECK(warned.code == 0);
    CHECK(warned.err.find("warning[W209]") != std::string::npos);
    std::vector<std::string> quietly = fragile;
    quietly.emplace_back("--quiet");
    const Outcome quiet = run(folder, quietly);
    CHECK(quiet.code == 0);
    CHECK(quiet.out.empty());
    CHECK(quiet.err.empty());
}

TEST_CASE("validate: twenty problems are shown, --all shows the rest") {
    const Folder folder;
    std::string many = "schema: shaketable/v1\n";
    for (int i = 0; i < 30; ++i) many += "wrong" + std::to_string(i) + ": 1\n";
    folder.write("a.yaml", many);
    const auto errors = [&](const std::vector<std::string>& arguments) {
        const std::string text = run(folder, arguments).err;
        int count = 0;
        for (std::size_t at = text.find("error["); at != std::string::npos;
             at = text.find("error[", at + 1))
            ++count;
        return count;
    };
    CHECK(errors({"validate", "a.yaml"}) == 20);
    CHECK(errors({"validate", "a.yaml", "--all"}) == 30);
}

TEST_CASE("validate: colours come with a terminal, and go with --no-color and NO_COLOR") {
    const Folder folder;
    folder.write("a.yaml", broken);
    const auto has_color = [&](std::vector<std::string> arguments, const How& how) {
        return run(folder, std::move(arguments), how).err.find("\x1b[1;31m") != std::string::npos;
    };
    CHECK(has_color({"validate", "a.yaml"}, {.on_terminal = true}));
    CHECK_FALSE(has_color({"validate", "a.yaml"}, {}));
    CHECK_FALSE(has_color({"validate", "a.yaml", "--no-color"}, {.on_terminal = true}));
    CHECK_FALSE(has_color({"--no-color", "validate", "a.yaml"}, {.on_terminal = true}));
    CHECK_FALSE(has_color({"validate", "a.yaml"},
                          {.environment = {{"NO_COLOR", "1"}}, .on_terminal = true}));
    CHECK(has_color({"validate", "a.yaml"},
                    {.environment = {{"NO_COLOR", ""}}, .on_terminal = true}));
}

TEST_CASE("validate: parameters and settings of the command line have places too") {
    const Folder folder;
    folder.write("a.yaml", small_scenario("params: {load: 1/s}\n"));
    CHECK(run(folder, {"validate", "-p", "load=2/s", "a.yaml"}).code == 0);
    CHECK(run(folder, {"validate", "a.yaml", "-p", "load"}).err ==
          "error: -p load: expected NAME=VALUE\n");
    CHECK(run(folder, {"validate", "a.yaml", "--set", "=1"}).err ==
          "error: --set =1: expected PATH=VALUE\n");
    const Outcome unknown = run(folder, {"validate", "a.yaml", "-p", "laod=2/s"});
    CHECK(unknown.code == 2);
    CHECK(unknown.err.find("--> -p:1:1") != std::string::npos);
    CHECK(unknown.err.find("did you mean \"load\"?") != std::string::npos);
    const Outcome wrong = run(folder, {"validate", "a.yaml", "--set", "services.db.workers=many"});
    CHECK(wrong.code == 2);
    CHECK(wrong.err.find("--> --set:1:21") != std::string::npos);
}

TEST_CASE("validate: what it prints in full is valid, and prints the same again") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome printed = run(folder, {"validate", "a.yaml", "--print"});
    CHECK(printed.code == 0);
    folder.write("b.yaml", printed.out);
    CHECK(run(folder, {"validate", "b.yaml", "--print"}).out == printed.out);
}

TEST_CASE("validate: every scenario of the library is valid") {
    const Folder folder;
    for (const auto& entry :
         std::filesystem::directory_iterator{source_path("scenarios/library")}) {
        INFO(entry.path().string());
        CHECK(run(folder, {"validate", entry.path().string(), "-q"}).code == 0);
    }
}

TEST_CASE("validate: a file that is named and not there is missing, not outside") {
    const Folder folder;
    folder.write("a.yaml", "schema: shaketable/v1\ninclude: [nope.yaml, ../b.yaml]\n");
    const std::string told = run(folder, {"validate", "a.yaml"}).err;
    CHECK(told.find("cannot include \"nope.yaml\": there is no such file") != std::string::npos);
    CHECK(told.find("cannot use \"../b.yaml\": it lies outside the scenario's folder") !=
          std::string::npos);
}

TEST_CASE("validate: files that are none are refused in no time") {
    const Folder folder;
    const auto says = [&](const std::string& path) {
        const Outcome refused = run(folder, {"validate", path});
        CHECK(refused.code == 2);
        return refused.err.substr(0, refused.err.find('\n'));
    };
    CHECK(says("nope.yaml") == "error[E001]: cannot read \"nope.yaml\": there is no such file");
    CHECK(says(".") == "error[E001]: cannot read \".\": it is a folder");
    CHECK(says("") == "error[E001]: cannot read \"\": there is no such file");
    CHECK(says("/dev/null") == "error[E004]: the file is empty");
    CHECK(says("/dev/zero") == "error[E002]: larger than 16 MiB");
    REQUIRE(run_program(folder, {"mkfifo", "pipe"}).code == 0);
    CHECK(says("pipe").find("it is a named pipe") != std::string::npos);
    folder.write("latin\xE9.yaml", "schema: x\n");
    CHECK(says("latin\xE9.yaml").find("error[E005]") == 0);
}
