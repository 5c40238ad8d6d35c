#include "cli/progress.h"

#include <chrono>
#include <iostream>

#include <unistd.h>

namespace shaketable::cli {

Progress::Progress(bool on) {
    if (on && isatty(STDERR_FILENO) != 0) thread_ = std::thread{[this] { draw_until_over(); }};
}

Progress::~Progress() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        is_over_ = true;
    }
    over_.notify_one();
    thread_.join();
}

void Progress::show(const std::string& what, std::uint32_t done, std::uint32_t of) {
    const std::lock_guard lock{mutex_};
    what_ = what;
    done_ = done;
    of_ = of;
}

void Progress::draw_until_over() {
    using namespace std::chrono_literals;
    constexpr std::uint32_t width = 30;
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock{mutex_};
    if (over_.wait_for(lock, 500ms, [this] { return is_over_; })) return;
    do {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::steady_clock::now() - start);
        const auto filled =
            static_cast<std::uint32_t>(of_ == 0 ? 0 : std::uint64_t{done_} * width / of_);
        std::cerr << "\r\x1b[K" << what_ << " [" << std::string(filled, '=')
                  << std::string(width - filled, ' ') << "] " << done_ << "/" << of_ << " repeats, "
                  << seconds.count() << " s" << std::flush;
    } while (!over_.wait_for(lock, 200ms, [this] { return is_over_; }));
    std::cerr << "\r\x1b[K" << std::flush;
}

}  // namespace shaketable::cli
