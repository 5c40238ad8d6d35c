#include "cli/live_block.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "reports/render/figures.h"
#include "reports/render/timeline.h"

namespace shaketable::cli {

using injector::Plan;
using injector::Watch;
using reports::clock_time;

namespace {

constexpr std::size_t faults_shown = 6;

double seconds_of(Time time) {
    return to_seconds(time.time_since_epoch());
}

/// None: there is no complete one yet.
const Watch::Step* last_step(const Watch& watch, Time now) {
    const std::size_t complete = watch.complete_steps(now);
    return complete == 0 ? nullptr : &watch.steps()[complete - 1];
}

std::string milliseconds(float seconds) {
    return seconds < 0 ? "-"
                       : reports::figure(static_cast<double>(seconds), scenarios::Unit::seconds);
}

/// "412/s, 99.8% ok, p50 12 ms, p99 80 ms".
std::string figures_of(const Watch::Step* step, Duration length) {
    if (step == nullptr) return "no figures yet";
    const std::string success =
        step->success() < 0 ? "none settled"
                            : reports::figure(step->success(), scenarios::Unit::share) + " ok";
    return fmt::format("{}, {}, p50 {}, p99 {}",
                       reports::figure(static_cast<double>(step->started) / to_seconds(length),
                                       scenarios::Unit::per_second),
                       success, milliseconds(step->p50), milliseconds(step->p99));
}

/// The last `width` steps, as signs of growing height.
template <class Value>
std::string spark(const Watch& watch, std::size_t width, double most, Value value) {
    const auto& steps = watch.steps();
    std::vector<double> values;
    for (std::size_t k = steps.size() > width ? steps.size() - width : 0; k < steps.size(); ++k)
        values.push_back(value(steps[k]));
    if (most <= 0)
        for (const double v : values) most = std::max(most, v);
    return reports::sparkline(values, most > 0 ? most : 1, !has_unicode());
}

/// Faults that act now, and the one that comes next.
std::vector<std::string> faults_of(const Plan& plan, Time now) {
    std::vector<std::string> lines;
    const faults::Occurrence* next = nullptr;
    for (const faults::Occurrence& occurrence : plan.timeline.occurrences) {
        const std::string& id = plan.model.scenario.faults[occurrence.fault].id;
        if (occurrence.contains(now))
            lines.push_back(fmt::format("  {}  for {} more", reports::harmless(id),
                                        clock_time(to_seconds(occurrence.end - now))));
        else if (now < occurrence.start && (next == nullptr || occurrence.start < next->start))
            next = &occurrence;
    }
    if (lines.size() > faults_shown) {
        const std::size_t more = lines.size() - faults_shown + 1;
        lines.resize(faults_shown - 1);
        lines.push_back(fmt::format("  and {} more faults", more));
    }
    if (next != nullptr && lines.size() < faults_shown)
        lines.push_back(fmt::format("  {}  in {}",
                                    reports::harmless(plan.model.scenario.faults[next->fault].id),
                                    clock_time(to_seconds(next->start - now))));
    if (lines.empty()) lines.emplace_back("  no more faults");
    return lines;
}

std::vector<std::string> lines_of(const Plan& plan, const Watch& watch, Time now,
                                  std::size_t width) {
    const scenarios::Run& run = plan.model.scenario.run;
    const std::size_t room = width > 12 ? width - 12 : 1;
    const double done = std::clamp(seconds_of(now) / to_seconds(run.duration), 0.0, 1.0);
    const std::size_t bar = std::min<std::size_t>(30, room);
    const auto filled = static_cast<std::size_t>(done * static_cast<double>(bar));
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}  [{}{}] {} of {}", reports::harmless(plan.model.scenario.name),
                                std::string(filled, '='), std::string(bar - filled, ' '),
                                clock_time(std::max(0.0, seconds_of(now))),
                                clock_time(to_seconds(run.duration))));
    lines.push_back("  " + figures_of(last_step(watch, now), run.sample_every));
    lines.push_back("  success " +
                    spark(watch, room, 1, [](const Watch::Step& step) { return step.success(); }));
    lines.push_back("  p99     " + spark(watch, room, 0, [](const Watch::Step& step) {
                        return static_cast<double>(step.p99);
                    }));
    for (std::string& line : faults_of(plan, now)) lines.push_back(std::move(line));
    lines.emplace_back("  Ctrl-C ends the run and undoes everything");
    for (std::string& line : lines)
        if (reports::columns(line) > width) line = reports::left(line, width, !has_unicode());
    return lines;
}

}  // namespace

LiveBlock::LiveBlock(const Plan& plan, bool on)
    : plan_{plan}, on_{on}, is_terminal_{isatty(STDERR_FILENO) != 0} {}

LiveBlock::~LiveBlock() {
    wipe();
}

void LiveBlock::show(const Watch& watch, Time now) {
    if (!on_ || now < Time{}) return;
    if (is_terminal_)
        repaint(watch, now);
    else
        say(watch, now);
}

void LiveBlock::say(const Watch& watch, Time now) {
    if (now < next_line_) return;
    next_line_ += std::chrono::seconds{10};
    std::string active;
    for (const faults::Occurrence& occurrence : plan_.timeline.occurrences)
        if (occurrence.contains(now))
            active += (active.empty() ? "; faults: " : ", ") +
                      reports::harmless(plan_.model.scenario.faults[occurrence.fault].id);
    std::cerr << clock_time(seconds_of(now)) << "  "
              << figures_of(last_step(watch, now), plan_.model.scenario.run.sample_every) << active
              << std::endl;
}

void LiveBlock::repaint(const Watch& watch, Time now) {
    const auto real = std::chrono::steady_clock::now();
    if (real < next_) return;
    next_ = real + std::chrono::milliseconds{200};
    std::string text;
    if (painted_ > 0) text = fmt::format("\x1b[{}A", painted_);
    const std::vector<std::string> lines = lines_of(plan_, watch, now, terminal_width() - 1);
    for (const std::string& line : lines) text += "\r\x1b[K" + line + "\n";
    if (lines.size() < painted_) text += "\x1b[J";
    painted_ = lines.size();
    std::cerr << text << std::flush;
}

void LiveBlock::wipe() {
    if (painted_ == 0) return;
    std::cerr << fmt::format("\x1b[{}A\r\x1b[J", painted_) << std::flush;
    painted_ = 0;
}

}  // namespace shaketable::cli
