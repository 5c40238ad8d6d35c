/// When something happens: `90s`, `cut.start + 30s`, `cut.end`, `cut.end - 5s`, `uniform(60s 90s)`,
/// and the sum `cut.start + uniform(5s 10s)`. Times count from the start of the run; `run.start`
/// and `run.end` are known too.
///
/// Errors: E112 does not parse; E020..E025 from the durations in it. `where.column` is the offset
/// within the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/field.h"
#include "base/random.h"
#include "base/units.h"

namespace shaketable::faults {

/// A stretch of the run.
struct Window {
    Time start{};
    Time end{};
    bool operator==(const Window&) const = default;
};

/// `time + by`, or the end of time where that overflows.
[[nodiscard]] Time add(Time time, Duration by) noexcept;

struct When {
    enum class Edge : std::uint8_t { start, end };
    struct Anchor {
        std::string window;  ///< id of a fault, or "run"
        Edge edge = Edge::start;
        bool operator==(const Anchor&) const = default;
    };

    std::optional<Anchor> anchor{};  ///< absent: the start of the run
    Duration offset{0};              ///< from the anchor; may be negative only with an anchor
    Duration spread{0};  ///< >= 0; the time is uniform on [offset, offset + spread] from the anchor

    /// `base`: the instant of the anchor. Draws once, spread or not. Saturates at the ends of time.
    [[nodiscard]] Time resolve(Time base, Random& random) const;
    bool operator==(const When&) const = default;
};

/// `random: poisson(2/m)`: how often something happens by itself.
struct RandomTimes {
    Rate rate{};
    bool operator==(const RandomTimes&) const = default;
};

/// `every: 60s` or `every: {period: 60s, times: 5}`.
struct Every {
    Duration period{0};                ///< from start to start; > 0
    Count times = Count::unlimited();  ///< occurrences in all; >= 1

    static constexpr auto fields() {
        return fields_of(field("period", &Every::period, "from one start to the next").must(),
                         field("times", &Every::times, "how many occurrences in all"));
    }
    static constexpr auto shorthand() { return &Every::period; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Every&) const = default;
};

}  // namespace shaketable::faults

namespace shaketable {

template <>
struct Text<faults::When> {
    static constexpr std::string_view name = "time";
    static constexpr std::string_view example = "cut.start + 30s";
    static Result<faults::When> parse(std::string_view text);
    static std::string print(const faults::When& value);
};
template <>
struct Text<faults::RandomTimes> {
    static constexpr std::string_view name = "random times";
    static constexpr std::string_view example = "poisson(2/m)";
    static Result<faults::RandomTimes> parse(std::string_view text);
    static std::string print(const faults::RandomTimes& value);
};

}  // namespace shaketable
