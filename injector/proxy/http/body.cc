#include "injector/proxy/http/body.h"

#include <algorithm>

#include "faults/kinds/header.h"
#include "injector/proxy/http/framing.h"

namespace shaketable::injector::proxy {

namespace {

constexpr std::uint16_t extension_max = 256;
constexpr std::uint32_t extensions_max = 16'384;
constexpr std::uint32_t trailers_max = 8'192;
constexpr std::uint8_t digits_max = 15;

int hexadecimal(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_text(char c) noexcept {
    const auto u = static_cast<unsigned char>(c);
    return (u >= 0x20 && u != 0x7F) || c == '\t';
}

}  // namespace

BodyReader::BodyReader(const BodyFrame& frame) noexcept {
    switch (frame.kind) {
        case BodyFrame::Kind::none:
            break;
        case BodyFrame::Kind::length:
            left_ = frame.length;
            state_ = left_ > 0 ? State::length : State::done;
            break;
        case BodyFrame::Kind::chunked:
            state_ = State::size;
            break;
        case BodyFrame::Kind::to_end:
            state_ = State::to_end;
            break;
    }
}

BodyReader::Piece BodyReader::next(std::string_view bytes) noexcept {
    if (bytes.empty()) return {};
    if (state_ == State::to_end) return {bytes.size(), true};
    if (state_ == State::length || state_ == State::data) {
        const auto size = std::min<std::size_t>(bytes.size(), static_cast<std::size_t>(left_));
        left_ -= static_cast<std::int64_t>(size);
        if (left_ == 0) state_ = state_ == State::length ? State::done : State::data_cr;
        return {size, true};
    }
    std::size_t size = 0;
    while (size < bytes.size() && state_ != State::data && state_ != State::done &&
           state_ != State::malformed)
        state_ = frame(bytes[size++]);
    return {size, false};
}

BodyReader::State BodyReader::frame(char c) noexcept {
    switch (state_) {
        case State::size:
        case State::extension:
        case State::size_end:
            return frame_size(c);
        case State::data_cr:
            return c == '\r' ? State::data_lf : State::malformed;
        case State::data_lf:
            digits_ = 0;
            return c == '\n' ? State::size : State::malformed;
        default:
            return frame_trailer(c);
    }
}

BodyReader::State BodyReader::frame_size(char c) noexcept {
    if (state_ == State::size_end) {
        if (c != '\n') return State::malformed;
        extension_ = 0;
        return left_ > 0 ? State::data : State::trailer;
    }
    if (state_ == State::extension) {
        if (c == '\r') return State::size_end;
        if (!is_text(c) || ++extension_ > extension_max || ++extensions_ > extensions_max)
            return State::malformed;
        return State::extension;
    }
    if (const int digit = hexadecimal(c); digit >= 0) {
        if (digits_ == 0) left_ = 0;
        if (++digits_ > digits_max) return State::malformed;
        left_ = left_ * 16 + digit;
        return State::size;
    }
    if (digits_ == 0) return State::malformed;
    if (c == '\r') return State::size_end;
    return c == ';' ? State::extension : State::malformed;
}

BodyReader::State BodyReader::frame_trailer(char c) noexcept {
    if (++trailers_ > trailers_max) return State::malformed;
    switch (state_) {
        case State::trailer:
            if (c == '\r') return State::last_lf;
            name_size_ = 0;
            return c == ':' ? State::malformed : frame_name(c);
        case State::name:
            return frame_name(c);
        case State::value:
            if (c == '\r') return State::value_end;
            return is_text(c) ? State::value : State::malformed;
        case State::value_end:
            return c == '\n' ? State::trailer : State::malformed;
        case State::last_lf:
            return c == '\n' ? State::done : State::malformed;
        default:
            return State::malformed;
    }
}

/// The longest name that may not stand here has one byte less than there is room for.
BodyReader::State BodyReader::frame_name(char c) noexcept {
    if (c == ':') return may_trail({name_.data(), name_size_}) ? State::value : State::malformed;
    if (!faults::is_header_name({&c, 1})) return State::malformed;
    if (name_size_ < name_.size()) name_[name_size_++] = c;
    return State::name;
}

}  // namespace shaketable::injector::proxy
