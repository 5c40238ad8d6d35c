/// From plain values to a tree, by `fields()`: the mirror of decode.h. What has its default is left
/// out.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/field.h"
#include "scenarios/scenario.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

// Null pointer: nothing to write, it has its default.
[[nodiscard]] NodePtr encode(const Steps& value);
[[nodiscard]] NodePtr encode(const Step& value);
[[nodiscard]] NodePtr encode(const std::vector<Steps>& value);
[[nodiscard]] NodePtr encode(const Replicas& value);
[[nodiscard]] NodePtr encode(const From& value);
[[nodiscard]] NodePtr encode(const Network& value);
[[nodiscard]] NodePtr encode(const faults::Fault& value);

/// A text of the user's; `${` is written so that it stays.
[[nodiscard]] NodePtr encode(const std::string& value);
[[nodiscard]] NodePtr encode(const bool& value);
[[nodiscard]] NodePtr encode(const double& value);
[[nodiscard]] NodePtr encode(const std::uint32_t& value);
[[nodiscard]] NodePtr encode(const std::uint64_t& value);

[[nodiscard]] inline NodePtr make_word(std::string text) {
    return make_scalar(std::move(text), {}, false);
}
[[nodiscard]] inline NodePtr make_map(std::vector<Entry> entries) {
    return make_container(Node::Kind::map, std::move(entries), {});
}

// Known before they are used by each other: one argument brings no namespace of ours along.
template <NamedEnum E>
[[nodiscard]] NodePtr encode(const E& value);
template <class T>
[[nodiscard]] NodePtr encode(const std::optional<T>& value);
template <class T>
[[nodiscard]] NodePtr encode(const std::vector<T>& values);
template <class T>
[[nodiscard]] NodePtr encode(const Named<T>& values);
template <Described T>
[[nodiscard]] NodePtr encode(const T& word);

template <Textual T>
[[nodiscard]] NodePtr encode(const T& value) {
    return make_word(Text<T>::print(value));
}

template <NamedEnum E>
[[nodiscard]] NodePtr encode(const E& value) {
    return make_word(std::string{name_of(value)});
}

template <class T>
[[nodiscard]] NodePtr encode(const std::optional<T>& value) {
    return value ? encode(*value) : nullptr;
}

template <class T>
[[nodiscard]] NodePtr encode(const std::vector<T>& values) {
    std::vector<Entry> items;
    for (const T& value : values) items.push_back({{}, {}, encode(value)});
    return make_container(Node::Kind::sequence, std::move(items), {});
}

template <class T>
[[nodiscard]] NodePtr encode(const Named<T>& values) {
    std::vector<Entry> entries;
    for (const auto& [name, value] : values) entries.push_back({name, {}, encode(value)});
    return make_map(std::move(entries));
}

/// The keys that differ from the word's defaults, and those that must be given.
template <Described T>
void encode_fields(const T& word, std::vector<Entry>& entries) {
    const T standard{};
    const auto one = [&](const auto& f) {
        const auto& value = word.*(f.member);
        if (!f.required && value == standard.*(f.member)) return;
        entries.push_back({std::string{f.name}, {}, encode(value)});
    };
    T::fields().each([&](const auto& f) { one(f); });
}

template <Described T>
[[nodiscard]] NodePtr encode(const T& word) {
    if constexpr (HasShorthand<T>) {
        T only{};
        only.*(T::shorthand()) = word.*(T::shorthand());
        if (only == word && !(word == T{})) {
            NodePtr value = encode(word.*(T::shorthand()));
            if (value != nullptr && value->is_scalar()) return value;
        }
    }
    std::vector<Entry> entries;
    encode_fields(word, entries);
    return make_map(std::move(entries));
}

}  // namespace shaketable::scenarios::text
