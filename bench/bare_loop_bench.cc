// What simulate_bench.cc is measured against: the loop that anyone could write in fifteen lines.
// The one file with dice of the library: it is about what others would use.
#include <array>
#include <cstdint>
#include <deque>
#include <queue>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.h"

namespace shaketable {
namespace {

/// As anyone would write it.
struct LibraryDice {
    std::mt19937_64 bits{1};
    std::exponential_distribution<double> law{1};
    double exponential() { return law(bits); }
};
/// Ours are faster: with them, what is left is the loop alone.
struct OurDice {
    Random random{random_key(1, 0, "bench", "tandem")};
    double exponential() { return random.exponential(); }
};

/// Two stations of four servers in a row at 60% load, as it stands in every textbook: events on a
/// binary heap, who waits in a queue, and not one number measured.
template <class Dice>
void bare_loop(benchmark::State& state) {
    struct Event {
        double at;
        int station;  ///< 0: request `id` begins; 1, 2: that station is done with it
        std::uint32_t id;
        bool operator>(const Event& other) const { return at > other.at; }
    };
    std::int64_t requests = 0;
    for (auto _ : state) {
        Dice dice;
        std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
        std::array<std::deque<std::uint32_t>, 3> waiting;
        std::array<int, 3> busy{};
        events.push({dice.exponential() / 2400, 0, 0});
        while (events.top().at < 60) {
            const auto [now, station, id] = events.top();
            events.pop();
            const auto from = static_cast<std::size_t>(station), to = from + 1;
            if (station == 0) events.push({now + dice.exponential() / 2400, 0, id + 1});
            if (station > 0 && waiting[from].empty()) --busy[from];
            if (station > 0 && !waiting[from].empty()) {
                events.push({now + dice.exponential() / 1000, station, waiting[from].front()});
                waiting[from].pop_front();
            }
            if (station == 2) {
                ++requests;
            } else if (busy[to] < 4) {
                ++busy[to];
                events.push({now + dice.exponential() / 1000, station + 1, id});
            } else {
                waiting[to].push_back(id);
            }
        }
    }
    state.SetItemsProcessed(requests);
}
BENCHMARK(bare_loop<LibraryDice>)->Name("tandem/bare loop")->Unit(benchmark::kMillisecond);
BENCHMARK(bare_loop<OurDice>)->Name("tandem/bare loop, our dice")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shaketable
