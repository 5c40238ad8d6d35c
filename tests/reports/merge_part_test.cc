#include "reports/record/merge_part.h"

#include <catch2/catch.hpp>

namespace shaketable::reports {
namespace {

Repeat part_of(std::uint64_t calls, std::uint32_t queue_max, int segments) {
    Repeat part;
    for (int s = 0; s < segments; ++s) {
        Segment& segment = part.segments.emplace_back();
        segment.start = Time{std::chrono::seconds{s}};
        segment.end = Time{std::chrono::seconds{s + 1}};
        segment.flows.resize(1);
        segment.flows[0].started = calls;
        segment.flows[0].settled[0] = calls;
        segment.flows[0].latency.add(10, calls);
        segment.services.resize(1);
        segment.services[0].arrived = calls;
        segment.services[0].queue_max = queue_max;
        segment.services[0].busy_max = queue_max + 1;
        segment.services[0].connections_max = queue_max + 2;
    }
    part.fault_hits = {calls};
    part.requests = calls;
    part.in_flight = 1;
    return part;
}

TEST_CASE("merge part: counters add, histograms merge, maxima of replicas add up") {
    Repeat sum;
    merge_part(sum, part_of(3, 5, 2));
    merge_part(sum, part_of(4, 6, 2));
    REQUIRE(sum.segments.size() == 2);
    const Segment& segment = sum.segments[1];
    CHECK(segment.flows[0].started == 7);
    CHECK(segment.flows[0].settled[0] == 7);
    CHECK(segment.flows[0].latency.count() == 7);
    CHECK(segment.services[0].arrived == 7);
    CHECK(segment.services[0].queue_max == 11);
    CHECK(segment.services[0].busy_max == 13);
    CHECK(segment.services[0].connections_max == 15);
    CHECK(sum.fault_hits == std::vector<std::uint64_t>{7});
    CHECK(sum.requests == 7);
    CHECK(sum.in_flight == 2);
}

TEST_CASE("merge part: a part that ends early counts as far as it goes, in either order") {
    Repeat a, b;
    merge_part(a, part_of(1, 0, 3));
    merge_part(a, part_of(2, 0, 1));
    merge_part(b, part_of(2, 0, 1));
    merge_part(b, part_of(1, 0, 3));
    CHECK(a == b);
    REQUIRE(a.segments.size() == 3);
    CHECK(a.segments[0].flows[0].started == 3);
    CHECK(a.segments[2].flows[0].started == 1);
}

TEST_CASE("merge part: of a segment that was cut short, the longer one is the segment") {
    Repeat whole = part_of(1, 0, 1);
    Repeat cut = part_of(1, 0, 1);
    cut.segments[0].end = Time{std::chrono::milliseconds{400}};
    Repeat sum;
    merge_part(sum, cut);
    merge_part(sum, whole);
    CHECK(sum.segments[0].end == Time{std::chrono::seconds{1}});
}

TEST_CASE("merge part: samples add up, quantiles come from who saw more, utilisation is a mean") {
    Repeat a, b;
    a.flow_samples = {{{.started = 5, .succeeded = 4, .p50 = 0.1F, .p99 = 0.2F}}};
    b.flow_samples = {{{.started = 2, .succeeded = 1, .p50 = 0.7F, .p99 = 0.8F}, {.started = 9}}};
    a.service_samples = {{{.queue = 1, .busy = 2, .utilization = 0.2F, .queue_max = 3, .up = 1}}};
    b.service_samples = {{{.queue = 3, .busy = 4, .utilization = 0.4F, .queue_max = 5, .up = 1}}};
    Repeat sum;
    for (const Repeat& part : {a, b}) merge_part(sum, part);
    REQUIRE(sum.flow_samples[0].size() == 2);
    CHECK(sum.flow_samples[0][0].started == 7);
    CHECK(sum.flow_samples[0][0].p50 == 0.1F);
    CHECK(sum.flow_samples[0][0].p99 == 0.2F);
    CHECK(sum.flow_samples[0][1].started == 9);
    const ServiceSample& service = sum.service_samples[0][0];
    CHECK(service.queue == 4);
    CHECK(service.busy == 6);
    CHECK(service.utilization == Approx(0.3));
    CHECK(service.queue_max == 8);
    CHECK(service.up == 2);
}

TEST_CASE("merge part: a replica that is down does not dilute the others' utilisation") {
    Repeat up, down, sum;
    up.service_samples = {{{.utilization = 0.5F, .up = 1}}};
    down.service_samples = {{{.utilization = -1, .up = 0}}};
    merge_part(sum, down);
    merge_part(sum, up);
    merge_part(sum, down);
    CHECK(sum.service_samples[0][0].utilization == 0.5F);
}

TEST_CASE("merge part: events are in the order of time, and at most 10,000") {
    Repeat a, b, sum;
    for (int i = 0; i < 6000; ++i) {
        a.events.push_back({Time{Duration{2 * i}}, "a", "", ""});
        b.events.push_back({Time{Duration{2 * i + 1}}, "b", "", ""});
    }
    b.events_dropped = 3;
    merge_part(sum, a);
    merge_part(sum, b);
    CHECK(sum.events.size() == 10'000);
    CHECK(sum.events_dropped == 2003);
    CHECK(sum.events[0].what == "a");
    CHECK(sum.events[1].what == "b");
    CHECK(sum.events[9999].at == Time{Duration{9999}});
}

}  // namespace
}  // namespace shaketable::reports
