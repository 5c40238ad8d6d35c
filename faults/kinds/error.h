/// `error`: an answer, but the wrong one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// A status that says error: HTTP `503`, or gRPC by name, `UNAVAILABLE`.
struct Status {
    std::uint16_t code = 503;  ///< HTTP 400 .. 599, gRPC 1 .. 16
    [[nodiscard]] bool is_grpc() const noexcept { return code < 100; }
    bool operator==(const Status&) const = default;
};

/// Which of the matching crossings, counted per edge from the start of the occurrence: `first 2`,
/// `after 3`, `every 5th`.
struct Sequence {
    enum class Which : std::uint8_t {
        first,  ///< the first n
        after,  ///< all but the first n
        every,  ///< the n-th, the 2n-th ...
    };
    Which which = Which::first;
    std::uint32_t n = 1;  ///< >= 1
    /// `number` counts from 1.
    [[nodiscard]] bool includes(std::uint64_t number) const noexcept;
    bool operator==(const Sequence&) const = default;
};

/// Which requests; what is not given matches all.
struct Match {
    std::string method{};  ///< exact, `POST`
    std::string path{};    ///< exact, or a prefix that ends in `*`: `/orders/*`
    std::string header{};  ///< `X-User: bot`, or its name alone; no simulated request has one

    static constexpr auto fields() {
        return fields_of(field("method", &Match::method, "HTTP method"),
                         field("path", &Match::path, "HTTP path; a last * stands for any rest"),
                         field("header", &Match::header,
                               "HTTP header, NAME: VALUE or NAME; simulated requests have none"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    /// `headers`: see `Crossing::headers`.
    [[nodiscard]] bool matches(std::string_view method_seen, std::string_view path_seen,
                               std::string_view headers = {}) const noexcept;
    bool operator==(const Match&) const = default;
};

/// Answers requests with an error at once; the callee never sees them.
///
/// Hit is who matches, stands in the sequence and is drawn by the share. The ramp scales the share.
/// Draws once.
struct Error {
    static constexpr std::string_view kind = "error";
    static constexpr std::string_view summary = "answers requests with an error";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Status status{};                     ///<
    Share share{1};                      ///< of the requests that match and stand in the sequence
    std::optional<Match> match{};        ///< absent: all requests
    std::optional<Sequence> sequence{};  ///< absent: all of them

    static constexpr auto fields() {
        return fields_of(
            field("status", &Error::status, "HTTP status, or gRPC status by name (503)"),
            field("share", &Error::share, "part of the requests that is answered so"),
            field("match", &Error::match, "only requests that match"),
            field("sequence", &Error::sequence, "first N, after N, every Nth"));
    }
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Error&) const = default;
};
static_assert(TrafficFault<Error>);

}  // namespace shaketable::faults

namespace shaketable {

template <>
struct Text<faults::Status> {
    static constexpr std::string_view name = "error status";
    static constexpr std::string_view example = "503";
    static Result<faults::Status> parse(std::string_view text);
    static std::string print(const faults::Status& value);
};
template <>
struct Text<faults::Sequence> {
    static constexpr std::string_view name = "sequence";
    static constexpr std::string_view example = "every 5th";
    static Result<faults::Sequence> parse(std::string_view text);
    static std::string print(const faults::Sequence& value);
};

}  // namespace shaketable
