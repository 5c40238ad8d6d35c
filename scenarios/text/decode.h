/// From a tree to plain values, by `fields()`: one template for every word, and all problems in one
/// go.
///
/// `decode(node, into, in)` is true where nothing was wrong with that value. What was wrong is
/// reported, and `into` holds something or nothing of use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/quantity.h"
#include "faults/fault.h"
#include "scenarios/scenario.h"
#include "scenarios/text/reading.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

// Words with a form of their own; each in its own file.
bool decode(const Node& node, Steps& into, Reading& in);
bool decode(const Node& node, Step& into, Reading& in);
bool decode(const Node& node, Replicas& into, Reading& in);
bool decode(const Node& node, From& into, Reading& in);
bool decode(const Node& node, Network& into, Reading& in);
bool decode(const Node& node, faults::Fault& into, Reading& in);
bool decode(const Node& node, Service& into, Reading& in);
bool decode(const Node& node, Workload& into, Reading& in);
bool decode(const Node& node, policies::EdgePolicy& into, Reading& in);
bool decode(const Node& node, Expectation& into, Reading& in);
bool decode(const Node& node, Scenario& into, Reading& in);
bool decode(const Node& node, Named<Service>& into, Reading& in);
bool decode(const Node& node, Named<Endpoint>& into, Reading& in);
// Values that name a file besides.
bool decode(const Node& node, Distribution& into, Reading& in);
bool decode(const Node& node, Arrivals& into, Reading& in);

bool decode(const Node& node, std::string& into, Reading& in);
bool decode(const Node& node, bool& into, Reading& in);
bool decode(const Node& node, double& into, Reading& in);
bool decode(const Node& node, std::uint32_t& into, Reading& in);
bool decode(const Node& node, std::uint64_t& into, Reading& in);

template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};

/// "a duration like 250ms".
template <Textual T>
[[nodiscard]] std::string wanted() {
    const std::string name{Text<T>::name};
    const bool has_vowel = name.find_first_of("aeio") == 0;
    const std::string article = name.ends_with('s') ? "" : (has_vowel ? "an " : "a ");
    return article + name + " like " + std::string{Text<T>::example};
}

/// The scalar's text as a T, and nothing else.
template <Textual T>
bool decode_text(const Node& node, T& into, Reading& in) {
    if (!in.expect_scalar(node, wanted<T>())) return false;
    Result<T> value = Text<T>::parse(node.text);
    if (!value) return in.report_within(node, value.error());
    into = *std::move(value);
    return true;
}

template <Textual T>
bool decode(const Node& node, T& into, Reading& in) {
    return decode_text(node, into, in);
}

template <NamedEnum E>
bool decode(const Node& node, E& into, Reading& in) {
    std::vector<std::string> words;
    for (const auto& [name, value] : enum_names(E{})) {
        if (node.is_scalar() && node.text == name) {
            into = value;
            return true;
        }
        words.emplace_back(name);
    }
    return in.report_word(node, words);
}

template <class T>
bool decode(const Node& node, std::optional<T>& into, Reading& in) {
    return decode(node, into.emplace(), in);
}

template <class T>
bool decode(const Node& node, std::vector<T>& into, Reading& in) {
    if (node.is_null()) return true;
    if (!in.expect_list(node)) return false;
    bool good = true;
    into.reserve(node.entries.size());
    for (const Entry& item : node.entries) {
        T value{};
        // A list in a list may be written as its only item.
        if constexpr (IsList<T>::value) {
            if (!item.value->is_sequence()) {
                value.emplace_back();
                good = decode(*item.value, value.back(), in) && good;
                into.push_back(std::move(value));
                continue;
            }
        }
        good = decode(*item.value, value, in) && good;
        into.push_back(std::move(value));
    }
    return good;
}

/// Names of the user: letters, digits, `_`, `-` and `.`.
template <class T>
bool decode_named(const Node& node, Named<T>& into, Reading& in, std::string_view name_characters) {
    if (node.is_null()) return true;
    if (!in.expect_map(node)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        if (entry.key.starts_with("x-")) continue;
        good = in.expect_name(entry.key, entry.key_place, name_characters) && good;
        T value{};
        if constexpr (Described<T>) {
            if (entry.value->is_null()) {
                const NodePtr empty = make_container(Node::Kind::map, {}, entry.key_place);
                good = decode(*empty, value, in) && good;
                into.entries.push_back({entry.key, std::move(value)});
                continue;
            }
        }
        good = decode(*entry.value, value, in) && good;
        into.entries.push_back({entry.key, std::move(value)});
    }
    return good;
}

template <class T>
bool decode(const Node& node, Named<T>& into, Reading& in) {
    return decode_named(node, into, in, "_-.");
}

template <Described T>
[[nodiscard]] std::vector<std::string> key_names() {
    std::vector<std::string> names;
    T::fields().each([&](const auto& f) { names.emplace_back(f.name); });
    return names;
}

/// Decodes the keys that are fields of T, and marks them as read. Says what is missing.
template <Described T>
bool decode_fields(const Node& map, T& into, Keys& keys, Reading& in) {
    bool good = true;
    const auto one = [&](const auto& f) {
        const Entry* entry = keys.take(f.name);
        if (entry == nullptr) {
            if (f.required) good = in.report_missing(map, f.name, f.doc);
            return;
        }
        good = decode(*entry->value, into.*(f.member), in) && good;
    };
    T::fields().each([&](const auto& f) { one(f); });
    return good;
}

/// What the types of a word could not say.
template <class T>
bool check_word(const Node& node, const T& word, Reading& in) {
    if constexpr (FindsProblems<T>) {
        if (std::optional<Problem> problem = word.find_problem())
            return in.report_of_word(node, *std::move(problem));
    }
    return true;
}

/// A word written as a map, or by its shorthand.
template <Described T>
bool decode_word(const Node& node, T& into, Reading& in) {
    if constexpr (HasShorthand<T>) {
        if (!node.is_map() && !node.is_null())
            return decode(node, into.*(T::shorthand()), in) && check_word(node, into, in);
    }
    if (!in.expect_map(node)) return false;
    Keys keys{node};
    bool good = decode_fields(node, into, keys, in);
    good = in.report_unknown(keys, key_names<T>()) && good;
    return good && check_word(node, into, in);
}

template <Described T>
bool decode(const Node& node, T& into, Reading& in) {
    return decode_word(node, into, in);
}

}  // namespace shaketable::scenarios::text
