/// Kernel pipes for splice(2): few, and lent to connections while bulk data runs through them,
/// since two descriptors more per connection would halve how many a process can hold.
#pragma once

#include <cstddef>
#include <vector>

namespace shaketable::injector::proxy {

/// An empty pipe; closed when it goes out of scope.
class Pipe {
  public:
    Pipe() = default;  ///< none
    /// Not open where the process has no descriptors left.
    [[nodiscard]] static Pipe make();
    Pipe(Pipe&& other) noexcept;
    Pipe& operator=(Pipe&& other) noexcept;
    ~Pipe();

    [[nodiscard]] bool is_open() const noexcept { return in_ >= 0; }
    [[nodiscard]] int in() const noexcept { return in_; }    ///< to write into
    [[nodiscard]] int out() const noexcept { return out_; }  ///< to read from
    std::size_t held = 0;                                    ///< bytes in it

  private:
    int in_ = -1, out_ = -1;
};

class PipePool {
  public:
    /// One that is not open where all are lent.
    [[nodiscard]] Pipe take();
    /// Keeps it for the next one; closes it if it is not empty.
    void give(Pipe pipe);

  private:
    static constexpr int most = 32;
    int lent_ = 0;
    std::vector<Pipe> free_;
};

}  // namespace shaketable::injector::proxy
