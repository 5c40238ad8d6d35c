// The event queue against std::priority_queue, in the two patterns that a simulation consists of.
#include <array>
#include <cstdint>
#include <queue>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/event_queue.h"
#include "base/random.h"

namespace shaketable {
namespace {

/// Times to come, drawn before the clock runs, so that only the queue is measured.
class Delays {
  public:
    explicit Delays(double mean_ns) : delays_(size) {
        Random dice{random_key(1, 0, "bench", "delays")};
        for (Duration& d : delays_)
            d = Duration{1 + static_cast<std::int64_t>(mean_ns * dice.exponential())};
    }
    [[nodiscard]] Duration next() noexcept { return delays_[at_++ % size]; }

  private:
    static constexpr std::size_t size = 1U << 16U;
    std::vector<Duration> delays_;
    std::size_t at_ = 0;
};

/// What people write first: a binary heap in exact (time, serial) order.
class StandardQueue {
  public:
    struct Entry {
        Time at;
        std::uint64_t serial;
        TimerId timer;
        std::uint32_t generation;
        bool operator>(const Entry& other) const {
            return at != other.at ? at > other.at : serial > other.serial;
        }
    };
    void reserve(TimerId count) { generations_.resize(count); }
    void schedule(TimerId timer, Time at) {
        heap_.push({at, serial_++, timer, generations_[timer]});
    }
    /// A heap without places cannot take an entry out; it is passed over when it comes up.
    void cancel(TimerId timer) { ++generations_[timer]; }
    EventQueue::Fired pop() {
        while (true) {
            const Entry top = heap_.top();
            heap_.pop();
            if (top.generation == generations_[top.timer]) return {top.at, top.timer};
        }
    }

  private:
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
    std::vector<std::uint32_t> generations_;
    std::uint64_t serial_ = 0;
};

/// The hold model: take the earliest, put it back a random time later. The number pending stays.
/// Source: Vaucher & Duval, "A comparison of simulation event list algorithms", CACM 18(4), 1975.
template <class Queue>
void hold(benchmark::State& state) {
    const auto pending = static_cast<TimerId>(state.range(0));
    Delays delays{1e6 * pending};  // an event a millisecond, however many are pending
    Queue queue;
    queue.reserve(pending);
    for (TimerId timer = 0; timer < pending; ++timer) queue.schedule(timer, Time{} + delays.next());
    for (auto _ : state) {
        const EventQueue::Fired fired = queue.pop();
        queue.schedule(fired.timer, fired.at + delays.next());
    }
    state.SetItemsProcessed(state.iterations());
}

/// Requests of 10 ms under a timeout of 1 s that never fires: every answer cancels one, every
/// request sets one.
template <class Queue>
void cancelled_timeouts(benchmark::State& state) {
    constexpr Duration patience = std::chrono::seconds{1};
    const auto requests = static_cast<TimerId>(state.range(0));
    Delays delays{10e6};
    Queue queue;
    queue.reserve(2 * requests);
    const auto send = [&](TimerId request, Time now) {
        queue.schedule(2 * request, now + delays.next());
        queue.schedule(2 * request + 1, now + patience);
    };
    for (TimerId request = 0; request < requests; ++request) send(request, Time{});
    const auto step = [&] {
        const EventQueue::Fired fired = queue.pop();
        const TimerId request = fired.timer / 2;
        // Even: the answer came first. Odd: one time in e^100, the timeout did.
        queue.cancel(2 * request + 1 - fired.timer % 2);
        send(request, fired.at);
        return fired.at;
    };
    // Longer than the patience, so that whoever keeps dead timeouts has as many as ever before the
    // clock runs.
    while (step() < Time{} + 2 * patience) {
    }
    for (auto _ : state) step();
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(hold<EventQueue>)->Name("hold/ours")->RangeMultiplier(10)->Range(10, 1'000'000);
BENCHMARK(hold<StandardQueue>)
    ->Name("hold/priority_queue")
    ->RangeMultiplier(10)
    ->Range(10, 1'000'000);
BENCHMARK(cancelled_timeouts<EventQueue>)
    ->Name("cancelled timeouts/ours")
    ->RangeMultiplier(10)
    ->Range(10, 10'000);
BENCHMARK(cancelled_timeouts<StandardQueue>)
    ->Name("cancelled timeouts/priority_queue")
    ->RangeMultiplier(10)
    ->Range(10, 10'000);

}  // namespace
}  // namespace shaketable
