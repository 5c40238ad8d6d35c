/// What makes a type a kind of fault. Each kind's header ends in a static_assert of one of them.
#pragma once

#include <concepts>
#include <string_view>

#include "base/field.h"
#include "faults/condition.h"
#include "faults/crossing.h"
#include "faults/verdict.h"
#include "faults/word.h"

namespace shaketable::faults {

template <class T>
concept Kind =
    Described<T> && std::equality_comparable<T> && std::default_initializable<T> && requires {
    { T::kind } -> std::convertible_to<std::string_view>;
    { T::summary } -> std::convertible_to<std::string_view>;
    { T::worlds } -> std::convertible_to<Worlds>;
    { T::targets } -> std::convertible_to<TargetKinds>;
    { T::ramps } -> std::convertible_to<bool>;  ///< `ramp` has a meaning for it
};

/// Judges crossings: no allocation, and as many draws whatever the settings.
template <class T>
concept Judges = requires(const T& judge, const Crossing& crossing, FaultState& state,
                          Random& random) {
    { judge.judge(crossing, state, random) } -> std::same_as<Verdict>;
};

/// Judges itself, or makes a `Ready` once that does.
template <class T>
concept TrafficFault = Kind<T> &&(Judges<T> || requires(const T& fault) {
    { fault.ready() } -> std::same_as<typename T::Ready>;
    requires Judges<typename T::Ready>;
});

template <class T>
concept ServiceFault = Kind<T> && requires(const T& fault, double strength) {
    { fault.condition(strength) } -> std::same_as<Condition>;
};

}  // namespace shaketable::faults
