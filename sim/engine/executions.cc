#include "sim/engine/executions.h"

#include <utility>

namespace shaketable::sim {

using model::Index;
using model::none;

void Executions::put(std::vector<Index>& of, Index who, Index record) {
    if (of.size() <= who) of.resize(who + 1, none);
    of[who] = record;
}

void Executions::let_go(std::vector<Index>& of, Index who) {
    if (who >= of.size()) return;
    const Index record = std::exchange(of[who], none);
    if (record != none && --records_[record].holders == 0) records_.give_back(record);
}

void Executions::call_begun(Index call) {
    const Index record = records_.take();
    records_[record] = {.done = 0, .holders = 1};
    put(of_call_, call, record);
}

void Executions::sent(Index call, Index walker) {
    const Index record = of_call_[call];
    ++records_[record].holders;
    put(of_walker_, walker, record);
}

bool Executions::done(Index walker) {
    if (walker >= of_walker_.size() || of_walker_[walker] == none) return false;
    return ++records_[of_walker_[walker]].done == 2;
}

}  // namespace shaketable::sim
