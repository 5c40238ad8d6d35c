/// Which part of a run a claim is about, and the totals of that part.
///
/// A window is a union of stretches, cut to what is measured: from the end of the warm-up to the
/// start of the cool-down. A fault that happens several times has one window, the union of its
/// occurrences.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reports/record/record.h"
#include "scenarios/expectation.h"

namespace shaketable::reports {

/// Half-open: an instant at `end` is outside.
struct Stretch {
    Time start, end;
    bool operator==(const Stretch&) const = default;
};
/// Ascending, disjoint, none of them empty.
using Stretches = std::vector<Stretch>;

/// The time that `span` means in this repeat; empty where the window does not exist in it (a fault
/// that the dice left out, an `after` past the end of the run).
///
/// `during W`: the union of W's occurrences. `before W`: from the end of the warm-up to the first
/// start of W. `after W + D`: from D past the last end of W to the start of the cool-down.
[[nodiscard]] Stretches stretches_of(const Record& record, const Repeat& repeat,
                                     const scenarios::Span& span);

/// From the end of the last occurrence of any fault to the start of the cool-down; empty without
/// faults.
[[nodiscard]] Stretches after_last_fault(const Record& record, const Repeat& repeat);

/// Summed length of those segments of the repeat that lie within the stretches: what rates are
/// divided by.
[[nodiscard]] Duration covered(const Repeat& repeat, const Stretches& stretches);

/// Totals of all segments that lie within the stretches. Rows are indices into Record::flows or
/// Record::services.
[[nodiscard]] FlowTotals flow_totals(const Repeat& repeat, const Stretches& stretches,
                                     std::span<const std::uint32_t> rows);
[[nodiscard]] ServiceTotals service_totals(const Repeat& repeat, const Stretches& stretches,
                                           std::uint32_t row);

/// The steps [first, last) of the time series that lie wholly within a stretch.
struct Steps {
    std::size_t first = 0, last = 0;
    bool operator==(const Steps&) const = default;
};
/// Precondition: the record has a `sample_every`; without one there are no steps.
[[nodiscard]] Steps steps_within(const Record& record, const Stretch& stretch);

/// "during cut", "after cut + 30s", "over run".
[[nodiscard]] std::string describe(const scenarios::Span& span);

}  // namespace shaketable::reports
