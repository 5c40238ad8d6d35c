/// Who waits to be served in random order: one comes, one goes and one is drawn without a search.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "model/index.h"

namespace shaketable::model {

/// Allocates only while growing to a new maximum.
class Lots {
  public:
    /// Queues are numbered from 0.
    void make_room(std::size_t queues) { waiting_.resize(queues); }
    /// Precondition: `who` waits in no queue.
    void put(std::size_t queue, Index who);
    /// Precondition: `who` waits in this queue.
    void take(std::size_t queue, Index who);
    /// One of those who wait, each as likely as the other; stays where it is. Precondition:
    /// somebody waits.
    [[nodiscard]] Index draw(std::size_t queue, Random& dice) const {
        const std::vector<Index>& waiting = waiting_[queue];
        return waiting[dice.below(static_cast<std::uint32_t>(waiting.size()))];
    }

  private:
    std::vector<std::vector<Index>> waiting_;  ///< per queue, in no order that means anything
    std::vector<std::uint32_t> places_;        ///< by `who`: where it stands in its queue
};

}  // namespace shaketable::model
