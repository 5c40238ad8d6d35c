/// Chooses which requests of a run are worth keeping whole, while the run goes by.
///
/// A run can be played again exactly, so nothing has to be kept of requests that turn out to be of
/// no interest: the first playing only notes which ones are, by where and when they began, and a
/// second one writes down all that happens to those (see tracer.h).
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace shaketable::sim {

/// A request by its beginning. Two that begin at one instant on one edge are both meant.
struct Pick {
    Time start{};
    std::uint32_t edge_state = 0;
    auto operator<=>(const Pick&) const = default;
};

/// A fair die for each request, the same in every playing. >= 0
[[nodiscard]] inline std::int64_t die_of(Pick pick) noexcept {
    std::uint64_t x = static_cast<std::uint64_t>(pick.start.time_since_epoch().count()) +
                      (std::uint64_t{pick.edge_state} << 48U);
    x = (x ^ (x >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d0'49bb'1331'11ebU;
    return static_cast<std::int64_t>((x ^ (x >> 31U)) >> 1U);
}

class Picks {
  public:
    /// `keep`: how many requests are to be kept; twice as many are noted of each sort, since the
    /// most retried ones are found among them. 0: none.
    explicit Picks(std::uint32_t keep) : room_{std::size_t{keep} * 2} {}

    /// A request has ended. Cheap where it is of no interest.
    void settled(Pick pick, Duration took, bool good) {
        if (room_ == 0) return;
        if (took.count() > slowest_.bar || slowest_.entries.size() < room_)
            offer(slowest_, {took.count(), pick});
        const std::int64_t rank = die_of(pick);
        if (rank > random_.bar || random_.entries.size() < room_) offer(random_, {rank, pick});
        if (!good && (rank > failed_.bar || failed_.entries.size() < room_))
            offer(failed_, {rank, pick});
    }
    /// All that were noted, ascending, each once.
    [[nodiscard]] std::vector<Pick> take() const;

  private:
    struct Entry {
        std::int64_t rank;
        Pick pick;
        auto operator<=>(const Entry&) const = default;
    };
    /// The entries of the highest rank; a heap with the lowest on top.
    struct Best {
        std::vector<Entry> entries;
        std::int64_t bar = -1;  ///< an entry must rank above it to get in
    };
    void offer(Best& best, Entry entry);

    std::size_t room_;
    Best slowest_, failed_, random_;
};

}  // namespace shaketable::sim
