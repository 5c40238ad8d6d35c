#include "scenarios/text/variant_problems.h"

#include <utility>

namespace shaketable::scenarios::text {

void VariantProblems::add(const Problems& problems, const std::string& variant) {
    for (const Problem& problem : problems) {
        const Location& at = problem.where;
        const auto key = std::tuple{at.file, at.line, at.column, problem.code, problem.message};
        const auto [found, is_new] = seen_.try_emplace(key, all_.size());
        if (is_new) all_.push_back({problem, {}});
        std::vector<std::string>& variants = all_[found->second].variants;
        if (variants.empty() || variants.back() != variant) variants.push_back(variant);
    }
}

Problems VariantProblems::take(std::size_t variants) && {
    Problems problems;
    problems.reserve(all_.size());
    for (auto& [problem, in] : all_) {
        if (in.size() < variants) {
            std::string names;
            for (const std::string& name : in) names += (names.empty() ? "" : ", ") + name;
            problem.notes.push_back((in.size() == 1 ? "in the variant " : "in the variants ") +
                                    names);
        }
        problems.push_back(std::move(problem));
    }
    return problems;
}

}  // namespace shaketable::scenarios::text
