#include "injector/control/toxic.h"

#include <algorithm>
#include <array>

namespace shaketable::injector::control {

namespace {

using faults::AnyKind;
using faults::Direction;
using faults::Of;
using Kind = ToxicType::Kind;
using Values = ToxicType::Values;

/// Longer than any test, and far from what 64 bits of nanoseconds cannot hold.
constexpr std::int64_t longest_ms = std::int64_t{100} * 24 * 3600 * 1000;

Duration milliseconds(std::int64_t count) {
    return std::chrono::milliseconds{std::clamp<std::int64_t>(count, 0, longest_ms)};
}

Distribution uniform(Duration least, Duration most) {
    Distribution law;
    law.law = Law::uniform;
    law.parameters = {{.name = "min", .time = least}, {.name = "max", .time = most}};
    return law;
}

/// A jitter wider than the latency: what would be less than no time is none.
Distribution cut_at_zero(Duration latency, Duration jitter) {
    const double none = to_seconds(jitter - latency) / (2 * to_seconds(jitter));
    Distribution law;
    law.law = Law::mixture;
    law.weights = {none, 1 - none};
    law.parts = {Distribution{Duration{0}}, uniform(Duration{0}, latency + jitter)};
    return law;
}

Kind latency(Values values, Direction direction) {
    const Duration delay = milliseconds(values[0]);
    const Duration jitter = milliseconds(values[1]);
    if (delay == Duration{0} && jitter == Duration{0}) return std::nullopt;
    if (jitter > delay)
        return faults::Latency{.delay = cut_at_zero(delay, jitter), .direction = direction};
    return faults::Latency{.delay = delay, .jitter = jitter, .direction = direction};
}

Kind bandwidth(Values values, Direction) {
    constexpr double bytes_per_kilobyte = 1000;
    const double rate = static_cast<double>(std::max<std::int64_t>(0, values[0]));
    return faults::BandwidthCap{.rate = {rate * bytes_per_kilobyte},
                                .per = faults::BandwidthCap::Per::connection};
}

Kind slow_close(Values values, Direction direction) {
    const Duration delay = milliseconds(values[0]);
    if (delay == Duration{0}) return std::nullopt;
    return faults::SlowClose{.delay = delay, .direction = direction};
}

Kind timeout(Values values, Direction) {
    faults::Blackhole hole{.of = Of::connection};
    if (values[0] > 0) hole.close_after = milliseconds(values[0]);
    return hole;
}

Kind reset_peer(Values values, Direction) {
    return faults::Reset{.of = Of::connection, .after = milliseconds(values[0])};
}

Kind slicer(Values values, Direction direction) {
    if (values[0] <= 0) return std::nullopt;
    const std::int64_t variation = std::clamp<std::int64_t>(values[1], 0, values[0] - 1);
    const std::int64_t gap = std::clamp<std::int64_t>(values[2], 0, longest_ms * 1000);
    return faults::Slice{.size = {values[0]},
                         .variation = {variation},
                         .gap = std::chrono::microseconds{gap},
                         .direction = direction,
                         .of = Of::connection};
}

Kind limit_data(Values values, Direction direction) {
    return faults::LimitData{.bytes = {std::max<std::int64_t>(0, values[0])},
                             .direction = direction};
}

constexpr std::array<std::string_view, 2> of_latency{"latency", "jitter"};
constexpr std::array<std::string_view, 1> of_bandwidth{"rate"};
constexpr std::array<std::string_view, 1> of_slow_close{"delay"};
constexpr std::array<std::string_view, 1> of_timeout{"timeout"};
constexpr std::array<std::string_view, 3> of_slicer{"average_size", "size_variation", "delay"};
constexpr std::array<std::string_view, 1> of_limit_data{"bytes"};

constexpr std::array types{
    ToxicType{"latency", of_latency, latency},
    ToxicType{"bandwidth", of_bandwidth, bandwidth},
    ToxicType{"slow_close", of_slow_close, slow_close},
    ToxicType{"timeout", of_timeout, timeout},
    ToxicType{"reset_peer", of_timeout, reset_peer},
    ToxicType{"slicer", of_slicer, slicer},
    ToxicType{"limit_data", of_limit_data, limit_data},
};

}  // namespace

const ToxicType* find_toxic_type(std::string_view name) {
    const auto type =
        std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.name == name; });
    return type == types.end() ? nullptr : &*type;
}

std::optional<proxy::Way> parse_stream(std::string_view stream) {
    std::string lower{stream};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (lower == "upstream") return proxy::Way::request;
    if (lower == "downstream") return proxy::Way::response;
    return std::nullopt;
}

std::string Toxic::read_attributes(const Json& attributes) {
    std::vector<std::int64_t> read = values;
    read.resize(type->attributes.size());
    FieldReader fields{attributes};
    for (std::size_t i = 0; i < read.size(); ++i) fields.read(type->attributes[i], read[i]);
    if (fields.problem().empty()) values = std::move(read);
    return fields.problem();
}

Json Toxic::to_json() const {
    Json attributes = Json::object();
    for (std::size_t i = 0; i < values.size(); ++i)
        attributes[std::string{type->attributes[i]}] = values[i];
    return Json{{"attributes", std::move(attributes)},
                {"name", name},
                {"type", type->name},
                {"stream", stream},
                {"toxicity", number_of(toxicity)}};
}

std::optional<proxy::LiveFault> Toxic::fault() const {
    const Direction direction =
        way == proxy::Way::request ? Direction::request : Direction::response;
    std::optional<AnyKind> kind = type->kind(values, direction);
    if (!kind) return std::nullopt;
    return proxy::LiveFault{.id = fault_id(),
                            .kind = *std::move(kind),
                            .toxicity = {std::clamp(static_cast<double>(toxicity), 0.0, 1.0)},
                            .way = way};
}

}  // namespace shaketable::injector::control
