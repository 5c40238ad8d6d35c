#include "policies/catalogue.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "base/field.h"

namespace shaketable::policies {
namespace {

template <class Visit>
void for_each_field(Visit&& visit) {
    for_each_policy([&](const auto& word) {
        using Word = std::remove_cvref_t<decltype(word)>;
        Word::fields().each([&](const auto& f) { visit(Word::kind, f); });
    });
}

TEST_CASE("catalogue: every word has a kind of its own and says what it does") {
    std::set<std::string> kinds;
    for_each_policy([&](const auto& word) {
        using Word = std::remove_cvref_t<decltype(word)>;
        CHECK(kinds.insert(std::string{Word::kind}).second);
        CHECK_FALSE(Word::summary.empty());
        CHECK(word == Word{});
    });
    CHECK(kinds.size() == std::tuple_size_v<Catalogue>);
}

TEST_CASE("catalogue: no key is called attempts or on, and every key says what it is") {
    for_each_field([](std::string_view kind, const auto& field) {
        INFO(kind << "." << field.name);
        CHECK(field.name != "attempts");
        CHECK(field.name != "on");
        CHECK_FALSE(field.doc.empty());
    });
}

TEST_CASE("catalogue: what is not written is sound, but for a rate limit without its rate") {
    for_each_policy([](const auto& word) {
        using Word = std::remove_cvref_t<decltype(word)>;
        if constexpr (FindsProblems<Word>) {
            INFO(Word::kind);
            CHECK(word.find_problem().has_value() == std::is_same_v<Word, RateLimit>);
        }
    });
}

TEST_CASE("catalogue: every policy of an edge has a place in the order, or says why not") {
    std::set<std::string> places;
    for (const auto& [name, kind] : enum_names(PolicyKind{})) places.insert(std::string{name});
    EdgePolicy::fields().each([&](const auto& f) {
        const bool is_no_wrap = f.name == "preset" || f.name == "cancel" || f.name == "order";
        CHECK((places.count(std::string{f.name}) == 1) == !is_no_wrap);
    });
}

}  // namespace
}  // namespace shaketable::policies
