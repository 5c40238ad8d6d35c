/// Reads HTTP/1.1 messages from whatever pieces a connection delivers them in. Bodies are counted
/// off and dropped.
///
/// The grammar is Beast's (content lengths that differ, obsolete folding, bare line feeds and the
/// like are errors). Heads hold at most 16 KiB, bodies 64 MiB. No allocation per message, unless
/// its head comes in several pieces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "injector/http/message.h"

namespace shaketable::injector {

inline constexpr std::uint32_t head_max = 16 * 1024;
inline constexpr std::uint64_t body_max = std::uint64_t{64} << 20U;

namespace beast = boost::beast;

/// Callbacks that neither side needs.
template <bool is_request>
class MessageParser : public beast::http::basic_parser<is_request> {
  public:
    MessageParser() {
        this->header_limit(head_max);
        this->body_limit(body_max);
        this->eager(true);
    }

  private:
    using error_code = beast::error_code;
    using view = beast::string_view;
    void on_request_impl(beast::http::verb, view, view, int, error_code&) override {}
    void on_response_impl(int, view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code&) override {
        return body.size();
    }
    void on_finish_impl(error_code&) override {}
};

class RequestParser : public MessageParser<true> {
  public:
    [[nodiscard]] const CallHead& call() const noexcept { return call_; }
    [[nodiscard]] const std::string& method() const noexcept { return method_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }  ///< without a query

  private:
    void on_request_impl(beast::http::verb verb, beast::string_view method,
                         beast::string_view target, int version, beast::error_code& ec) override;
    void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                       beast::error_code& ec) override;

    CallHead call_;
    std::string method_, path_;
};

class ResponseParser : public MessageParser<false> {
  public:
    /// Of HTTP, or 1 .. 16 where the answer is an error of gRPC.
    [[nodiscard]] std::uint16_t status() const noexcept { return grpc_ != 0 ? grpc_ : status_; }
    [[nodiscard]] bool is_interim() const noexcept { return status_ < 200; }
    [[nodiscard]] bool is_error() const noexcept { return status_ >= 400 || grpc_ != 0; }
    [[nodiscard]] std::optional<Outcome> outcome() const noexcept { return outcome_; }
    [[nodiscard]] Time left() const noexcept { return left_; }  ///< never: it does not say

  private:
    void on_response_impl(int status, beast::string_view reason, int version,
                          beast::error_code& ec) override;
    void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                       beast::error_code& ec) override;

    std::uint16_t status_ = 0;
    std::uint16_t grpc_ = 0;  ///< 0: it does not say, or all is well
    std::optional<Outcome> outcome_;
    Time left_ = never;
};

/// How far a message has been read.
enum class Progress : std::uint8_t { more, done, bad };

/// One connection's messages, one after the other.
template <class Parser>
class MessageReader {
  public:
    /// Makes ready for the next message. What came behind the last one is kept.
    void restart() { parser_.emplace(); }
    /// Takes more bytes, or none to look at those that were kept. `done`: `message()` is whole;
    /// what came behind it is kept.
    [[nodiscard]] Progress feed(std::string_view bytes);
    /// The connection was closed by the other side. `done`: that was the end of the message.
    [[nodiscard]] Progress feed_end();
    [[nodiscard]] const Parser& message() const { return *parser_; }
    /// Of an answer to HEAD: no body follows. Precondition: restarted, nothing fed.
    void expect_no_body() { parser_->skip(true); }
    [[nodiscard]] bool has_kept() const noexcept { return !kept_.empty(); }

  private:
    void keep(std::string_view rest, bool of_kept);

    std::optional<Parser> parser_;
    std::string kept_;
};

using RequestReader = MessageReader<RequestParser>;
using ResponseReader = MessageReader<ResponseParser>;

}  // namespace shaketable::injector
