#include "model/lots.h"

namespace shaketable::model {

void Lots::put(std::size_t queue, Index who) {
    if (who >= places_.size()) places_.resize(who + std::size_t{1});
    places_[who] = static_cast<std::uint32_t>(waiting_[queue].size());
    waiting_[queue].push_back(who);
}

void Lots::take(std::size_t queue, Index who) {
    std::vector<Index>& waiting = waiting_[queue];
    const Index last = waiting.back();
    waiting[places_[who]] = last;
    places_[last] = places_[who];
    waiting.pop_back();
}

}  // namespace shaketable::model
