// Every scenario of the library is played, and its story comes out as it is told.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/assess.h"
#include "scenarios/read.h"
#include "sim/simulate.h"
#include "tests/golden.h"
#include "tests/source_path.h"

namespace shaketable {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> library() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{test::source_path("scenarios/library")})
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// What fails on purpose: `retry-storm` is written as its owner would write it, so that its bad
/// variants fail. By "scenario/variant"; everything else holds.
const std::map<std::string, std::set<std::string>>& failures_told() {
    static const std::set<std::string> storm{
        "success(web.checkout) >= 99% after ledger-brownout + 60s",
        "attempts(payments -> ledger) < 1.5 during ledger-brownout",
        "time_to_recover(web.checkout) < 30s after ledger-brownout",
        "max(queue(ledger)) < 250",
    };
    static const std::map<std::string, std::set<std::string>> list{{"retry-storm/naive", storm},
                                                                   {"retry-storm/jitter", storm}};
    return list;
}

TEST_CASE("library: there are twelve stories, and each is told in docs/library.md") {
    const std::vector<fs::path> files = library();
    CHECK(files.size() == 12);
    const std::string book = test::read_file("docs/library.md");
    for (const fs::path& file : files) {
        INFO(file.stem().string());
        CHECK(book.find("\n## " + file.stem().string() + "\n") != std::string::npos);
    }
}

TEST_CASE("library: every story comes out as it is told, in every variant") {
    for (const fs::path& file : library()) {
        INFO(file.stem().string());
        const auto document = scenarios::read_file(file.string());
        REQUIRE(document.has_value());
        for (std::size_t v = 0; v < document->scenarios.size(); ++v) {
            const scenarios::Scenario& scenario = document->scenarios[v];
            INFO(scenario.variant);
            CHECK(!scenario.description.empty());
            CHECK(!scenario.expect.empty());
            const auto record =
                sim::simulate(scenario, {.threads = 2, .progress = {}, .wanted = {}});
            REQUIRE(record.has_value());
            const reports::Findings findings = reports::assess(scenario, *record);
            // A zone that is cut off is not noticed by who never leaves it: that is its story.
            const bool is_inert = scenario.name == "zone-partition" && scenario.variant == "local";
            CHECK(findings.notices.size() == (is_inert ? 1 : 0));
            CHECK(!findings.why.empty());
            std::set<std::string> failed;
            for (const reports::Finding& finding : findings.expectations)
                if (finding.verdict != reports::Verdict::hold)
                    failed.insert(finding.expectation.that.text);
            const auto told = failures_told().find(file.stem().string() + "/" + scenario.variant);
            CHECK(failed ==
                  (told == failures_told().end() ? std::set<std::string>{} : told->second));
        }
    }
}

TEST_CASE("library: a storm outlasts its trigger without a budget, and ends with one") {
    const auto document =
        scenarios::read_file(test::source_path("scenarios/library/retry-storm.yaml"));
    REQUIRE(document.has_value());
    const auto is_metastable = [&](const char* variant) {
        const auto found = std::find_if(document->scenarios.begin(), document->scenarios.end(),
                                        [&](const auto& s) { return s.variant == variant; });
        REQUIRE(found != document->scenarios.end());
        const auto record = sim::simulate(*found, {.threads = 2, .progress = {}, .wanted = {}});
        REQUIRE(record.has_value());
        for (const std::string& sentence : reports::assess(*found, *record).why)
            if (sentence.find("it is metastable") != std::string::npos) return true;
        return false;
    };
    CHECK(is_metastable("naive"));
    CHECK_FALSE(is_metastable("budget"));
}

}  // namespace
}  // namespace shaketable
