/// How the types of fields are called in `explain`, the reference and the schema.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/field.h"
#include "faults/fault.h"
#include "scenarios/scenario.h"

namespace shaketable::scenarios {

template <class T>
struct ElementOf {
    using type = void;
};
template <class T>
struct ElementOf<std::optional<T>> {
    using type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
    using type = T;
};
template <class T>
struct ElementOf<Named<T>> {
    using type = T;
};
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_named = false;
template <class T>
inline constexpr bool is_named<Named<T>> = true;

/// A constant of the type, not a field of that name.
template <class T>
concept HasKind = requires {
    &T::kind;
}
&&!std::is_member_pointer_v<decltype(&T::kind)>;

/// The name of a described type that is a word by itself; "" = its keys are told where it is used.
template <class T>
[[nodiscard]] constexpr std::string_view word_name() {
    if constexpr (std::is_same_v<T, Run>) return "run";
    if constexpr (std::is_same_v<T, Zone>) return "zone";
    if constexpr (std::is_same_v<T, Link>) return "link";
    if constexpr (std::is_same_v<T, Service>) return "service";
    if constexpr (std::is_same_v<T, Endpoint>) return "endpoint";
    if constexpr (std::is_same_v<T, Queue>) return "queue";
    if constexpr (std::is_same_v<T, Startup>) return "startup";
    if constexpr (std::is_same_v<T, Workload>) return "workload";
    if constexpr (std::is_same_v<T, Stage>) return "stage";
    if constexpr (std::is_same_v<T, Choice>) return "choice";
    if constexpr (std::is_same_v<T, Window>) return "window";
    if constexpr (std::is_same_v<T, Expectation>) return "expectation";
    if constexpr (std::is_same_v<T, faults::Fault>) return "fault";
    if constexpr (HasKind<T>) return T::kind;
    return "";
}

/// "duration", "list of step", "fifo | lifo".
template <class T>
[[nodiscard]] std::string type_name() {
    if constexpr (std::is_same_v<T, Steps>)
        return "list of steps";
    else if constexpr (std::is_same_v<T, std::vector<Steps>>)
        return "list of branches";
    else if constexpr (std::is_same_v<T, Replicas>)
        return "whole number, or one for each zone";
    else if constexpr (std::is_same_v<T, From>)
        return "share for each zone";
    else if constexpr (std::is_same_v<T, Network>)
        return "network";
    else if constexpr (is_optional<T>)
        return type_name<typename ElementOf<T>::type>();
    else if constexpr (is_list<T>)
        return "list of " + type_name<typename ElementOf<T>::type>();
    else if constexpr (is_named<T>)
        return "name: " + type_name<typename ElementOf<T>::type>();
    else if constexpr (std::is_same_v<T, bool>)
        return "true or false";
    else if constexpr (std::is_same_v<T, std::string>)
        return "text";
    else if constexpr (std::is_integral_v<T>)
        return "whole number";
    else if constexpr (std::is_same_v<T, double>)
        return "number";
    else if constexpr (Textual<T>)
        return std::string{Text<T>::name};
    else if constexpr (NamedEnum<T>) {
        std::string words;
        for (const auto& [name, value] : enum_names(T{}))
            words += (words.empty() ? "" : " | ") + std::string{name};
        return words;
    } else {
        std::string name{word_name<T>()};
        if constexpr (HasShorthand<T>) {
            using Short = std::remove_cvref_t<decltype(std::declval<T&>().*(T::shorthand()))>;
            name = type_name<Short>() + ", or " + (name.empty() ? "its keys" : name);
        }
        return name.empty() ? "map" : name;
    }
}

}  // namespace shaketable::scenarios
