#include "sim/engine/picks.h"

#include <algorithm>
#include <functional>

namespace shaketable::sim {

void Picks::offer(Best& best, Entry entry) {
    if (best.entries.size() == room_) {
        std::pop_heap(best.entries.begin(), best.entries.end(), std::greater<>{});
        best.entries.pop_back();
    }
    best.entries.push_back(entry);
    std::push_heap(best.entries.begin(), best.entries.end(), std::greater<>{});
    if (best.entries.size() == room_) best.bar = best.entries.front().rank;
}

std::vector<Pick> Picks::take() const {
    std::vector<Pick> all;
    for (const Best* best : {&slowest_, &failed_, &random_})
        for (const Entry& entry : best->entries) all.push_back(entry.pick);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace shaketable::sim
