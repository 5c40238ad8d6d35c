/// Follows a body through the bytes of a connection: which are data, which frame it, where it ends.
///
/// Of chunks it is as strict as the head's reader: sizes of at most 15 hexadecimal digits, CRLF and
/// nothing else, extensions of at most 256 bytes (16 KiB a body), trailers of at most 8 KiB and
/// none that frames or routes a message.
///
/// Source: RFC 9112 (6, 7.1).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "injector/proxy/http/head.h"

namespace shaketable::injector::proxy {

class BodyReader {
  public:
    BodyReader() = default;  ///< no body
    explicit BodyReader(const BodyFrame& frame) noexcept;

    /// A run of bytes from the front of what was asked about; empty where more must be read first,
    /// or nothing follows.
    struct Piece {
        std::size_t size = 0;
        bool data = false;  ///< else it frames
    };
    [[nodiscard]] Piece next(std::string_view bytes) noexcept;

    [[nodiscard]] bool is_done() const noexcept { return state_ == State::done; }
    [[nodiscard]] bool is_malformed() const noexcept { return state_ == State::malformed; }
    /// Does it end with the connection?
    [[nodiscard]] bool ends_with_connection() const noexcept { return state_ == State::to_end; }

  private:
    enum class State : std::uint8_t {
        done,
        malformed,
        length,  ///< `left_` bytes to go
        to_end,
        size,       ///< in the digits of a chunk's size
        extension,  ///< behind them
        size_end,   ///< at the LF of that line
        data,       ///< `left_` bytes of the chunk to go
        data_cr,
        data_lf,
        trailer,    ///< at the start of a trailer's line, or of the empty one
        name,       ///< in the name of a trailer
        value,      ///< behind its colon
        value_end,  ///< at the LF of that line
        last_lf,    ///< of all
    };
    [[nodiscard]] State frame(char c) noexcept;
    [[nodiscard]] State frame_size(char c) noexcept;
    [[nodiscard]] State frame_trailer(char c) noexcept;
    [[nodiscard]] State frame_name(char c) noexcept;

    State state_ = State::done;
    std::uint8_t digits_ = 0;
    std::uint16_t extension_ = 0;   ///< bytes of this chunk's
    std::uint32_t extensions_ = 0;  ///< of all chunks'
    std::uint32_t trailers_ = 0;
    std::array<char, 18> name_{};  ///< of this trailer, as much as there is room for
    std::uint8_t name_size_ = 0;
    std::int64_t left_ = 0;
};

}  // namespace shaketable::injector::proxy
