/// What walkers are inside of: loops, locks, fills of caches, rows read. Each walker has a stack of
/// its own, whose top it keeps; the frames of all stand together.
///
/// Allocates only while growing to a new maximum.
#pragma once

#include <cstdint>

#include "base/check.h"
#include "base/slab.h"
#include "model/index.h"

namespace shaketable::model {

struct Frame {
    enum class Kind : std::uint8_t { loop, lock, fill, row };
    Kind kind = Kind::loop;
    std::uint32_t a = 0;  ///< loop: rounds left; lock: its index; fill: the cache; row: which
    std::uint32_t b = 0;  ///< fill: the key; row: the version noted
    Index next = none;    ///< the one around it
};

class Frames {
  public:
    void push(Index& top, Frame frame) {
        const Index index = frames_.take();
        frame.next = top;
        frames_[index] = frame;
        top = index;
    }
    /// Precondition of what follows: there is such a frame.
    [[nodiscard]] Frame& top(Index top) { return frames_[top]; }
    /// The innermost of a kind. Locks that were taken in between, and are held on, lie above it.
    [[nodiscard]] Frame& innermost(Index& top, Frame::Kind kind) {
        return frames_[*find(top, [&](const Frame& frame) { return frame.kind == kind; })];
    }
    /// Takes the innermost of a kind out.
    Frame take(Index& top, Frame::Kind kind) {
        return take_at(find(top, [&](const Frame& frame) { return frame.kind == kind; }));
    }
    /// Takes a lock out, wherever it lies.
    void take_lock(Index& top, std::uint32_t lock) {
        take_at(find(top, [&](const Frame& frame) {
            return frame.kind == Frame::Kind::lock && frame.a == lock;
        }));
    }
    Frame pop(Index& top) { return take_at(&top); }

  private:
    /// Where the index of the innermost fitting one stands.
    template <class Fits>
    [[nodiscard]] Index* find(Index& top, Fits fits) {
        Index* link = &top;
        while (*link != none && !fits(frames_[*link])) link = &frames_[*link].next;
        SHAKETABLE_CHECK(*link != none, "who leaves something has been inside of it");
        return link;
    }
    Frame take_at(Index* link) {
        const Index index = *link;
        const Frame frame = frames_[index];
        *link = frame.next;
        frames_.give_back(index);
        return frame;
    }

    Slab<Frame> frames_;
};

}  // namespace shaketable::model
