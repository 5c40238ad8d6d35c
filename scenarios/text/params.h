/// Parameters: `load: {default: 100/s, min: 1/s, max: 1k/s, choices: [...], sweep: [...]}` or
/// `load: 100/s`, used as
/// `${load}` in any value. `$${` stands for `${` itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/text/reading.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

/// Compares two values of one kind: numbers, times, rates, sizes, bandwidths, shares or counts. No
/// value: not comparable.
[[nodiscard]] std::optional<int> compare(std::string_view a, std::string_view b);

class Parameters {
  public:
    /// Reads the map under `params`; problems are reported. E040 a default that uses a parameter;
    /// E041 outside its range.
    static Parameters read(const Node& params, Reading& in);

    /// In place of the default. E040 no such parameter; E041 outside its range. The key's place is
    /// for E040.
    void assign(std::string_view name, const Place& name_place, const NodePtr& value, Reading& in);

    /// The tree with `${x}` replaced, below `params`, `variants` and `inject` as little as below
    /// `x-...`; what needs no replacement is shared. E040 an undefined parameter; E041 more than 16
    /// MiB of text put in.
    [[nodiscard]] NodePtr substitute(const NodePtr& root, Reading& in);

  private:
    struct Parameter {
        std::string name;
        NodePtr value;
        NodePtr min;
        NodePtr max;
        std::vector<NodePtr> choices;
    };
    [[nodiscard]] Parameter* find(std::string_view name);
    void read_one(const Entry& entry, Reading& in);
    void read_sweep(const Parameter& parameter, const Node& sweep, Reading& in) const;
    void check(const Parameter& parameter, const Node& value, Reading& in) const;
    NodePtr put_in(const NodePtr& node, Reading& in);
    NodePtr put_in_scalar(const NodePtr& node, Reading& in);
    NodePtr put_in_container(const NodePtr& node, Reading& in);

    std::vector<Parameter> parameters_;
    std::map<const Node*, NodePtr> done_;  ///< shared containers, so that aliases stay shared
    std::size_t bytes_ = 0;                ///< of text put in
};

}  // namespace shaketable::scenarios::text
