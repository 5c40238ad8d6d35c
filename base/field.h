/// How a word describes itself: its keys, their places and their meaning.
///
/// Reader, printer, JSON Schema, `explain` and the reference are all made from `fields()`, so a
/// word is declared once:
///
///     struct Latency {
///         static constexpr std::string_view kind = "latency";
///         static constexpr std::string_view summary = "holds traffic back for a while";
///         Duration delay{0};
///         static constexpr auto fields() { return fields_of(field("delay", &Latency::delay, "the
///         hold").must()); }
///         [[nodiscard]] std::optional<Problem> find_problem() const;   // optional: what the types
///         cannot say static constexpr auto shorthand() { return &Latency::delay; }  // optional:
///         `latency: 5ms` bool operator==(const Latency&) const = default;
///     };
///
/// A member is one of: bool, int, double, std::string, a type with `Text<T>`, an enum with
/// `enum_names`, another described struct, or std::optional, std::vector, Named of these.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace shaketable {

template <class Owner, class Value>
struct Field {
    using value_type = Value;
    std::string_view name;
    Value Owner::*member;
    std::string_view doc;
    bool required = false;

    /// The key must be given.
    [[nodiscard]] constexpr Field must() const {
        Field copy = *this;
        copy.required = true;
        return copy;
    }
};

template <class Owner, class Value>
[[nodiscard]] constexpr Field<Owner, Value> field(std::string_view name, Value Owner::*member,
                                                  std::string_view doc) {
    return {name, member, doc};
}

/// The fields of a word, in the order of the file. Made by `fields_of`. Not a std::tuple, whose
/// checks of its elements cost every file that reads the words seconds to compile.
template <class Places, class... Fields>
struct FieldList;

template <std::size_t Place, class AField>
struct FieldAt {
    AField field;
};

template <std::size_t... Places, class... Fields>
struct FieldList<std::index_sequence<Places...>, Fields...> : FieldAt<Places, Fields>... {
    template <class Visit>
    constexpr void each([[maybe_unused]] Visit&& visit) const {
        (visit(FieldAt<Places, Fields>::field), ...);
    }
};

template <class... Fields>
[[nodiscard]] constexpr auto fields_of(Fields... fields) {
    return FieldList<std::index_sequence_for<Fields...>, Fields...>{{fields}...};
}

template <class T>
concept Described = requires {
    {T::fields()};
};

template <class T>
concept HasShorthand = Described<T> && requires {
    {T::shorthand()};
};

template <class T>
concept FindsProblems = requires(const T& word) {
    { word.find_problem() } -> std::same_as<std::optional<Problem>>;
};

/// A value written as one scalar. A specialisation has:
///   static constexpr std::string_view name, example;   // "duration", "250ms"
///   static Result<T> parse(std::string_view);          // Problem.where.column/length: place
///   within the text static std::string print(const T&);                // parse(print(x)) == x
template <class T>
struct Text;

template <class T>
concept Textual = requires(const T& value, std::string_view text) {
    { Text<T>::parse(text) } -> std::same_as<Result<T>>;
    { Text<T>::print(value) } -> std::same_as<std::string>;
};

/// An enum says its words by `constexpr auto enum_names(E) ->
/// std::array<std::pair<std::string_view, E>, N>`, found by argument-dependent lookup.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
    enum_names(e);
};

template <NamedEnum E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
    for (const auto& [name, candidate] : enum_names(value))
        if (candidate == value) return name;
    return "?";
}

/// A map that keeps the order of the file. Small; lookups at load time only.
template <class T>
struct Named {
    struct Entry {
        std::string name;
        T value;
        bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> entries;

    [[nodiscard]] const T* find(std::string_view name) const {
        for (const Entry& e : entries)
            if (e.name == name) return &e.value;
        return nullptr;
    }
    [[nodiscard]] bool empty() const { return entries.empty(); }
    [[nodiscard]] std::size_t size() const { return entries.size(); }
    [[nodiscard]] auto begin() const { return entries.begin(); }
    [[nodiscard]] auto end() const { return entries.end(); }
    bool operator==(const Named&) const = default;
};

}  // namespace shaketable
