#include "scenarios/print.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "faults/catalogue.h"
#include "policies/catalogue.h"
#include "scenarios/diagnostics.h"
#include "scenarios/read.h"
#include "scenarios/text/decode.h"
#include "scenarios/text/emit.h"
#include "scenarios/text/encode.h"
#include "scenarios/text/params.h"
#include "scenarios/word_types.h"
#include "tests/source_path.h"

using namespace shaketable;
using namespace shaketable::scenarios;

namespace {

template <class T>
T sample();

/// The word with every key set to something.
template <Described T>
T sample_word() {
    T word{};
    const auto one = [&]<class F>(const F& f) {
        word.*(f.member) = sample<typename F::value_type>();
    };
    T::fields().each([&](const auto& f) { one(f); });
    return word;
}

template <class T>
T sample() {
    if constexpr (std::is_same_v<T, Steps>) {
        return {Step{Work{Duration{7}}}, Step{Reply{201}}};
    } else if constexpr (std::is_same_v<T, Replicas>) {
        return {.zones = {{"eu-1a", 2}, {"eu-1b", 1}}};
    } else if constexpr (std::is_same_v<T, From>) {
        return {.zones = {{"eu-1a", Share{0.25}}, {"eu-1b", Share{0.75}}}};
    } else if constexpr (std::is_same_v<T, Network>) {
        return {.standard = sample_word<Link>(),
                .between_zones = Link{Duration{9}},
                .links = {{{"a -> b", sample_word<Link>()}}}};
    } else if constexpr (is_optional<T>) {
        return sample<typename ElementOf<T>::type>();
    } else if constexpr (is_list<T>) {
        return {sample<typename ElementOf<T>::type>(), sample<typename ElementOf<T>::type>()};
    } else if constexpr (is_named<T>) {
        return {.entries = {{"one", sample<typename ElementOf<T>::type>()}, {"two", {}}}};
    } else if constexpr (std::is_same_v<T, bool>) {
        return true;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return "a \"b\": ${c} #d";
    } else if constexpr (std::is_integral_v<T>) {
        return 7;
    } else if constexpr (std::is_same_v<T, double>) {
        return 0.7;
    } else if constexpr (Textual<T>) {
        return *Text<T>::parse(Text<T>::example);
    } else if constexpr (NamedEnum<T>) {
        return enum_names(T{}).back().second;
    } else {
        return sample_word<T>();
    }
}

/// Through text and back. Whether the word as a whole makes sense is not asked.
template <class T>
T through_text(const T& value, std::string& written) {
    const text::NodePtr root = text::make_map({{"word", {}, text::encode(value)}});
    written = text::emit(*root);
    Sources sources{.files = {{"word.yaml", written}}};
    Problems problems;
    const text::NodePtr tree = text::parse(sources, 0, problems);
    if (tree == nullptr) {
        FAIL(written + render(problems, sources));
        return {};
    }
    text::Reading in{sources, problems};
    text::Parameters none = text::Parameters::read(*text::make_word(""), in);
    const text::NodePtr whole = none.substitute(tree, in);
    T read{};
    (void)text::decode(*whole->find("word")->value, read, in);
    return read;
}

template <Described T>
void check_each_field() {
    std::string written;
    INFO(std::string{word_name<T>()});
    const auto one = [&]<class F>(const F& f) {
        INFO(std::string{f.name});
        T word{};
        word.*(f.member) = sample<typename F::value_type>();
        const bool same = through_text(word, written) == word;
        INFO(written);
        CHECK(same);
    };
    T::fields().each([&](const auto& f) { one(f); });
    const T all = sample_word<T>();
    const bool same = through_text(all, written) == all;
    INFO(written);
    CHECK(same);
}

}  // namespace

TEST_CASE("print: every key of every policy, alone and together, reads back to the same value") {
    policies::for_each_policy([]<class P>(const P&) { check_each_field<P>(); });
}

TEST_CASE("print: every key of every part of the file reads back to the same value") {
    check_each_field<Run>();
    check_each_field<Zone>();
    check_each_field<Link>();
    check_each_field<Queue>();
    check_each_field<Startup>();
    check_each_field<Endpoint>();
    check_each_field<Service>();
    check_each_field<Stage>();
    check_each_field<Workload>();
    check_each_field<Window>();
    check_each_field<Expectation>();
    check_each_field<Scenario>();
}

TEST_CASE("print: every step reads back to the same value") {
    [&]<class... S>(const std::variant<S...>*) {
        const auto one = [&](auto word) {
            std::string written;
            for (const Step& step : {Step{word}, Step{sample_word<decltype(word)>()}}) {
                const bool same = through_text(step, written) == step;
                INFO(written);
                CHECK(same);
            }
        };
        (one(S{}), ...);
    }(static_cast<const AnyStep*>(nullptr));
}

TEST_CASE("print: every kind of fault, with every key, reads back to the same value") {
    faults::for_each_kind([]<class K>() {
        const auto one = [&]<class F>(const F& f) {
            faults::Fault fault = sample_word<faults::Fault>();
            K kind{};
            kind.*(f.member) = sample<typename F::value_type>();
            fault.what = kind;
            std::string written;
            const bool same = through_text(fault, written) == fault;
            INFO(written);
            CHECK(same);
        };
        K::fields().each([&](const auto& f) { one(f); });
        faults::Fault fault{};
        fault.id = "f";
        fault.what = sample_word<K>();
        std::string written;
        const bool same = through_text(fault, written) == fault;
        INFO(written);
        CHECK(same);
    });
}

TEST_CASE(
    "print: every variant of every library scenario reads back to the same value and the same "
    "text") {
    const std::filesystem::path library = test::source_path("scenarios/library");
    int variants = 0;
    for (const auto& entry : std::filesystem::directory_iterator{library}) {
        if (entry.path().extension() != ".yaml") continue;
        INFO(entry.path().string());
        const auto read = read_file(entry.path().string());
        if (!read) FAIL(render(read.error().problems, read.error().sources));
        for (Scenario scenario : read->scenarios) {
            const std::string text = print(scenario);
            const auto again = read_text((library / "printed.yaml").string(), text);
            if (!again) FAIL(text + render(again.error().problems, again.error().sources));
            scenario.variant.clear();
            CHECK(again->scenarios.at(0) == scenario);
            CHECK(print(again->scenarios.at(0)) == text);
            ++variants;
        }
    }
    CHECK(variants >= 30);
}

TEST_CASE("print: texts that YAML or parameters could misread come back as they were") {
    for (const std::string text :
         {"",        " ",    "~",           "null",     "true",     "no",
          "- a",     "a: b", "a #b",        "{a}",      "[a, b]",   "\"",
          "'",       "\\",   "a\nb",        "a\nb\n",   "a\n\nb\n", "  indented\nmore\n",
          "ends \n", "\n",   "tab\there",   "bell\x07", "é😀",       "${x}",
          "$${x}",   "$$${", "x:",          "?",        "<<",       "*a",
          "&a",      "!a",   "%a",          "@a",       "`a",       "a,b",
          "0x1f",    "1e5",  "---",         "a\r\nb",   "\xC2\x85", "\xE2\x80\xA8",
          "=",       "-",    "a\n---\nb\n", "# c\n"}) {
        Scenario scenario;
        scenario.name = "x";
        scenario.description = text;
        scenario.labels.entries = {{"label", text}};
        const std::string printed = print(scenario);
        INFO(printed);
        const auto again = read_text("a.yaml", printed);
        if (!again) FAIL(render(again.error().problems, again.error().sources));
        CHECK(again->scenarios.at(0).description == text);
        CHECK(again->scenarios.at(0).labels.entries.at(0).value == text);
    }
}
