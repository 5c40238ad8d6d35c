#include "reports/record/record.h"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "reports/record/meters.h"

using namespace shaketable;
using namespace shaketable::reports;

namespace {

/// Times of many sizes: 1 ns to hours.
std::vector<Duration> times(std::size_t count, std::uint64_t seed) {
    Random random{random_key(seed, 0, "times", "test")};
    std::vector<Duration> all;
    for (std::size_t i = 0; i < count; ++i)
        all.emplace_back(static_cast<std::int64_t>(random.next() >> (20 + random.below(40))));
    return all;
}

Histogram histogram(const std::vector<Duration>& values) {
    LiveHistogram live;
    Histogram all;
    for (const Duration d : values) live.record(d);
    live.drain(all);
    return all;
}

double nearest_rank(std::vector<Duration> values, double p) {
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
    return to_seconds(values[std::max<std::size_t>(rank, 1) - 1]);
}

}  // namespace

TEST_CASE("histogram: buckets follow each other without gap and hold their own bounds") {
    for (std::uint32_t b = 0; b + 1 < buckets::count; ++b) {
        REQUIRE(buckets::index_of(buckets::lower(b)) == b);
        REQUIRE(buckets::index_of(buckets::upper(b) - Duration{1}) == b);
        REQUIRE(buckets::upper(b) == buckets::lower(b + 1));
    }
}

TEST_CASE("histogram: a value is known to within 0.4 percent, and exactly below 128 ns") {
    for (const Duration d : times(20'000, 1)) {
        const Duration low = buckets::lower(buckets::index_of(d));
        const Duration high = buckets::upper(buckets::index_of(d)) - Duration{1};
        REQUIRE(low <= d);
        REQUIRE(d <= high);
        const double middle = to_seconds(low + (high - low) / 2);
        REQUIRE(std::fabs(middle - to_seconds(d)) <= 0.004 * to_seconds(d));
    }
    REQUIRE(histogram({Duration{77}}).quantile(0.5) == to_seconds(Duration{77}));
}

TEST_CASE("histogram: quantiles are those of the sorted data to within 0.4 percent") {
    const std::vector<Duration> values = times(5'000, 2);
    const Histogram h = histogram(values);
    for (const double p : {0.0, 0.01, 0.07, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const double exact = nearest_rank(values, p);
        CAPTURE(p, exact);
        CHECK(h.quantile(p) == Approx(exact).epsilon(0.004));
    }
}

TEST_CASE("histogram: a live one answers as the drained one") {
    LiveHistogram live;
    for (const Duration d : times(1'000, 3)) live.record(d);
    const double median = live.quantile(0.5);
    const double p99 = live.quantile(0.99);
    Histogram h;
    live.drain(h);
    CHECK(h.quantile(0.5) == median);
    CHECK(h.quantile(0.99) == p99);
    CHECK(live.count() == 0);
    CHECK(h.count() == 1'000);
    live.record(Duration{5});
    live.drain(h);
    CHECK(h.count() == 1'001);
    CHECK(h.quantile(0.0) <= to_seconds(Duration{5}));
}

TEST_CASE("histogram: merging is exact and its order cannot matter") {
    std::vector<Histogram> parts;
    for (std::uint64_t i = 0; i < 8; ++i) parts.push_back(histogram(times(500 + 10 * i, 10 + i)));
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7};
    Histogram expected;
    for (const std::size_t i : order) expected.merge(parts[i]);
    for (int shuffle = 0; shuffle < 50; ++shuffle) {
        std::next_permutation(order.rbegin(), order.rend());
        Histogram merged;
        for (const std::size_t i : order) merged.merge(parts[i]);
        REQUIRE(merged == expected);
    }
    std::uint64_t sum = 0;
    for (const Histogram& h : parts) sum += h.count();
    CHECK(expected.count() == sum);
}

TEST_CASE("histogram: buckets may be added in any order") {
    Histogram ascending, descending;
    for (std::uint32_t b = 0; b < 100; ++b) ascending.add(b * 3, b + 1);
    for (std::uint32_t b = 100; b-- > 0;) descending.add(b * 3, b);
    for (std::uint32_t b = 0; b < 100; ++b) descending.add(b * 3, 1);
    CHECK(ascending == descending);
    ascending.add(1, 0);
    CHECK(ascending.filled().size() == 100);
}

TEST_CASE("histogram: mean and longest are exact") {
    const Histogram h = histogram({Duration{1'000'003}, Duration{2'000'001}, Duration{5'000'002}});
    CHECK(h.mean() == Approx(8'000'006e-9 / 3).epsilon(1e-15));
    CHECK(h.longest() == Duration{5'000'002});
    CHECK(h.quantile(1) <= to_seconds(h.longest()));
}

TEST_CASE("histogram: the share within a limit counts the limit's own bucket") {
    const Histogram h = histogram({Duration{10}, Duration{20}, Duration{30}, Duration{40}});
    CHECK(h.share_within(Duration{9}) == 0);
    CHECK(h.share_within(Duration{20}) == 0.5);
    CHECK(h.share_within(Duration{1'000}) == 1);
}

TEST_CASE("histogram: what is longer than the last bucket is counted in it") {
    const Histogram h = histogram({std::chrono::hours{100}});
    CHECK(h.count() == 1);
    CHECK(h.filled().front().first == buckets::count - 1);
    CHECK(h.longest() == std::chrono::hours{100});
}

TEST_CASE("record: merging totals adds counts and keeps the largest of the maxima") {
    FlowTotals a, b;
    a.started = 3;
    a.settled[0] = 2;
    a.breaker_open = Duration{5};
    b.started = 4;
    b.settled[0] = 1;
    b.tries[12] = 9;
    b.breaker_open = Duration{6};
    a.merge(b);
    CHECK(a.started == 7);
    CHECK(a.settled[0] == 3);
    CHECK(a.tries[12] == 9);
    CHECK(a.breaker_open == Duration{11});

    ServiceTotals s, t;
    s.arrived = 1;
    s.queue_max = 9;
    s.busy_max = 1;
    s.connections_max = 4;
    s.work = Duration{2};
    t.arrived = 2;
    t.queue_max = 3;
    t.busy_max = 5;
    t.connections_max = 6;
    t.work = Duration{3};
    s.merge(t);
    CHECK(s.arrived == 3);
    CHECK(s.queue_max == 9);
    CHECK(s.busy_max == 5);
    CHECK(s.connections_max == 6);
    CHECK(s.work == Duration{5});
}

TEST_CASE("heat map: every successful call is in one cell, whatever room had to be made") {
    Meters meters{2, 0};
    Repeat repeat;
    Random random{random_key(5, 0, "heat", "test")};
    std::uint64_t recorded = 0;
    for (int second = 1; second <= 1000; ++second) {
        for (int i = 0; i < 20; ++i, ++recorded)
            meters.flow(static_cast<std::uint32_t>(i % 2))
                .settle(Outcome::ok, Duration{static_cast<std::int64_t>(random.below(1U << 30))});
        if (second % 100 == 50) meters.close_segment(Time{std::chrono::seconds{second}}, repeat);
        meters.close_sample(Time{std::chrono::seconds{second}}, repeat);
    }
    REQUIRE(repeat.heat.flows.size() == 2);
    CHECK(repeat.heat.every == std::chrono::seconds{4});
    std::uint64_t counted = 0;
    for (const std::vector<HeatMap::Cell>& cells : repeat.heat.flows) {
        for (const HeatMap::Cell& cell : cells) {
            counted += cell.count;
            REQUIRE(cell.column < 250);
        }
        CHECK(std::is_sorted(cells.begin(), cells.end(), [](const auto& a, const auto& b) {
            return std::pair{a.column, a.band} < std::pair{b.column, b.band};
        }));
    }
    CHECK(counted == recorded);
}

TEST_CASE("heat map: more cells than there is room for make the columns longer") {
    HeatMap heat;
    heat.every = std::chrono::seconds{1};
    heat.flows.resize(60'000);
    for (std::uint32_t column = 0; column < 20; ++column) {
        heat.make_room(column);
        for (std::vector<HeatMap::Cell>& cells : heat.flows) {
            const auto at = static_cast<std::uint16_t>(std::chrono::seconds{column} / heat.every);
            if (cells.empty() || cells.back().column != at) cells.push_back({at, 7, 1});
        }
    }
    heat.make_room(20);
    std::size_t cells = 0;
    for (const auto& flow : heat.flows) cells += flow.size();
    CHECK(cells <= HeatMap::cells_max);
    CHECK(heat.every > std::chrono::seconds{1});
}

TEST_CASE("heat map: a time lies within the bounds of its band") {
    for (const Duration d : times(10'000, 9)) {
        const std::uint32_t band = buckets::index_of(d) >> HeatMap::band_bits;
        REQUIRE(band < HeatMap::bands);
        REQUIRE(HeatMap::lower(band) <= d);
        REQUIRE(d < HeatMap::upper(band));
    }
}

TEST_CASE("meters: a sample counts the retries made within it") {
    Meters meters{1, 0};
    Repeat repeat;
    meters.flow(0).now.retries = 3;
    meters.close_sample(Time{std::chrono::seconds{1}}, repeat);
    meters.flow(0).now.retries += 2;
    meters.close_segment(Time{std::chrono::milliseconds{1500}}, repeat);
    meters.flow(0).now.retries += 4;
    meters.close_sample(Time{std::chrono::seconds{2}}, repeat);
    REQUIRE(repeat.flow_samples[0].size() == 2);
    CHECK(repeat.flow_samples[0][0].retries == 3);
    CHECK(repeat.flow_samples[0][1].retries == 6);
}

TEST_CASE("meters: a cut within a sample, or at its end, leaves the sample's quantiles whole") {
    const auto sample_with = [](bool cut_within, bool cut_at_end) {
        Meters meters{1, 0};
        Repeat repeat;
        for (int i = 1; i <= 100; ++i) {
            meters.flow(0).settle(Outcome::ok, std::chrono::milliseconds{i});
            if (cut_within && i == 60)
                meters.close_segment(Time{std::chrono::milliseconds{500}}, repeat);
        }
        const Time end{std::chrono::seconds{1}};
        if (cut_at_end) meters.close_segment(end, repeat);
        meters.close_sample(end, repeat);
        meters.close_sample(end + std::chrono::seconds{1}, repeat);
        REQUIRE(repeat.flow_samples[0][1].p50 == -1);
        return repeat.flow_samples[0][0];
    };
    const FlowSample whole = sample_with(false, false);
    CHECK(whole.p99 == Approx(0.099).epsilon(0.005));
    CHECK(sample_with(true, false) == whole);
    CHECK(sample_with(false, true) == whole);
    CHECK(sample_with(true, true) == whole);
}
