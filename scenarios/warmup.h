/// The part of a run that is left out of every number: a length, or `auto`, which lets the
/// simulator find it.
#pragma once

#include "base/quantity.h"
#include "base/units.h"

namespace shaketable::scenarios {

struct Warmup {
    Duration length{0};      ///< of `auto`: 0 until it has been found
    bool automatic = false;  ///< find it by MSER-5
    Warmup() = default;
    Warmup(Duration length_)
        : length{length_} {}  // NOLINT(google-explicit-constructor): `20s` is a warm-up
    bool operator==(const Warmup&) const = default;
};

}  // namespace shaketable::scenarios

namespace shaketable {
SHAKETABLE_TEXT(scenarios::Warmup, "duration or auto", "20s");
}
