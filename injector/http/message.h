/// What stand-ins, load and proxies say to each other in HTTP/1.1.
///
/// `x-shaketable-edge`      index into Model::edge_states: whose call it is, under which policy
/// `x-shaketable-deadline`  until when the answer is wanted, by the caller's policy; ns since zero
/// `x-shaketable-patience`  when the caller gives this try up, whatever it told the callee's
///                          policies; ns since zero. It lets the callee count what it did for
///                          nobody.
/// `x-shaketable-arrives`   when the request is meant to arrive over the scenario's link; ns since
///                          zero. A stand-in waits for it, so that the real way is part of the
///                          emulated one instead of coming on top. Who holds a request back by
///                          `d` adds `d` to it, or nothing where that is much more than a link's
///                          time.
/// `x-shaketable-outcome`   of an answer: why it is not a success, by the name of the outcome
/// `x-shaketable-left`      of a stand-in's answer: when it left, ns since zero; its caller counts
/// the
///                          link's time back from there. As above for who holds it back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/outcome.h"
#include "base/units.h"
#include "injector/http/trace_context.h"

namespace shaketable::injector {

inline constexpr std::string_view edge_header = "x-shaketable-edge";
inline constexpr std::string_view deadline_header = "x-shaketable-deadline";
inline constexpr std::string_view patience_header = "x-shaketable-patience";
inline constexpr std::string_view arrives_header = "x-shaketable-arrives";
inline constexpr std::string_view left_header = "x-shaketable-left";
inline constexpr std::string_view outcome_header = "x-shaketable-outcome";
/// Of an answer without a body that is an error of gRPC. Source: gRPC over HTTP2, "Trailers-Only".
inline constexpr std::string_view grpc_status_header = "grpc-status";

/// What a request says in its head, beside method and path.
struct CallHead {
    std::optional<std::uint32_t> edge_state;
    Time deadline = never;
    Time patience = never;
    Time arrives = never;  ///< never: when it comes
    std::optional<TraceContext> trace;
};

/// Appends the head of a request, `start` being its request line and fixed headers, each with its
/// line end.
void append_request(std::string& to, std::string_view start, const CallHead& call,
                    std::int64_t body);
/// What an answer says in its head.
struct AnswerHead {
    std::uint16_t status = 200;  ///< of HTTP, or of gRPC below 100, which travels in a field
    Outcome outcome = Outcome::ok;
    Time left = never;  ///< not said
    bool keep_alive = true;
};

/// Appends the head of an answer with a body of so many bytes. A success needs no word for it.
void append_response(std::string& to, const AnswerHead& answer, std::int64_t body);

/// A decimal number without sign and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;
/// A time of a header; `never` if it is none.
[[nodiscard]] Time parse_time(std::string_view text) noexcept;
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view text) noexcept;
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;

}  // namespace shaketable::injector
