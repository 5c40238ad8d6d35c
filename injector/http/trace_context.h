/// The trace that a request belongs to, as it travels in the header `traceparent`.
///
/// Source: W3C Trace Context, level 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shaketable::injector {

struct TraceContext {
    std::uint64_t trace_high = 0, trace_low = 0;  ///< not both 0
    std::uint64_t parent = 0;                     ///< id of the calling span; not 0
    std::uint8_t flags = 1;                       ///< 1 = sampled
    bool operator==(const TraceContext&) const = default;
};

/// None: not of version 00 to fe, or an id of zeros; then the receiver starts a trace of its own.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept;
/// Appends 55 characters.
void append_traceparent(std::string& to, const TraceContext& context);

/// Ids that do not repeat within a run: `stream` tells processes apart, `ordinal` what they count.
[[nodiscard]] std::uint64_t span_id(std::uint64_t stream, std::uint64_t ordinal) noexcept;

}  // namespace shaketable::injector
