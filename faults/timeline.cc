#include "faults/timeline.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/quantity.h"
#include "faults/judge.h"

namespace shaketable::faults {

namespace {

/// What is known of a window before its fault's dice are thrown, and what they showed.
struct Plan {
    Window earliest{};
    Window latest{};
    Window drawn{};  ///< of all its occurrences; not clipped at the end of the run
    bool is_known = false;
};

[[nodiscard]] Time edge_of(const Window& window, When::Edge edge) noexcept {
    return edge == When::Edge::start ? window.start : window.end;
}

class Resolver {
  public:
    Resolver(const std::vector<Fault>& faults, Duration run, std::uint64_t seed,
             std::uint64_t repeat)
        : faults_{faults},
          run_end_{Time{run}},
          seed_{seed},
          repeat_{repeat},
          plans_(faults.size()) {
        for (std::size_t i = 0; i < faults.size(); ++i) index_.emplace(faults[i].id, i);
    }

    Result<Timeline, Problems> resolve() {
        for (const std::size_t fault : order()) {
            lay_out(fault);
            if (occurrences_ <= occurrences_max) continue;
            report(fault, "", "E023",
                   "expected at most " + std::to_string(occurrences_max) +
                       " occurrences of all faults together, and this one makes more",
                   "a longer period, a lower rate or fewer times");
            break;
        }
        if (!problems_.empty()) {
            std::stable_sort(problems_.begin(), problems_.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; });
            Problems sorted;
            for (auto& [fault, problem] : problems_) sorted.push_back(std::move(problem));
            return Unexpected{std::move(sorted)};
        }
        return finish();
    }

  private:
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

    /// Whose window the start of `fault` counts from.
    [[nodiscard]] std::size_t anchor_of(std::size_t fault) const {
        const auto& anchor = faults_[fault].at.anchor;
        if (!anchor) return nobody;
        const auto found = index_.find(anchor->window);
        return found == index_.end() ? nobody : found->second;
    }

    /// Every fault after the one it refers to. Each refers to at most one, so a walk along the
    /// references either ends or runs into itself.
    [[nodiscard]] std::vector<std::size_t> order() {
        std::vector<std::size_t> ordered;
        std::vector<std::size_t> visited_in(faults_.size(),
                                            0);  // the number of the walk; 0 = not yet
        for (std::size_t first = 0; first < faults_.size(); ++first) {
            std::vector<std::size_t> walk;
            std::size_t at = first;
            for (; at != nobody && visited_in[at] == 0; at = anchor_of(at)) {
                visited_in[at] = first + 1;
                walk.push_back(at);
            }
            if (at != nobody && visited_in[at] == first + 1)
                report_circle({std::find(walk.begin(), walk.end(), at), walk.end()});
            ordered.insert(ordered.end(), walk.rbegin(), walk.rend());
        }
        return ordered;
    }

    void report_circle(const std::vector<std::size_t>& circle) {
        constexpr std::size_t shown_max = 8;
        std::string path;
        for (std::size_t i = 0; i < circle.size(); ++i) {
            if (circle.size() > shown_max && i == shown_max - 1) {
                path += "(" + std::to_string(circle.size() - shown_max) + " more) -> ";
                i = circle.size() - 1;
            }
            path += faults_[circle[i]].id + " -> ";
        }
        path += faults_[circle.front()].id;
        report(circle.front(), "at", "E116", "these times refer to each other in a circle: " + path,
               "give one of them a time of its own");
    }

    void report(std::size_t fault, std::string_view key, std::string_view code, std::string message,
                std::string hint) {
        std::string field = "faults[" + std::to_string(fault) + "]";
        if (!key.empty()) field += "." + std::string{key};
        problems_.emplace_back(fault, problem_of(field, code, std::move(message), std::move(hint)));
    }

    /// The window that the start of `fault` counts from. Not known: it has a problem, which is
    /// reported.
    [[nodiscard]] Plan find_anchor(std::size_t fault) {
        const auto& anchor = faults_[fault].at.anchor;
        const Window run{Time{}, run_end_};
        if (!anchor || anchor->window == "run") return {run, run, run, true};
        if (const std::size_t other = anchor_of(fault); other != nobody) return plans_[other];
        std::vector<std::string> names{"run"};
        for (const Fault& f : faults_) names.push_back(f.id);
        const std::string near = nearest(anchor->window, names);
        report(fault, "at", "E111", "there is no fault \"" + anchor->window + "\" to count from",
               near.empty() ? "" : "did you mean \"" + near + "\"?");
        return {};
    }

    [[nodiscard]] Random dice(std::size_t fault, std::string_view purpose) const {
        return Random{random_key(seed_, repeat_, faults_[fault].id, purpose)};
    }

    void lay_out(std::size_t index) {
        const Fault& fault = faults_[index];
        const Plan anchor = find_anchor(index);
        if (!anchor.is_known) return;
        const When::Edge edge = fault.at.anchor ? fault.at.anchor->edge : When::Edge::start;
        const Time earliest = add(edge_of(anchor.earliest, edge), fault.at.offset);
        const Time latest =
            add(add(edge_of(anchor.latest, edge), fault.at.offset), fault.at.spread);
        if (latest < Time{})
            return report(index, "at", "E115", fault.id + " starts before the run does", "");
        if (earliest >= run_end_)
            return report(index, "at", "E115",
                          fault.id + " starts when the run is over: it lasts " +
                              Text<Duration>::print(run_end_.time_since_epoch()),
                          "a longer run.duration, or an earlier time");
        Random random = dice(index, "fault.at");
        const Time start = std::max(Time{}, fault.at.resolve(edge_of(anchor.drawn, edge), random));

        const std::optional<Duration> length = fault.fixed_length();
        const bool is_open = fault.random || fault.has_drawn_length();
        Plan& plan = plans_[index];
        plan.is_known = true;
        plan.drawn = strike(index, start, length);
        const bool repeats = fault.every || is_open;
        const auto end_from = [&](Time from) { return length ? add(from, *length) : run_end_; };
        // Repetition ends somewhere between its first occurrence and a last one that the end of the
        // run cuts off.
        plan.earliest = {std::max(Time{}, earliest), is_open ? earliest : end_from(earliest)};
        plan.latest = {latest,
                       repeats ? std::max(end_from(latest), end_from(run_end_)) : end_from(latest)};
    }

    /// Makes the occurrences; returns the window of all that are planned.
    Window strike(std::size_t index, Time start, std::optional<Duration> length) {
        const Fault& fault = faults_[index];
        Random luck = dice(index, "fault.probability");
        Random gaps = dice(index, "fault.random");
        Random lengths = dice(index, "fault.for");
        const Sampler law{fault.for_.value_or(Duration{0})};
        const auto end_of = [&](Time from) {
            // Even the shortest one is there for an instant.
            if (fault.has_drawn_length())
                return add(from, std::max(Duration{1}, law.draw(lengths)));
            return length ? add(from, *length) : run_end_;
        };
        Window window{start, start};
        std::uint64_t times = 1;
        if (fault.every) times = fault.every->times.value;
        if (fault.random) times = Count::unlimited().value;
        bool is_first = true;
        for (; times > 0; --times) {
            if (fault.random) start = add(start, gap(fault.random->rate, gaps));
            if (start >= run_end_ || ++occurrences_ > occurrences_max) break;
            const Time end = end_of(start);
            if (std::exchange(is_first, false)) window.start = start;
            window.end = end;
            if (luck.chance(fault.probability.fraction)) keep(index, start, end);
            start = fault.every ? add(start, fault.every->period) : end;
        }
        // Beyond the run it has a window all the same, for those who refer to it.
        if (is_first && !fault.random && length) window.end = add(window.start, *length);
        return window;
    }

    /// How long until the next random occurrence, while there is none.
    [[nodiscard]] Duration gap(Rate rate, Random& gaps) const {
        const double die = gaps.exponential();
        const double run_seconds = to_seconds(run_end_.time_since_epoch());
        if (die >= rate.per_second * run_seconds) return run_end_.time_since_epoch();
        return from_seconds(die / rate.per_second);
    }

    void keep(std::size_t index, Time start, Time end) {
        const std::optional<Duration> acts = acts_for(faults_[index].what);
        end = std::min(end, run_end_);
        timeline_.occurrences.push_back(
            {index, start, end, acts ? std::min(end, add(start, *acts)) : end});
    }

    [[nodiscard]] Timeline finish() {
        std::sort(timeline_.occurrences.begin(), timeline_.occurrences.end(),
                  [](const Occurrence& a, const Occurrence& b) {
                      return std::pair{a.start, a.fault} < std::pair{b.start, b.fault};
                  });
        for (std::size_t i = 0; i < faults_.size(); ++i) {
            const Window& drawn = plans_[i].drawn;
            timeline_.windows.push_back({faults_[i].id,
                                         {.start = std::clamp(drawn.start, Time{}, run_end_),
                                          .end = std::clamp(drawn.end, Time{}, run_end_)}});
        }
        timeline_.duration = run_end_.time_since_epoch();
        return std::move(timeline_);
    }

    const std::vector<Fault>& faults_;
    Time run_end_;
    std::uint64_t seed_;
    std::uint64_t repeat_;
    std::map<std::string_view, std::size_t> index_{};
    std::vector<Plan> plans_;
    std::vector<std::pair<std::size_t, Problem>> problems_{};
    std::size_t occurrences_ = 0;
    Timeline timeline_{};
};

}  // namespace

std::optional<Window> Timeline::find(std::string_view id) const {
    if (id == "run") return Window{Time{}, Time{duration}};
    for (const Planned& planned : windows)
        if (planned.id == id) return planned.window;
    return std::nullopt;
}

Result<Timeline, Problems> resolve(const std::vector<Fault>& faults, Duration run,
                                   std::uint64_t seed, std::uint64_t repeat) {
    return Resolver{faults, run, seed, repeat}.resolve();
}

double strength(const Occurrence& occurrence, Duration ramp, Time now) noexcept {
    if (now < occurrence.start || now >= occurrence.acts_until) return 0;
    const Duration elapsed = now - occurrence.start;
    if (elapsed >= ramp) return 1;
    return static_cast<double>(elapsed.count()) / static_cast<double>(ramp.count());
}

}  // namespace shaketable::faults
