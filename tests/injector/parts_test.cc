#include "injector/parts.h"

#include <catch2/catch.hpp>

namespace shaketable::injector {
namespace {

reports::Repeat some_part() {
    reports::Repeat part;
    std::uint64_t n = 1;
    for (int s = 0; s < 2; ++s) {
        reports::Segment& segment = part.segments.emplace_back();
        segment.start = Time{std::chrono::seconds{s}};
        segment.end = Time{std::chrono::seconds{s + 1}};
        reports::FlowTotals& flow = segment.flows.emplace_back();
        flow.started = n++;
        flow.settled[3] = n++;
        flow.tries[12] = n++;
        flow.duplicates = n++;
        flow.budget_denied = n++;
        flow.breaker_open = Duration{n++};
        flow.latency.add(7, 3);
        flow.latency.add(900, 1);
        flow.latency.add_exact(reports::WideCount{1} << 70U, Duration{99});
        reports::ServiceTotals& service = segment.services.emplace_back();
        service.refused[5] = n++;
        service.sojourn = Duration{n++};
        service.queue_time = reports::RequestTime{(reports::WideTime{5} << 70) + s};
        service.busy_time = reports::RequestTime{reports::WideTime{-7}};
        service.queue_max = 17;
        service.wait.add(0, 2);
    }
    part.spans = {{"run", Time{}, Time{std::chrono::seconds{2}}}};
    part.flow_samples = {{{.started = 4, .p50 = 0.5F}, {.failed = 2}}};
    part.service_samples = {{{.queue = 1.5F, .up = 3}}};
    part.events = {{Time{Duration{5}}, "breaker-open", "a -> b", ""}};
    part.events_dropped = 8;
    part.fault_hits = {3, 0};
    part.requests = 9;
    part.in_flight = 1;
    part.requests_in_flight_max = 2;
    return part;
}

TEST_CASE("parts: what is written is read back, to the last bit") {
    const reports::Repeat part = some_part();
    const auto read = decode_part(encode_part(part));
    REQUIRE(read.has_value());
    CHECK(*read == part);
    const auto empty = decode_part(encode_part({}));
    REQUIRE(empty.has_value());
    CHECK(*empty == reports::Repeat{});
}

TEST_CASE("parts: cut off at any byte, or with a byte too many, it is refused") {
    const std::string bytes = encode_part(some_part());
    for (std::size_t length = 0; length < bytes.size(); ++length)
        CHECK_FALSE(decode_part(std::string_view{bytes}.substr(0, length)).has_value());
    CHECK_FALSE(decode_part(bytes + '\0').has_value());
}

TEST_CASE("parts: no wrong byte makes reading crash or allocate without bound") {
    const std::string bytes = encode_part(some_part());
    std::size_t refused = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string wrong = bytes;
        wrong[at] = static_cast<char>(0xFF);
        if (!decode_part(wrong).has_value()) ++refused;
    }
    CHECK(refused > 0);
}

TEST_CASE("parts: a sample is read back") {
    const LiveSample sample{.at = Time{Duration{77}},
                            .flows = {{.started = 1, .p99 = 0.25F}},
                            .services = {{.busy = 2.5F, .arrived = 6}}};
    const auto read = decode_sample(encode_sample(sample));
    REQUIRE(read.has_value());
    CHECK(*read == sample);
    CHECK_FALSE(decode_sample("").has_value());
}

}  // namespace
}  // namespace shaketable::injector
