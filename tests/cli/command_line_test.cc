// What all commands have in common: help, exit codes, and what is said about a command line that
// makes no sense.
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

const std::array commands{"init",   "validate",   "simulate", "explain",  "list",
                          "schema", "completion", "serve",    "toxiproxy"};

}  // namespace

TEST_CASE("cli: help names every command, and every command's help has an example") {
    const Folder folder;
    const Outcome all = run(folder, {"--help"});
    CHECK(all.code == 0);
    CHECK(all.err.empty());
    CHECK(all.out.find("Exit codes: 0 all expectations hold") != std::string::npos);
    for (const std::string command : commands) {
        INFO(command);
        CHECK(all.out.find("\n  " + command + " ") != std::string::npos);
        const Outcome help = run(folder, {command, "--help"});
        CHECK(help.code == 0);
        CHECK(help.err.empty());
        CHECK(help.out.find("Example") != std::string::npos);
        CHECK(help.out.find("shaketable " + command) != std::string::npos);
    }
}

TEST_CASE("cli: help fits a terminal of 80 columns") {
    const Folder folder;
    std::vector<std::vector<std::string>> lines{{"--help"}};
    for (const std::string command : commands) lines.push_back({command, "--help"});
    for (const std::vector<std::string>& arguments : lines) {
        std::istringstream text{run(folder, arguments).out};
        for (std::string line; std::getline(text, line);) {
            INFO(line);
            CHECK(line.size() <= 80);
        }
    }
}

TEST_CASE("cli: the version is one line") {
    const Folder folder;
    const Outcome version = run(folder, {"--version"});
    CHECK(version.code == 0);
    CHECK(version.out.find('\n') == version.out.size() - 1);
}

TEST_CASE("cli: a command line that makes no sense is refused with 2, and says where help is") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    struct Case {
        std::vector<std::string> arguments;
        std::string says;
    };
    const std::vector<Case> cases{
        {{}, "expected a command"},
        {{"--no-color"}, "expected a command"},
        {{"simulat"}, "unknown command \"simulat\"; did you mean simulate?"},
        {{"help"}, "unknown command \"help\""},
        {{"simulate"}, "scenario is required"},
        {{"simulate", "a.yaml", "b.yaml"}, "unexpected argument b.yaml"},
        {{"simulate", "a.yaml", "--varant", "x"},
         "unknown option --varant; did you mean --variant?"},
        {{"simulate", "a.yaml", "--repeats", "0"},
         "expected a whole number from 1 to 100000, found \"0\""},
        {{"simulate", "a.yaml", "--repeats", "1e3"}, "found \"1e3\""},
        {{"simulate", "a.yaml", "--threads", "257"}, "from 1 to 256"},
        {{"simulate", "a.yaml", "--seed", "-1"}, "found \"-1\""},
        {{"simulate", "a.yaml", "--seed", "99999999999999999999"}, "--seed"},
        {{"simulate", "a.yaml", "--json", "--quiet"}, "excludes"},
        {{"simulate", "a.yaml", "--variant"}, "--variant"},
        {{"validate", "a.yaml", "--print", "--json"}, "excludes"},
        {{"completion"}, "shell is required"},
        {{"completion", "tcsh"}, "tcsh not in"},
        {{"schema", "x"}, "unexpected argument x"},
    };
    for (const Case& one : cases) {
        INFO(Catch::Detail::stringify(one.arguments));
        const Outcome refused = run(folder, one.arguments);
        CHECK(refused.code == 2);
        CHECK(refused.out.empty());
        CHECK(refused.err.starts_with("error: "));
        CHECK(refused.err.find(one.says) != std::string::npos);
        CHECK(refused.err.find("--help\n") != std::string::npos);
    }
    CHECK_FALSE(folder.has("runs"));
}

TEST_CASE("cli: output that cannot be written is an error, not a silence") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    const std::vector<std::vector<std::string>> lines{{"--help"},
                                                      {"--version"},
                                                      {"list"},
                                                      {"schema"},
                                                      {"explain", "retry"},
                                                      {"explain", "--reference"},
                                                      {"completion", "bash"},
                                                      {"validate", "a.yaml"},
                                                      {"simulate", "a.yaml"},
                                                      {"simulate", "a.yaml", "--json"}};
    for (const std::vector<std::string>& arguments : lines)
        for (const std::string output : {"/dev/full", "closed"}) {
            INFO(arguments.front() << " to " << output);
            const Outcome lost = run(folder, arguments, {.output = output});
            CHECK(lost.code == 3);
            CHECK(lost.err.find("error: cannot write to standard output") != std::string::npos);
        }
}
