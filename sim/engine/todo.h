/// What still follows at the instant of an event, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/outcome.h"
#include "model/index.h"

namespace shaketable::sim {

/// One word, so that it is read in the width in which it was written: what is read back at once in
/// another width waits for the store.
struct Todo {
    enum class What : std::uint8_t { run, arrive, deliver, resume, fail, pass_gates };
    Todo() = default;
    Todo(What what, model::Index index, Outcome outcome, std::uint16_t status)
        : word{std::uint64_t{index} << 32U | std::uint64_t{status} << 16U |
               static_cast<std::uint64_t>(outcome) << 8U | static_cast<std::uint64_t>(what)} {}
    [[nodiscard]] What what() const { return static_cast<What>(word & 0xFFU); }
    [[nodiscard]] Outcome outcome() const { return static_cast<Outcome>(word >> 8U & 0xFFU); }
    [[nodiscard]] std::uint16_t status() const { return static_cast<std::uint16_t>(word >> 16U); }
    /// A walker; of pass_gates, a call.
    [[nodiscard]] model::Index index() const { return static_cast<model::Index>(word >> 32U); }

    std::uint64_t word = 0;
};

/// Taken from the front, added to at the back; it grows, and starts anew when it is empty. Lean,
/// since every step of a request goes through it.
class TodoList {
  public:
    void add(Todo next) {
        if (end_ == list_.size()) [[unlikely]]
            list_.resize(list_.size() * 2);
        list_[end_++] = next;
    }
    /// False: nothing is left.
    [[nodiscard]] bool take(Todo& next) {
        if (begin_ == end_) {
            begin_ = end_ = 0;
            return false;
        }
        next = list_[begin_++];
        return true;
    }

  private:
    std::vector<Todo> list_ = std::vector<Todo>(64);
    std::size_t begin_ = 0, end_ = 0;
};

}  // namespace shaketable::sim
