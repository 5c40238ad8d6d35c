#include "reports/render/html.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/assess.h"
#include "reports/render/pack.h"
#include "reports/render/page_data.h"
#include "reports/render/page_series.h"
#include "reports/render/web_assets.h"
#include "tests/reports/rich_record.h"

using namespace shaketable;
using namespace shaketable::reports;

namespace {

struct WholePage {
    scenarios::Scenario scenario = rich::scenario();
    Record record = rich::record();
    Findings findings = assess(scenario, record);
    Provenance provenance = rich::provenance();
    [[nodiscard]] RunView view() const { return {&scenario, &record, &findings, &provenance}; }
};

/// The names of all tags, in order, outside scripts and styles.
std::vector<std::string> tags_of(std::string page) {
    for (const char* raw : {"script", "style"}) {
        const std::string end = std::string{"</"} + raw + ">";
        for (std::size_t at = page.find(std::string{"<"} + raw); at != std::string::npos;
             at = page.find(std::string{"<"} + raw, at + 1)) {
            const std::size_t from = page.find('>', at) + 1;
            page.erase(from, page.find(end, from) - from);
        }
    }
    std::vector<std::string> tags;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1))
        tags.push_back(page.substr(at, page.find_first_of(" >", at) - at));
    return tags;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++n;
    return n;
}

}  // namespace

TEST_CASE("html: nothing is allowed but the script and the style that are in it") {
    const WholePage whole;
    const std::string page = to_html({whole.view()});
    CHECK(page.find("default-src 'none'; script-src '" + csp_hash(page_script().digest) +
                    "'; style-src '" + csp_hash(page_style().digest) + "'") != std::string::npos);
    CHECK(page.find("unsafe-") == std::string::npos);
    CHECK(page.find(page_script().text) != std::string::npos);
    CHECK(count(std::string{page_script().text}, "</script") == 0);
    CHECK(count(std::string{page_style().text}, "</style") == 0);
}

TEST_CASE("html: our script never writes markup, and needs nothing from outside") {
    const std::string script{page_script().text};
    const std::string ours = script.substr(script.find("What the report and the index share"));
    for (const char* danger : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                               "eval(", "new Function", "import(", "XMLHttpRequest", "fetch("})
        CHECK(count(ours, danger) == (std::string{danger} == "innerHTML" ? 1 : 0));  // in a comment
    for (const char* outside : {"sourceMappingURL", "@import"}) {
        CHECK(count(script, outside) == 0);
        CHECK(count(std::string{page_style().text}, outside) == 0);
    }
    CHECK(count(std::string{page_style().text}, "url(") == 0);
    CHECK(count(script, "url(") == count(script, "url(#"));  // arrow heads, within the page
}

TEST_CASE("html: a hostile name changes no tag of the page") {
    WholePage whole;
    const auto benign = tags_of(to_html({whole.view()}));
    for (const char* name : {"</title><script>alert(1)</script>", "<!--", "\" onload=\"x", "'><b>",
                             "\xC3\x28<i>", "\x1b]0;x\x07<u>"}) {
        whole.record.scenario = whole.record.variant = name;
        for (std::string& service : whole.record.services) service = name;
        for (FlowKey& flow : whole.record.flows) flow.service = flow.caller = name;
        whole.provenance.sources = {{name, name}};
        whole.provenance.command = name;
        CHECK(tags_of(to_html({whole.view()})) == benign);
    }
}

TEST_CASE("pack: base64 is that of RFC 4648") {
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFF\xFE\xFD") == "//79");
}

TEST_CASE("pack: the digest of nothing is named as a policy names it") {
    CHECK(csp_hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") ==
          "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST_CASE("pack: gzip makes a repeated text small, and says that it is gzip") {
    const std::string packed = gzip(std::string(100'000, 'x'));
    CHECK(packed.size() < 400);
    CHECK(packed.substr(0, 3) == "\x1f\x8b\x08");
}

TEST_CASE("page: the data tell what was found, drawn and kept") {
    const WholePage whole;
    const auto data = nlohmann::json::parse(page_data({whole.view(), whole.view()}));
    REQUIRE(data["runs"].size() == 2);
    CHECK(data["sources"].size() == 1);  // once, though two runs share it
    const auto& run = data["runs"][0];
    CHECK(run["expectations"][0]["line"] == 21);
    CHECK(run["expectations"][0]["verdict"] == "broken");
    CHECK(run["endpoints"][0] ==
          nlohmann::json{{"name", "web.checkout"}, {"service", 1}, {"entry", true}});
    CHECK(run["edges"].size() == 2);
    CHECK(run["series"]["points"] == 60);
    CHECK(run["series"]["edges"][1]["retries"][0] == 1);  // two in one repeat, none in the other
    CHECK(run["heat"]["endpoints"][0].size() == 180);
    CHECK(run["services"][1]["zones"] == nlohmann::json::parse(R"([["eu-a",1],["eu-b",1]])"));
    CHECK(run["traces"].size() == 3);
    CHECK(run["traces"][0]["visits"][2][5] == 260'000);  // sent, microseconds after the request
    CHECK(run["events"][1][1] == "breaker-open");
    const auto& windows = run["windows"];
    CHECK(windows[0]["name"] == "baseline");
    CHECK(windows[1]["total"]["success"][0][0] == 0.2);
    CHECK(windows[0]["curves"][0].size() == 13);  // 400 calls: up to 1 - 10^(-12/8) = 96.8%
}

TEST_CASE("page: long series are thinned, and no more than they must be") {
    CHECK(steps_per_point(600, 100) == 1);
    CHECK(steps_per_point(601, 100) == 2);
    CHECK(steps_per_point(6000, 100) == 10);
    CHECK(steps_per_point(600, 100'000) == 10);  // many columns: never below 60 points
    CHECK(steps_per_point(0, 0) == 1);
}
