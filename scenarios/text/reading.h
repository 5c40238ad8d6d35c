/// What a reader holds in hand: the sources, the problems so far, and how to say them with their
/// place.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "base/units.h"
#include "scenarios/source.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

/// The keys of a map that no field has asked for yet.
class Keys {
  public:
    explicit Keys(const Node& map) : map_{map}, taken_(map.entries.size(), false) {}
    /// The entry of that key, now read; null pointer where there is none, or it was taken before.
    const Entry* take(std::string_view key);
    /// Those nobody took, but for `x-...`.
    [[nodiscard]] std::vector<const Entry*> rest() const;

  private:
    const Node& map_;
    std::vector<bool> taken_;
};

/// A key that the language knows and this version does not.
struct LaterKey {
    std::string_view key;
    std::string_view what;  ///< "consumers of a broker"
};

class Reading {
  public:
    /// Keeps references to both.
    Reading(const Sources& sources, Problems& problems) : sources_{sources}, problems_{problems} {}

    /// All of these return false, so that they can end a decoder.
    bool report(std::string_view code, std::string message, const Place& place,
                std::string hint = {}, std::vector<std::string> notes = {});
    /// The problem of a text, at its place within the scalar.
    bool report_within(const Node& scalar, Problem problem);
    /// The problem of a word, at the value of the field it names.
    bool report_of_word(const Node& word, Problem problem);
    bool report_missing(const Node& map, std::string_view key, std::string_view doc);
    bool report_word(const Node& node, const std::vector<std::string>& words);
    bool report_later(std::string_view what, const Place& place);

    /// True where no key is left over.
    bool report_unknown(const Keys& keys, const std::vector<std::string>& known,
                        std::span<const LaterKey> later = {});

    // True where the node is of that kind; else reported.
    bool expect_scalar(const Node& node, std::string_view wanted);
    bool expect_map(const Node& node);
    bool expect_list(const Node& node);
    bool expect_name(std::string_view name, const Place& place, std::string_view marks = "_-.");

    [[nodiscard]] const Sources& sources() const { return sources_; }
    [[nodiscard]] std::size_t count() const { return problems_.size(); }

    /// Whether the file's own name may be followed; set by the reader. (name, place) -> text of the
    /// file, reported if not.
    std::function<std::optional<std::string>(const std::string&, const Place&)> load_file;
    /// Places of `set` paths: an unknown key there is an unknown path.
    std::vector<Place> set_places;
    /// Which variant is being read; "" = none.
    std::string variant;

  private:
    void add(Problem problem);

    const Sources& sources_;
    Problems& problems_;
};

}  // namespace shaketable::scenarios::text
