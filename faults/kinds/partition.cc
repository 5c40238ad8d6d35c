#include "faults/kinds/partition.h"

#include <algorithm>
#include <string>

namespace shaketable::faults {

namespace {

/// How many a shape needs, so that somebody is cut off from somebody.
std::uint32_t least_of(Partition::Shape shape) noexcept {
    if (shape == Partition::Shape::majorities_ring) return 4;
    return shape == Partition::Shape::bridge ? 3 : 2;
}

std::uint32_t group_in_shape(Partition::Shape shape, std::uint32_t position, std::uint32_t members,
                             std::uint32_t drawn) noexcept {
    switch (shape) {
        case Partition::Shape::halves:
            return position < (members + 1) / 2 ? 1 : 2;
        case Partition::Shape::bridge:
            if (position == members / 2) return 0;
            return position < members / 2 ? 1 : 2;
        case Partition::Shape::majorities_ring:
            return position + 1;
        case Partition::Shape::isolate_one:
            return position == drawn ? 1 : 2;
    }
    return 0;
}

Result<std::vector<std::uint32_t>> groups_of_shape(Partition::Shape shape, const Target& target,
                                                   const std::vector<Place>& places,
                                                   Random& random) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = 0; i < places.size(); ++i)
        if (places[i].replicas > 0 && contains(target, places[i])) members.push_back(i);
    const auto count = static_cast<std::uint32_t>(members.size());
    if (count < least_of(shape))
        return Unexpected{problem_of(
            "shape", "E117",
            "expected a target of at least " + std::to_string(least_of(shape)) + " replicas for " +
                std::string{name_of(shape)} + ", found " + std::to_string(count))};
    const std::uint32_t drawn = random.below(count);
    std::vector<std::uint32_t> group(places.size(), 0);
    for (std::uint32_t position = 0; position < count; ++position)
        group[members[position]] = group_in_shape(shape, position, count, drawn);
    return group;
}

Result<std::vector<std::uint32_t>> groups_of_lists(const std::vector<std::vector<Side>>& lists,
                                                   const std::vector<Place>& places) {
    std::vector<std::uint32_t> group(places.size(), 0);
    for (std::uint32_t number = 1; number <= lists.size(); ++number) {
        bool is_empty = true;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto holds = [&](const Side& side) { return contains(side, places[i]); };
            const std::vector<Side>& sides = lists[number - 1];
            if (std::none_of(sides.begin(), sides.end(), holds)) continue;
            if (group[i] != 0)
                return Unexpected{problem_of("groups", "E118",
                                             "group " + std::to_string(group[i]) + " and group " +
                                                 std::to_string(number) + " both hold " +
                                                 std::string{places[i].service} + "[" +
                                                 std::to_string(places[i].replica) + "]",
                                             "who stands in no group reaches everyone")};
            group[i] = number;
            is_empty = false;
        }
        if (is_empty)
            return Unexpected{
                problem_of("groups", "E117", "nobody is in group " + std::to_string(number))};
    }
    return group;
}

}  // namespace

std::optional<Problem> Partition::find_problem() const {
    if (groups.empty() && !shape)
        return problem_of("groups", "E012", "expected groups, or a shape",
                          "groups: [[zone:a], [zone:b]] or shape: halves");
    if (!groups.empty() && shape)
        return problem_of("shape", "E014", "groups and shape exclude each other");
    if (groups.size() == 1)
        return problem_of("groups", "E012", "expected two groups or more, found one",
                          "groups: [[zone:a], [zone:b]]");
    if (one_way && shape == Shape::majorities_ring)
        return problem_of("one_way", "E014", "a ring has no first group, so one_way means nothing");
    return std::nullopt;
}

Verdict Partition::judge(const Crossing& crossing, FaultState&, Random&) const {
    Verdict verdict;
    if (crossing.request_cut) verdict.fate = reject ? Fate::refuse : Fate::swallow;
    if (crossing.response_cut) verdict.response_fate = Fate::swallow;
    return verdict;
}

bool Cuts::between(std::uint32_t from, std::uint32_t to) const noexcept {
    const std::uint32_t a = group_[from];
    const std::uint32_t b = group_[to];
    if (a == 0 || b == 0 || a == b) return false;
    if (ring_ == 0) return !one_way_ || a < b;
    const std::uint32_t along = a < b ? b - a : a - b;
    // A majority of n is n/2 + 1 with oneself: n/2 neighbours, half of them, rounded up, on each
    // side.
    const std::uint32_t reach = (ring_ / 2 + 1) / 2;
    return std::min(along, ring_ - along) > reach;
}

Result<Cuts> cut(const Partition& partition, const std::optional<Target>& target,
                 const std::vector<Place>& places, Random& random) {
    Random own = Random::at(RandomKey{random.next()}, 0);
    Result<std::vector<std::uint32_t>> group =
        partition.shape ? groups_of_shape(*partition.shape, target.value_or(Target{}), places, own)
                        : groups_of_lists(partition.groups, places);
    if (!group) return Unexpected{group.error()};
    Cuts cuts;
    cuts.group_ = *std::move(group);
    cuts.one_way_ = partition.one_way;
    if (partition.shape == Partition::Shape::majorities_ring)
        cuts.ring_ = *std::max_element(cuts.group_.begin(), cuts.group_.end());
    return cuts;
}

}  // namespace shaketable::faults
