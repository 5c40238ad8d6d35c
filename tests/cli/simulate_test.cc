#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

const std::string two_variants = R"(variants:
  few: {}
  many: {set: {services.db.workers: 16}}
)";

}  // namespace

TEST_CASE("simulate: expectations that hold give 0, a result, and a report") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome held = run(folder, {"simulate", "a.yaml"});
    CHECK(held.code == 0);
    CHECK(held.err.empty());
    CHECK(held.out.find("p99(web.get) < 1s during baseline") != std::string::npos);
    CHECK(held.out.find("3 repeats of 20s") != std::string::npos);
    CHECK(nlohmann::json::parse(folder.read("runs/small/result.json")).is_object());
    CHECK_FALSE(folder.has("runs/small/result.json.part"));
}

TEST_CASE("simulate: an expectation that fails gives 1, and the result is kept all the same") {
    const Folder folder;
    folder.write("a.yaml", small_scenario("  - p50(web.get) < 1us over run\n"));
    const Outcome failed = run(folder, {"simulate", "a.yaml", "-o", "out"});
    CHECK(failed.code == 1);
    CHECK(failed.out.find("1 of 3 expectations failed") != std::string::npos);
    CHECK(folder.has("out/result.json"));
    CHECK_FALSE(folder.has("runs"));
}

TEST_CASE("simulate: an invalid scenario gives 2, and nothing is done") {
    const Folder folder;
    folder.write("a.yaml", small_scenario("nonsense: 1\n"));
    const Outcome refused = run(folder, {"simulate", "a.yaml"});
    CHECK(refused.code == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err.find("error[E010]") == 0);
    CHECK_FALSE(folder.has("runs"));
}

TEST_CASE("simulate: a result that cannot be written gives 3 before the run") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    folder.write("file", "");
    const auto refused = [&](const std::string& output) {
        const Outcome outcome = run(folder, {"simulate", "a.yaml", "-o", output});
        CHECK(outcome.code == 3);
        CHECK(outcome.out.empty());
        return outcome.err;
    };
    CHECK(refused("file/out").starts_with("error: cannot write file/out/result.json: "));
    CHECK(refused("file").starts_with("error: cannot write file/result.json: "));
    CHECK(refused("/proc/none").starts_with("error: cannot write /proc/none/result.json: "));
    std::filesystem::create_directory(folder / "folder.json");
    CHECK(refused("folder.json") == "error: cannot write folder.json: it is a folder\n");
    CHECK(run(folder, {"simulate", "a.yaml", "-o", ""}).code == 2);
}

TEST_CASE("simulate: quiet says nothing, JSON on standard output is what the file holds") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome quiet = run(folder, {"simulate", "a.yaml", "-q", "-o", "a.json"});
    CHECK(quiet.code == 0);
    CHECK(quiet.out.empty());
    CHECK(quiet.err.empty());
    const Outcome json = run(folder, {"simulate", "a.yaml", "--json", "-o", "b.json"});
    CHECK(json.out == folder.read("a.json"));
    CHECK(folder.read("b.json") == folder.read("a.json"));
}

TEST_CASE("simulate: the same bytes on one, two and three threads") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    for (const std::string threads : {"1", "2", "3"})
        CHECK(
            run(folder, {"simulate", "a.yaml", "-q", "--threads", threads, "-o", threads + ".json"})
                .code == 0);
    CHECK_FALSE(folder.read("1.json").empty());
    CHECK(folder.read("2.json") == folder.read("1.json"));
    CHECK(folder.read("3.json") == folder.read("1.json"));
}

/// A result without the line that says how it was asked for.
std::string without_command(std::string result) {
    const std::size_t at = result.find("\"command\":");
    REQUIRE(at != std::string::npos);
    return result.erase(at, result.find('\n', at) - at);
}

TEST_CASE("simulate: another seed is another run, and repeats can be set") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const auto result = [&](const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"simulate", "a.yaml", "--json", "-o", "a.json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(folder, arguments).out;
    };
    const std::string first = result({});
    CHECK(without_command(result({"--seed", "1"})) == without_command(first));
    CHECK(result({"--seed", "2"}) != first);
    CHECK(result({"--seed", "18446744073709551615"}) != first);
    CHECK(run(folder, {"simulate", "a.yaml", "--repeats", "2"}).out.find("2 repeats of 20s") !=
          std::string::npos);
}

TEST_CASE("simulate: every variant has its folder, and one can be chosen") {
    const Folder folder;
    folder.write("a.yaml", small_scenario(two_variants));
    const Outcome both = run(folder, {"simulate", "a.yaml", "-o", "both"});
    CHECK(both.code == 0);
    CHECK(folder.has("both/few/result.json"));
    CHECK(folder.has("both/many/result.json"));
    CHECK(run(folder, {"simulate", "a.yaml", "-o", "one", "--variant", "many"}).code == 0);
    CHECK(folder.read("one/many/result.json") == folder.read("both/many/result.json"));
    CHECK_FALSE(folder.has("one/few"));
    const Outcome json = run(folder, {"simulate", "a.yaml", "--json", "-o", "both"});
    CHECK(nlohmann::json::parse(json.out).size() == 2);
}

TEST_CASE("simulate: a variant that is not there is refused, and none overwrites another") {
    const Folder folder;
    folder.write("a.yaml", small_scenario(two_variants));
    const Outcome unknown = run(folder, {"simulate", "a.yaml", "--variant", "mny"});
    CHECK(unknown.code == 2);
    CHECK(unknown.err ==
          "error: unknown variant \"mny\"; did you mean \"many\"?\nits variants: few many\n");
    CHECK(run(folder, {"simulate", "a.yaml", "-o", "a.json"}).code == 0);
    CHECK(folder.has("a.few.json"));
    CHECK(folder.has("a.many.json"));
    CHECK_FALSE(folder.has("a.json"));
    CHECK(run(folder, {"simulate", "a.yaml", "-o", "a.json", "--variant", "few"}).code == 0);
    folder.write("b.yaml", small_scenario());
    CHECK(run(folder, {"simulate", "b.yaml", "--variant", "x"}).err ==
          "error: unknown variant \"x\"\nthe scenario has no variants\n");
}

TEST_CASE("simulate: options that take a value leave the scenario alone") {
    const Folder folder;
    folder.write("a.yaml", small_scenario("params: {p: 1}\n" + two_variants));
    CHECK(run(folder, {"simulate", "-o", "out", "a.yaml", "-q"}).code == 0);
    CHECK(run(folder, {"simulate", "--variant", "few", "a.yaml", "-q"}).code == 0);
    CHECK(run(folder, {"simulate", "--set", "run.repeats=1", "-p", "p=2", "a.yaml", "-q"}).code ==
          0);
}

TEST_CASE("simulate: progress is drawn on a terminal, in a long run, and is gone at the end") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const std::vector<std::string> longer{"simulate",        "a.yaml", "--set",
                                          "run.duration=2h", "--set",  "run.sample_every=1m",
                                          "--repeats",       "3"};
    const Outcome drawn = run(folder, longer, {.on_terminal = true});
    CHECK(drawn.err.find("/3 repeats, ") != std::string::npos);
    CHECK(drawn.err.ends_with("\r\x1b[K"));
    CHECK(run(folder, longer).err.empty());
    std::vector<std::string> quiet = longer;
    quiet.emplace_back("-q");
    CHECK(run(folder, quiet, {.on_terminal = true}).err.empty());
}

TEST_CASE("simulate: what stands still is an error of the run, not a hang") {
    const Folder folder;
    // Two services that take no time, and a retry without back-off: validate cannot know.
    folder.write("a.yaml", R"(schema: shaketable/v1
name: still
run: {duration: 20s}
services:
  web: {endpoints: {get: {steps: [{fail: 500, probability: 100%}, {work: 1ms}]}}}
workload:
  w: {call: web.get, users: 1}
)");
    const Outcome still = run(folder, {"simulate", "a.yaml"});
    CHECK(still.code == 3);
    CHECK(still.out.empty());
    CHECK(still.err.find("error[E199]: time stands still") == 0);
}

TEST_CASE("simulate: --verify plays the run again and says that it was the same") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome verified = run(folder, {"simulate", "a.yaml", "--verify", "-o", "out"});
    CHECK(verified.code == 0);
    CHECK(verified.err.find("verified: 3 repeats, ") == 0);
    CHECK(verified.err.find("played twice more: the same") != std::string::npos);
    const std::string result = folder.read("out/result.json");
    CHECK(run(folder, {"simulate", "a.yaml", "-q", "--verify", "-o", "again"}).err.empty());
    CHECK(folder.read("again/result.json") == result);
}

TEST_CASE("simulate: repeats go on until the metric is known so well, or that is not converged") {
    const Folder folder;
    const auto json = [&](const std::string& rest) {
        folder.write("a.yaml", small_scenario());
        std::vector<std::string> arguments{"simulate", "a.yaml", "-q", "-o", "out"};
        arguments.insert(arguments.end(), {"--set", "run.until=mean(web.get) +- 2%"});
        if (!rest.empty()) arguments.insert(arguments.end(), {"--set", rest});
        const Outcome outcome = run(folder, arguments);
        REQUIRE(outcome.code == 0);
        return nlohmann::json::parse(folder.read("out/result.json"));
    };
    const auto converged = json("");
    CHECK(converged["run"]["repeats"] > 5);
    CHECK(converged["notices"].empty());
    const auto cut_short = json("run.repeats_max=5");
    CHECK(cut_short["run"]["repeats"] == 5);
    REQUIRE(cut_short["notices"].size() == 1);
    const std::string text = cut_short["notices"][0]["text"];
    CHECK(text.find("NOT CONVERGED: asked for mean(web.get) +- 2%, and after 5 repeats") == 0);
}

TEST_CASE("simulate: a warm-up of auto is found, and shown as what is left out") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const Outcome outcome = run(folder, {"simulate", "a.yaml", "-q", "-o", "out", "--set",
                                         "run.warmup=auto", "--set", "run.duration=100s"});
    REQUIRE(outcome.code == 0);
    const auto result = nlohmann::json::parse(folder.read("out/result.json"));
    const double warmup = result["run"]["warmup"];
    CHECK(warmup >= 0);
    CHECK(warmup <= 50);
}
