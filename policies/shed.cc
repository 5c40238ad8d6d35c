#include "policies/shed.h"

#include <algorithm>

namespace shaketable::policies {
namespace {

[[nodiscard]] ShedRule rule_of(const Shed& s) {
    return s.rule.value_or(ShedRule::queue_time);
}

}  // namespace

std::optional<Problem> Shed::find_problem() const {
    const bool is_dagor = rule_of(*this) == ShedRule::dagor;
    if (threshold && *threshold <= Duration::zero())
        return problem_of("threshold", "E024", "threshold must be more than 0");
    if (threshold && rule_of(*this) == ShedRule::priority)
        return problem_of("threshold", "E014", "the rule priority looks at the fill of the queue",
                          "use `from`");
    if (levels && (*levels < 1 || *levels > 65'536))
        return problem_of("levels", "E023", "levels must be from 1 to 65536");
    if (levels && rule_of(*this) == ShedRule::queue_time)
        return problem_of("levels", "E014", "the rule queue-time looks at no priority",
                          "use `rule: priority` or `rule: dagor`");
    if (from && rule_of(*this) != ShedRule::priority)
        return problem_of("from", "E014", "only the rule priority has `from`");
    if (from && !(from->fraction >= 0 && from->fraction < 1))
        return problem_of("from", "E023", "from must be at least 0%, and less than 100%");
    if ((window || requests || down || up) && !is_dagor)
        return problem_of(window     ? "window"
                          : requests ? "requests"
                          : down     ? "down"
                                     : "up",
                          "E014", "only the rule dagor has `window`, `requests`, `down` and `up`");
    if (window && *window <= Duration::zero())
        return problem_of("window", "E024", "window must be more than 0");
    if (requests && *requests < 1)
        return problem_of("requests", "E023", "requests must be at least 1");
    if (down && !(down->fraction > 0 && down->fraction <= 1))
        return problem_of("down", "E023", "down must be more than 0%, and at most 100%");
    if (up && !(up->fraction > 0 && up->fraction <= 10))
        return problem_of("up", "E023", "up must be more than 0%, and at most 1000%");
    return std::nullopt;
}

ShedMachine::ShedMachine(const Shed& settings)
    : rule_{rule_of(settings)},
      threshold_{settings.threshold.value_or(std::chrono::milliseconds{20})},
      window_{settings.window.value_or(std::chrono::seconds{1})},
      requests_max_{settings.requests.value_or(2'000)},
      levels_{settings.levels.value_or(128)},
      level_{levels_ - 1},
      from_{settings.from.value_or(Share{0.5}).fraction},
      down_{settings.down.value_or(Share{0.05}).fraction},
      up_{settings.up.value_or(Share{0.01}).fraction},
      window_end_{window_} {
    if (rule_ == ShedRule::dagor) arrived_by_level_.resize(levels_);
}

bool ShedMachine::admit(Time now, std::uint32_t level, Queue queue) {
    level = std::min(level, levels_ - 1);
    switch (rule_) {
        case ShedRule::queue_time:
            return queue.head_waited <= threshold_;
        case ShedRule::priority: {
            // At `from` all levels pass, at a full queue only the first one does.
            const double room = (1 - queue.fill) / (1 - from_);
            return room >= 1 || level <= room * (levels_ - 1);
        }
        case ShedRule::dagor:
            break;
    }
    if (now >= window_end_ || arrived_ >= requests_max_) judge(now);
    ++arrived_;
    ++arrived_by_level_[level];
    if (level > level_) return false;
    ++admitted_;
    return true;
}

void ShedMachine::on_start(Time now, Duration waited) {
    if (rule_ != ShedRule::dagor) return;
    if (now >= window_end_) judge(now);
    ++started_;
    waited_sum_ += waited.count();
}

/// Moves the level so that the requests of the last window, were they to come again, would be
/// admitted `down` less or `up` more often. Always by a level at least; the most important level is
/// never refused.
void ShedMachine::judge(Time now) {
    const bool is_overloaded = started_ > 0 && waited_sum_ / started_ > threshold_.count();
    const double wanted = admitted_ * (is_overloaded ? 1 - down_ : 1 + up_);
    if (is_overloaded) {
        double admitted = admitted_;
        while (level_ > 0 && admitted > wanted) admitted -= arrived_by_level_[level_--];
    } else if (level_ + 1 < levels_) {
        double admitted = admitted_;
        do admitted += arrived_by_level_[++level_];
        while (level_ + 1 < levels_ && admitted < wanted);
    }
    std::fill(arrived_by_level_.begin(), arrived_by_level_.end(), 0U);
    arrived_ = admitted_ = started_ = 0;
    waited_sum_ = 0;
    window_end_ = now + window_;
}

}  // namespace shaketable::policies
