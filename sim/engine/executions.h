/// How often the work of a call was done: its tries come to their end at the callee also when their
/// caller has left, and the last of them may do so long after the call has settled.
///
/// A record lives as long as its call or any of its tries. Kept only where an expectation asks.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slab.h"
#include "model/index.h"

namespace shaketable::sim {

class Executions {
  public:
    explicit Executions(bool counts) : counts_{counts} {}

    /// Nothing below is called where nothing is counted.
    [[nodiscard]] bool counts() const noexcept { return counts_; }
    void call_begun(model::Index call);
    /// A try of a call that has begun.
    void sent(model::Index call, model::Index walker);
    /// True: for the second time, of this call. Not of a try: false.
    [[nodiscard]] bool done(model::Index walker);
    void call_gone(model::Index call) { let_go(of_call_, call); }
    void walker_gone(model::Index walker) { let_go(of_walker_, walker); }

  private:
    struct Record {
        std::uint32_t done = 0;
        std::uint32_t holders = 0;
    };
    static void put(std::vector<model::Index>& of, model::Index who, model::Index record);
    void let_go(std::vector<model::Index>& of, model::Index who);

    bool counts_;
    Slab<Record> records_;
    std::vector<model::Index> of_call_, of_walker_;  ///< `none`: has none
};

}  // namespace shaketable::sim
