/// Real computing: threads that burn the processor time of a step, instead of waiting it out.
///
/// As many threads as works at once, up to a limit; further works wait in line. The kernel shares
/// the processors among them. The results come to one thread, which is woken by a descriptor.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/units.h"
#include "injector/descriptor.h"

namespace shaketable::injector {

class Burner {
  public:
    /// `cores`: they may use so many processors together, rounded up; 0: all there are. `first`:
    /// the first of them, modulo how many there are.
    Burner(std::uint32_t threads_max, double cores, std::uint32_t first);
    ~Burner();
    Burner(const Burner&) = delete;
    Burner& operator=(const Burner&) = delete;

    struct Job {
        std::uint32_t walker = 0;
        std::uint32_t serial = 0;  ///< of the walker's work: tells it from an earlier one
        Duration work{0};
    };
    void start(Job job);
    /// Readable when works have ended.
    [[nodiscard]] int fd() const noexcept { return ended_fd_.get(); }
    /// Those that have ended since the last call.
    [[nodiscard]] std::vector<Job> take_ended();

  private:
    void work();
    void stay_on_cores() const;

    std::uint32_t threads_max_;
    std::uint32_t cores_;
    std::uint32_t first_;
    Descriptor ended_fd_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    std::vector<Job> ended_;
    std::uint32_t idle_ = 0;
    bool over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace shaketable::injector
