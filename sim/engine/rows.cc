// Rows that requests commit to without locks: who comes second has come for nothing.
#include "sim/engine/engine.h"

namespace shaketable::sim {

void Engine::step_row_read(Index walker, const Instruction& step) {
    std::uint32_t row = step.a;
    if (step.b != none)
        row += model_.program.row_keys[step.b].draw(
            step_dice_[replicas_[walkers_[walker].replica].service]);
    frames_.push(walkers_[walker].frames,
                 {.kind = Frame::Kind::row, .a = row, .b = row_versions_[row]});
    ++walkers_[walker].pc;
}

/// False: another has committed since the version was noted.
bool Engine::step_row_commit(Index walker) {
    const Frame frame = frames_.take(walkers_[walker].frames, Frame::Kind::row);
    if (row_versions_[frame.a] != frame.b) return false;
    ++row_versions_[frame.a];
    ++walkers_[walker].pc;
    return true;
}

}  // namespace shaketable::sim
