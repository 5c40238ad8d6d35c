/// Whom a fault hits: `ledger`, `ledger[0]`, `ledger[25%]`, `store[eu-1b/0]`, `zone:eu-1a`, `a ->
/// b`, `a <-> b`, `api -> bus/orders`, `*`. The arrow is the direction of the call, from caller to
/// callee.
///
/// Errors: E113 does not parse (`where.column` is the offset within the text), E117 selects nothing
/// (`ledger[0%]`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/field.h"
#include "base/units.h"

namespace shaketable::faults {

/// Which replicas of a service: the part in brackets.
struct ReplicaSelector {
    enum class By : std::uint8_t {
        all,            ///< no brackets
        index,          ///< `[0]`: the replica of that number
        share,          ///< `[25%]`: the first ones by number, rounded up, so never none
        index_in_zone,  ///< `[eu-1b/0]`: the replica of that number among those in the zone
    };
    By by = By::all;
    std::uint32_t index = 0;  ///< by index and by index_in_zone
    Share share{};            ///< by share; 0 < share <= 1
    std::string zone{};       ///< by index_in_zone
    bool operator==(const ReplicaSelector&) const = default;
};

/// One end of an arrow, or a whole target without arrow.
struct Side {
    enum class What : std::uint8_t { everything, service, zone };
    What what = What::everything;
    std::string name{};   ///< of the service, workload or zone; "" for everything
    std::string topic{};  ///< `bus/orders`: the topic of a broker; "" = not restricted to one
    ReplicaSelector replicas{};  ///< of a service only
    bool operator==(const Side&) const = default;
};

struct Target {
    enum class Arrow : std::uint8_t {
        none,     ///< `from` alone
        forward,  ///< calls of `from` to `to`
        both,     ///< calls of each to the other
    };
    Side from{};
    Arrow arrow = Arrow::none;
    Side to{};  ///< where there is an arrow
    bool operator==(const Target&) const = default;
};

/// Where one end of a crossing lives, as a world knows it. The names belong to the world's model.
struct Place {
    std::string_view service{};         ///< or the name of a workload
    std::uint32_t replica = 0;          ///< its number within the service
    std::uint32_t replicas = 1;         ///< how many the service has in all; 0 = it is a workload
    std::string_view zone{};            ///< "" = in no zone
    std::uint32_t replica_in_zone = 0;  ///< its number among the service's replicas in its zone
    std::string_view topic{};           ///< of a broker, where the crossing is a message
};

[[nodiscard]] bool contains(const Side& side, const Place& place);
/// Is `place` hit by a fault of a service? Precondition: the target has no arrow.
[[nodiscard]] bool contains(const Target& target, const Place& place);
/// Is a call from `from` to `to` hit? Without an arrow: every call into the target, `* -> target`.
[[nodiscard]] bool contains(const Target& target, const Place& from, const Place& to);

}  // namespace shaketable::faults

namespace shaketable {

template <>
struct Text<faults::Side> {
    static constexpr std::string_view name = "side";
    static constexpr std::string_view example = "ledger[0]";
    static Result<faults::Side> parse(std::string_view text);
    static std::string print(const faults::Side& value);
};
template <>
struct Text<faults::Target> {
    static constexpr std::string_view name = "target";
    static constexpr std::string_view example = "payments -> ledger";
    static Result<faults::Target> parse(std::string_view text);
    static std::string print(const faults::Target& value);
};

}  // namespace shaketable
