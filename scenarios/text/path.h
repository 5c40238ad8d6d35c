/// Paths into a tree: `services.ledger.endpoints.append.steps[0].call`, `faults.cut.target`. Names
/// may hold dots: the longest key that fits wins. `[i]` of what is not a list is the value itself,
/// so that a shorthand has the same path.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

struct Found {
    const Node* node = nullptr;    ///< the deepest value on the way; never null
    const Entry* entry = nullptr;  ///< its key, or null pointer at the root
    bool whole = false;            ///< the path ended there
};

[[nodiscard]] Found walk(const NodePtr& root, std::string_view path);

/// What `set` puts where. The path's own place is the key's.
struct Assignment {
    std::string path;
    Place place;
    NodePtr value;
};

/// The tree with the value at the path; keys in between are made where they are not there.
/// Errors: E043 a name or index that is not there, or a way through a value that is not a map.
/// `where` is not set.
[[nodiscard]] Result<NodePtr> set(const NodePtr& root, const Assignment& assignment);

/// `below` with `above` over it: maps merge key by key, everything else is replaced.
[[nodiscard]] NodePtr merge(const NodePtr& below, const NodePtr& above);

/// The map with the items appended to the list at `key` (made if not there). A value that is no
/// list stays as it is.
[[nodiscard]] NodePtr append(const NodePtr& map, std::string_view key, const Node& items);
/// The map with the value of `key` replaced or added.
[[nodiscard]] NodePtr with(const NodePtr& map, std::string_view key, const Place& place,
                           const NodePtr& value);

}  // namespace shaketable::scenarios::text
