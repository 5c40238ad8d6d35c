#include "faults/fault.h"

#include <algorithm>
#include <vector>

#include "faults/judge.h"
#include "faults/text_cursor.h"

namespace shaketable::faults {

namespace {

bool is_accepted(const TargetKinds& kinds, const Target& target) noexcept {
    if (target.arrow != Target::Arrow::none) return kinds.edge;
    const Side& side = target.from;
    if (!side.topic.empty()) return kinds.edge;
    if (side.what == Side::What::zone) return kinds.zone;
    if (side.what == Side::What::everything) return kinds.service || kinds.workload;
    if (side.replicas.by != ReplicaSelector::By::all) return kinds.replica;
    // Whether the name is a service's or a workload's is for the reader to say, who knows both.
    return kinds.service || kinds.workload;
}

std::string print_accepted(const TargetKinds& kinds) {
    std::vector<std::string> words;
    if (kinds.service) words.emplace_back("a service");
    if (kinds.replica) words.emplace_back("replicas (service[0])");
    if (kinds.edge) words.emplace_back("an edge (a -> b)");
    if (kinds.zone) words.emplace_back("a zone (zone:NAME)");
    if (kinds.workload) words.emplace_back("a workload");
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

std::optional<Problem> find_problem_of_target(const Fault& fault) {
    const TargetKinds kinds = targets_of(fault.what);
    const std::string kind{kind_name(fault.what)};
    if (const Partition* partition = std::get_if<Partition>(&fault.what)) {
        if (!partition->groups.empty() && fault.target)
            return problem_of("target", "E014", "groups and target exclude each other",
                              "target goes with a shape");
        if (partition->shape && !fault.target)
            return problem_of("target", "E012", "expected a target whose replicas form the shape",
                              "target: store");
    }
    if (!fault.target) {
        if (kinds.optional) return std::nullopt;
        return problem_of("target", "E012", "expected whom " + kind + " hits",
                          "it works on " + print_accepted(kinds));
    }
    if (is_accepted(kinds, *fault.target)) return std::nullopt;
    return problem_of("target", "E114",
                      kind + " cannot work on " + Text<Target>::print(*fault.target),
                      "it works on " + print_accepted(kinds));
}

std::optional<Problem> find_problem_of_id(const std::string& id) {
    // A dot would make `cut.start` ambiguous.
    const auto is_fit = [](char c) { return is_name_character(c) && c != '.'; };
    if (id.empty() || !std::all_of(id.begin(), id.end(), is_fit))
        return problem_of("id", "E023", "expected letters, digits, - and _, found \"" + id + "\"");
    if (id == "run" || id == "baseline")
        return problem_of("id", "E023", "\"" + id + "\" names a window of its own",
                          "another id for the fault");
    return std::nullopt;
}

std::optional<Problem> find_problem_of_length(const Fault& fault) {
    const std::string kind{kind_name(fault.what)};
    const std::optional<Duration> acts = acts_for(fault.what);
    const std::optional<Duration> fixed = fault.for_ ? fault.fixed_length() : std::nullopt;
    if (fixed && *fixed <= Duration{0})
        return problem_of("for", "E023", "expected a time longer than 0");
    if (fixed && acts && *acts > *fixed)
        return problem_of("for", "E023", "expected to last until its restart at least",
                          "without `for` it lasts until its restart");
    if (fault.ramp < Duration{0})
        return problem_of("ramp", "E023", "expected a time of 0 or longer");
    if (fault.ramp > Duration{0} && !can_ramp(fault.what))
        return problem_of("ramp", "E014", kind + " is there or not: it cannot ramp");
    if (fixed && fault.ramp > *fixed)
        return problem_of("ramp", "E023", "expected a ramp no longer than the fault itself");
    return std::nullopt;
}

std::optional<Problem> find_problem_of_repetition(const Fault& fault) {
    const std::optional<Duration> length = fault.fixed_length();
    if (fault.every && fault.random)
        return problem_of("random", "E014", "every and random exclude each other");
    if (fault.every && fault.has_drawn_length())
        return problem_of("for", "E014", "a fault that comes `every` so long lasts a fixed time",
                          "a law goes with `random`");
    if ((fault.every || fault.random) && !length && !fault.has_drawn_length())
        return problem_of("for", "E012", "expected how long each occurrence lasts", "for: 10s");
    if (fault.every && *length > fault.every->period)
        return problem_of("every", "E023", "expected a period no shorter than the fault itself",
                          "its occurrences would overlap");
    return std::nullopt;
}

}  // namespace

std::optional<Duration> Fault::fixed_length() const {
    if (!for_) return acts_for(what);
    if (!for_->is_constant()) return std::nullopt;
    return Sampler{*for_}.constant();
}

std::optional<Problem> Fault::find_problem() const {
    if (auto problem = find_problem_of_id(id)) return problem;
    if (auto problem = find_problem_of_length(*this)) return problem;
    if (auto problem = find_problem_of_repetition(*this)) return problem;
    return find_problem_of_target(*this);
}

}  // namespace shaketable::faults
