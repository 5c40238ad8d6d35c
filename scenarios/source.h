/// The texts a scenario was read from, and where in them each of its values stands.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
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
};

/// The lines of some sources by number. A source is searched for its lines once, so that a thousand
/// problems in 16 MiB are no more work than one. Refers to the sources.
class Lines {
  public:
    explicit Lines(const Sources& sources) : sources_{sources} {}
    /// The line of that number, from 1, without its end; no value where there is no such file or
    /// line.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view file, int number);

  private:
    const Sources& sources_;
    std::map<const Source*, std::vector<std::size_t>> starts_{};
};

/// Where the values of one scenario stand, by path as in the file:
/// `services.ledger.endpoints.append.steps[0].call`, `faults[1].target`, `network.a -> b.latency`.
/// Names may hold dots. Cheap to copy; looks up by walking.
class Locations {
  public:
    Locations() = default;
    Locations(std::shared_ptr<const text::Node> root, std::shared_ptr<const Sources> sources);

    /// Of the value; of a map or a list, its key, which says more than a bracket. Where a part of
    /// the path was not written (a default, a shorthand), of the nearest value around it.
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
