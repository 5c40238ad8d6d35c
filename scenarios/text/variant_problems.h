/// The problems of all variants of a file: what all of them share is said once, the rest names its
/// variants.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/problem.h"

namespace shaketable::scenarios::text {

class VariantProblems {
  public:
    void add(const Problems& problems, const std::string& variant);
    /// In the order they came. `variants`: how many the file has.
    [[nodiscard]] Problems take(std::size_t variants) &&;

  private:
    struct Kept {
        Problem problem;
        std::vector<std::string> variants;
    };
    std::map<std::tuple<std::string, int, int, std::string, std::string>, std::size_t> seen_;
    std::vector<Kept> all_;
};

}  // namespace shaketable::scenarios::text
