/// What a live run is doing, while it does it: a block of at most twelve lines that is repainted on
/// a terminal, and a line every ten seconds where standard error is none.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "injector/plan.h"
#include "injector/run/watch.h"

namespace shaketable::cli {

class LiveBlock {
  public:
    /// Silent unless `on`. `plan` outlives it.
    LiveBlock(const injector::Plan& plan, bool on);
    ~LiveBlock();
    LiveBlock(const LiveBlock&) = delete;
    LiveBlock& operator=(const LiveBlock&) = delete;

    /// As often as one likes; it paints five times a second at most.
    void show(const injector::Watch& watch, Time now);

  private:
    void repaint(const injector::Watch& watch, Time now);
    void say(const injector::Watch& watch, Time now);
    void wipe();

    const injector::Plan& plan_;
    bool on_;
    bool is_terminal_;
    std::size_t painted_ = 0;  ///< lines that stand on the terminal
    std::chrono::steady_clock::time_point next_{};
    Time next_line_{std::chrono::seconds{10}};
};

}  // namespace shaketable::cli
