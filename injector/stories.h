/// What each process of a run remembers of who worked for which request, so that some requests can
/// be told whole when the run is over.
///
/// A request is known by the trace id that travels in its `traceparent`, a try by its span id. The
/// caller notes each try when it has ended, the callee each stay. Which requests are worth telling
/// shows at the end only: the load generator then names some (`choose`), and everybody tells what
/// they know of those (`tell`). A bounded number is remembered, the oldest are forgotten first, and
/// `StoryBook` leaves requests out of which something may have been forgotten.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "model/index.h"
#include "model/model.h"
#include "reports/record/record.h"

namespace shaketable::injector {

/// A request of a workload, from its beginning to its end.
struct RootStory {
    std::uint64_t trace = 0;
    std::uint64_t ordinal = 0;  ///< number of the request in its run, from 0
    std::uint32_t edge_state = 0;
    Time sent{}, ended{};
    Outcome outcome = Outcome::ok;
    bool operator==(const RootStory&) const = default;
};

/// One try of a call, as its caller saw it.
struct TryStory {
    std::uint64_t trace = 0, id = 0;
    std::uint64_t parent = 0;  ///< the try that reached its caller; 1: the request itself
    std::uint32_t edge_state = 0;
    std::uint32_t replica = model::none;  ///< none: it was refused before it left
    std::uint32_t attempt = 1;
    Time sent{}, ended{};
    Outcome outcome = Outcome::ok;
    bool operator==(const TryStory&) const = default;
};

/// The stay of a try at its callee.
struct StayStory {
    std::uint64_t trace = 0, id = 0;
    Time arrived{}, started = never;
    bool operator==(const StayStory&) const = default;
};

class Stories {
  public:
    static constexpr std::size_t kept_max = std::size_t{1} << 17U;  ///< of each sort, a process

    /// `wanted`: else nothing is remembered.
    explicit Stories(bool wanted, std::size_t kept = kept_max) : room_{wanted ? kept : 0} {}

    void request_began(std::uint64_t trace) { put(begun_, trace); }
    void request_ended(RootStory root) { put(roots_, root); }
    void ended(const TryStory& story) { put(tries_, story); }
    void stayed(const StayStory& story) { put(stays_, story); }

    /// Answers an order of `StoryBook`'s; none: it is none.
    [[nodiscard]] std::optional<std::string> answer(std::string_view order) const;

  private:
    template <class T>
    struct Ring {
        std::vector<T> entries;
        std::uint64_t seen = 0;
        /// Of the oldest that is there: its number among all.
        [[nodiscard]] std::uint64_t first() const noexcept { return seen - entries.size(); }
    };
    template <class T>
    void put(Ring<T>& ring, const T& entry) {
        if (room_ == 0) return;
        if (ring.entries.size() < room_) {
            ring.entries.push_back(entry);
        } else {
            T& oldest = ring.entries[ring.seen % room_];
            if constexpr (requires { oldest.ended; })
                forgotten_ = std::max(forgotten_, oldest.ended);
            else if constexpr (requires { oldest.arrived; })
                forgotten_ = std::max(forgotten_, oldest.arrived);
            oldest = entry;
        }
        ++ring.seen;
    }
    [[nodiscard]] std::string choose(std::uint32_t keep) const;
    [[nodiscard]] std::string tell(std::vector<std::uint64_t> traces) const;

    std::size_t room_;
    Ring<std::uint64_t> begun_;  ///< traces of requests, in the order of their numbers
    Ring<RootStory> roots_;
    Ring<TryStory> tries_;
    Ring<StayStory> stays_;
    Time forgotten_{};  ///< what had ended by then may be forgotten
};

/// In the controller: asks for stories and puts them together.
class StoryBook {
  public:
    explicit StoryBook(std::uint32_t keep) : keep_{keep} {}

    /// For the load generator.
    [[nodiscard]] std::string order_to_choose() const;
    /// For everybody else too, when that has been answered.
    [[nodiscard]] std::string order_to_tell() const;
    /// An answer of a process; what cannot be read counts as an answer without stories.
    void on_answer(std::string_view answer);
    [[nodiscard]] bool has_chosen() const noexcept { return has_chosen_; }
    [[nodiscard]] std::size_t told() const noexcept { return told_; }

    /// At most `keep`: a quarter each of the slowest, of failed, of the most retried, and of any.
    [[nodiscard]] std::vector<reports::Trace> take(const model::Model& model);

  private:
    [[nodiscard]] reports::Trace write(const RootStory& root, const model::Model& model) const;

    std::uint32_t keep_;
    std::vector<RootStory> roots_;
    std::vector<TryStory> tries_;
    std::vector<StayStory> stays_;
    Time forgotten_{};
    bool has_chosen_ = false;
    std::size_t told_ = 0;
};

}  // namespace shaketable::injector
