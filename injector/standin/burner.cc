#include "injector/standin/burner.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

#include <sched.h>
#include <sys/eventfd.h>

#include "base/check.h"
#include "injector/realtime.h"

namespace shaketable::injector {

namespace {

Duration processor_time() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds{t.tv_sec} + Duration{t.tv_nsec};
}

void burn(Duration work) {
    const Duration until = processor_time() + work;
    volatile std::uint64_t sink = 1;
    while (processor_time() < until)
        for (int i = 0; i < 4096; ++i) sink = sink * 6364136223846793005U + 1442695040888963407U;
}

}  // namespace

Burner::Burner(std::uint32_t threads_max, double cores, std::uint32_t first)
    : threads_max_{threads_max},
      cores_{static_cast<std::uint32_t>(std::ceil(cores))},
      first_{first},
      ended_fd_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    SHAKETABLE_CHECK(ended_fd_.is_open(), "the kernel has an event counter");
}

Burner::~Burner() {
    {
        const std::lock_guard lock{mutex_};
        over_ = true;
        waiting_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Burner::start(Job job) {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(job);
    if (waiting_.size() > idle_ && threads_.size() < threads_max_)
        threads_.emplace_back([this] { work(); });
    else
        changed_.notify_one();
}

std::vector<Burner::Job> Burner::take_ended() {
    std::uint64_t count = 0;
    (void)!::read(ended_fd_.get(), &count, sizeof count);
    const std::lock_guard lock{mutex_};
    return std::exchange(ended_, {});
}

void Burner::stay_on_cores() const {
    const std::uint32_t there = std::max(std::thread::hardware_concurrency(), 1U);
    if (cores_ == 0 || cores_ >= there) return;
    cpu_set_t processors;
    CPU_ZERO(&processors);
    for (std::uint32_t c = 0; c < cores_; ++c) CPU_SET((first_ + c) % there, &processors);
    (void)::sched_setaffinity(0, sizeof processors, &processors);
}

void Burner::work() {
    run_as_others();
    stay_on_cores();
    std::unique_lock lock{mutex_};
    while (true) {
        ++idle_;
        changed_.wait(lock, [&] { return over_ || !waiting_.empty(); });
        --idle_;
        if (over_) return;
        const Job job = waiting_.front();
        waiting_.pop_front();
        lock.unlock();
        burn(job.work);
        lock.lock();
        ended_.push_back(job);
        const std::uint64_t one = 1;
        (void)!::write(ended_fd_.get(), &one, sizeof one);
    }
}

}  // namespace shaketable::injector
