#include "scenarios/words.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "faults/catalogue.h"
#include "policies/presets.h"
#include "scenarios/explain.h"
#include "scenarios/metric_words.h"
#include "scenarios/schema.h"

using namespace shaketable;
using namespace shaketable::scenarios;

TEST_CASE("explain: every word of the list is explained, alone and with its group") {
    for (const WordSummary& word : list_words()) {
        INFO(word.group + "/" + word.word);
        CHECK_FALSE(word.summary.empty());
        const auto alone = explain(word.word);
        const auto grouped = explain(word.group + "/" + word.word);
        REQUIRE(alone);
        REQUIRE(grouped);
        CHECK(alone->find(*grouped) != std::string::npos);
        CHECK(grouped->starts_with(word.word + " (" + word.group + "): "));
    }
}

TEST_CASE("explain: no word stands twice in a group, and every key says what it means") {
    std::set<std::string> seen;
    for (const Word& word : make_words()) {
        INFO(word.group + "/" + word.name);
        CHECK(seen.insert(word.group + "/" + word.name).second);
        for (const KeyOfWord& key : word.keys) {
            INFO(key.name);
            CHECK_FALSE(key.doc.empty());
            CHECK_FALSE(key.type.empty());
        }
    }
}

TEST_CASE("explain: the catalogues are complete in it") {
    std::set<std::string> words;
    for (const WordSummary& word : list_words()) words.insert(word.group + "/" + word.word);
    for (const std::string& kind : faults::kind_names()) CHECK(words.contains("fault/" + kind));
    for (const policies::Preset& preset : policies::presets())
        CHECK(words.contains("preset/" + std::string{preset.name}));
    for (const MetricWord& metric : metric_words)
        CHECK(words.contains("metric/" + std::string{name_of(metric.metric)}));
}

TEST_CASE("explain: keys come with type, default and whether they must be given") {
    const auto text = explain("fault/latency");
    REQUIRE(text);
    CHECK(text->find("distribution; required") != std::string::npos);
    CHECK(text->find("request | response | both; default request") != std::string::npos);
}

TEST_CASE("explain: an unknown word has no explanation, but a neighbour") {
    CHECK_FALSE(explain("latencyy"));
    CHECK_FALSE(explain("step/latency"));
    CHECK(nearest_word("latencyy") == "latency");
}

TEST_CASE("reference: every word stands in it") {
    const std::string text = reference();
    for (const WordSummary& word : list_words()) {
        INFO(word.word);
        const bool is_there = text.find("### " + word.word + "\n") != std::string::npos ||
                              text.find("| `" + word.word + "` |") != std::string::npos;
        CHECK(is_there);
    }
    CHECK(text == reference());
}

TEST_CASE("schema: every step, fault and top-level key stands in it") {
    const std::string schema = json_schema();
    for (const Word& word : make_words()) {
        if (word.group != "file" && word.group != "step" && word.group != "fault") continue;
        for (const KeyOfWord& key : word.keys) {
            if (key.name.find_first_of(".> ") != std::string::npos || key.name == "default")
                continue;
            INFO(word.name + ": " + key.name);
            CHECK(schema.find("\"" + key.name + "\":") != std::string::npos);
        }
    }
    for (const std::string& kind : faults::kind_names())
        CHECK(schema.find("\"const\": \"" + kind + "\"") != std::string::npos);
    CHECK(schema == json_schema());
}
