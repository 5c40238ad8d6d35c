/// How far a long command is, redrawn in one line of a terminal.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace shaketable::cli {

/// Silent where standard error is no terminal, and while less than half a second has passed. Draws
/// from a thread of its own, so that a single long repeat is seen to be alive. The destructor
/// clears the line.
class Progress {
  public:
    explicit Progress(bool on);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void show(const std::string& what, std::uint32_t done, std::uint32_t of);

  private:
    void draw_until_over();

    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_ = false;
    std::string what_{"simulating"};
    std::uint32_t done_ = 0;
    std::uint32_t of_ = 0;
    std::thread thread_;
};

}  // namespace shaketable::cli
