/// The texts a scenario was read from, and where in them each of its values stands.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

namespace shaketable::scenarios {

namespace text {
struct Node;
}

struct Source {
    std::string name;  ///< as shown: the path, or "-p load" for the command line
    std::string text;  ///< without a byte order mark
};

/// A UTF-8 byte order mark says nothing: it is taken away, so that columns count from the first
/// character.
[[nodiscard]] Source make_source(std::string name, std::string text);

/// Kept for the source lines of diagnostics. The main file first, then includes, then the command
/// line.
struct Sources {
    std::vector<Source> files;
    [[nodiscard]] const Source* find(std::string_view name) const;
    /// The line of that number, from 1, without its end; "" where there is none.
    [[nodiscard]] static std::string_view line(const Source& source, int number);
};

/// Where the values of one scenario stand, by path as in the file:
/// `services.ledger.endpoints.append.steps[0].call`, `faults[1].target`, `network.a -> b.latency`.
/// Names may hold dots. Cheap to copy; looks up by walking.
class Locations {
  public:
    Locations() = default;
    Locations(std::shared_ptr<const text::Node> root, std::shared_ptr<const Sources> sources);

    /// Of the value; where a part of the path was not written (a default, a shorthand), of the
    /// nearest value around it.
    [[nodiscard]] Location at(std::string_view path) const;
    /// Of the key in front of the value; of an item of a list: the value. Falls back like `at`.
    [[nodiscard]] Location key(std::string_view path) const;
    /// Of `length` bytes from `column` (from 0) of the text of a value, where the file has them as
    /// they are; else `at`.
    [[nodiscard]] Location within(std::string_view path, int column, int length) const;
    /// Was a value written at exactly this path?
    [[nodiscard]] bool has(std::string_view path) const;

  private:
    std::shared_ptr<const text::Node> root_;
    std::shared_ptr<const Sources> sources_;
};

}  // namespace shaketable::scenarios
