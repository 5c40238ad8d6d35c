/// `partition`: silence between groups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/concepts.h"
#include "faults/target.h"

namespace shaketable::faults {

/// Silences every crossing between the groups, in flight included; callers notice by their timeout
/// only. Who is in no group reaches everyone. Instead of groups, a shape among the replicas that
/// the fault's `target` selects:
///   halves           the first half, rounded up, against the rest
///   bridge           halves that see each other only through the middle replica, which sees both
///   majorities-ring  everyone sees a majority, and no two the same: replicas on a ring see their
///   nearest neighbours isolate-one      one of them, drawn once per run, against the others
/// The world asks `cut()` once which ways are cut; a verdict costs two look-ups per crossing. Draws
/// nothing per crossing.
///
/// Source: K. Kingsbury, Jepsen, `jepsen.nemesis` (bisect, bridge, majorities-ring, split-one).
struct Partition {
    enum class Shape : std::uint8_t { halves, bridge, majorities_ring, isolate_one };
    friend constexpr auto enum_names(Shape) {
        using P = std::pair<std::string_view, Shape>;
        return std::array{P{"halves", Shape::halves}, P{"bridge", Shape::bridge},
                          P{"majorities-ring", Shape::majorities_ring},
                          P{"isolate-one", Shape::isolate_one}};
    }

    static constexpr std::string_view kind = "partition";
    static constexpr std::string_view summary = "silences every crossing between groups";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets{
        .service = true, .replica = true, .zone = true, .optional = true};
    static constexpr bool ramps = false;

    std::vector<std::vector<Side>> groups{};  ///< two or more, disjoint; excludes shape
    std::optional<Shape> shape{};             ///< among the replicas of `target`
    bool one_way = false;  ///< only what earlier groups send to later ones is lost; of halves and
                           ///< isolate-one: the first
    bool reject = false;   ///< noticed at once instead of by timeout

    static constexpr auto fields() {
        return fields_of(
            field("groups", &Partition::groups, "lists of sides that cannot reach each other"),
            field("shape", &Partition::shape,
                  "instead: halves, bridge, majorities-ring, isolate-one"),
            field("one_way", &Partition::one_way,
                  "lose only what earlier groups send to later ones"),
            field("reject", &Partition::reject, "callers notice at once"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    /// Precondition: `request_cut` and `response_cut` of the crossing were looked up in `Cuts`.
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Partition&) const = default;
};
static_assert(TrafficFault<Partition>);

/// Which ways between places are silent. Small: a byte or two per place.
class Cuts {
  public:
    /// May nothing go from place `from` to place `to`? Indices into the places given to `cut()`.
    [[nodiscard]] bool between(std::uint32_t from, std::uint32_t to) const noexcept;

  private:
    friend Result<Cuts> cut(const Partition&, const std::optional<Target>&,
                            const std::vector<Place>&, Random&);
    std::vector<std::uint32_t>
        group_{};             ///< per place; 0 = in none; on the ring: its position, from 1
    std::uint32_t ring_ = 0;  ///< places on the ring; 0 = no ring
    bool one_way_ = false;
};

/// Workloads (`replicas` 0) take no part in a shape. Draws once.
/// Errors: E117 a group is empty or the target has too few replicas for the shape, E118 a place
/// stands in two groups.
[[nodiscard]] Result<Cuts> cut(const Partition& partition, const std::optional<Target>& target,
                               const std::vector<Place>& places, Random& random);

}  // namespace shaketable::faults
