/// A head, written again: headers set and taken off, the length of another body, our own headers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/units.h"
#include "faults/kinds/tamper.h"
#include "injector/proxy/http/head.h"

namespace shaketable::injector::proxy {

/// Headers of ours, see injector/http/: whose call it is, and the instants that a hold moves.
inline constexpr std::string_view own_prefix = "x-shaketable-";
inline constexpr std::string_view edge_name = "x-shaketable-edge";
inline constexpr std::string_view arrives_name = "x-shaketable-arrives";
inline constexpr std::string_view left_name = "x-shaketable-left";

struct Edits {
    std::span<const faults::Tamper* const> tampers{};  ///< in the order in which they act
    Duration held{0};       ///< by a fault; added to the instants in our headers
    bool hide_own = false;  ///< the other side is none of ours

    /// The body that a tamper puts in place; none: it stays.
    [[nodiscard]] const std::string* body() const noexcept;
    /// Would anything of this head change?
    [[nodiscard]] bool concern(const HttpHead& head) const noexcept;
};

/// Appends the head with its edits, its empty line included. With a body in place the message has
/// that length, or none where `bodiless`.
void append_edited(std::string& to, const HttpHead& head, const Edits& edits, bool bodiless);

/// Appends a whole answer of ours: `status` of HTTP, or of gRPC below 100. `bodiless`: it answers a
/// HEAD request. `close`: says that the connection ends.
void append_own_answer(std::string& to, std::uint16_t status, std::string_view text, bool bodiless,
                       bool close);

}  // namespace shaketable::injector::proxy
