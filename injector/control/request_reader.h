/// Reads the requests of a connection from whatever pieces they come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "injector/control/message.h"

namespace shaketable::injector::control {

class RequestReader {
  public:
    RequestReader(std::uint32_t head_max, std::size_t body_max);
    ~RequestReader();

    enum class State : std::uint8_t {
        idle,  ///< nothing of a request has come
        head,  ///< its head is not whole
        body,  ///< its body is not whole
        done,  ///< `take` gives it
        bad,   ///< `status` and `why` say how
    };
    /// Takes more bytes, or none, to look at those that came behind the last request.
    State feed(std::string_view bytes);
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }
    /// Does its sender wait for a word before it sends the body? Says so once.
    [[nodiscard]] bool wants_to_go_on();

    struct Taken {
        Request request;
        bool keep_alive = true;
    };
    /// Precondition: done. Makes ready for the next one.
    [[nodiscard]] Taken take();

  private:
    struct Parser;
    State refuse(int status, std::string why);

    std::uint32_t head_max_;
    std::size_t body_max_;
    std::unique_ptr<Parser> parser_;
    std::string bytes_;  ///< not parsed yet
    int status_ = 0;
    std::string why_;
    bool asked_ = false;
};

}  // namespace shaketable::injector::control
