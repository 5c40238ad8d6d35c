/// A parsed text as a tree of scalars, sequences and maps that know their places; nothing of the
/// language yet.
///
/// Nodes never change and are shared: an alias costs a pointer, a variant copies only the way to
/// what it sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "scenarios/source.h"

namespace shaketable::scenarios::text {

inline constexpr std::size_t bytes_max = std::size_t{16} << 20U;  ///< of a file
inline constexpr std::size_t line_max =
    std::size_t{512} << 10U;          ///< bytes; longer ones cost the parser too much memory
inline constexpr int depth_max = 64;  ///< containers within each other
inline constexpr std::uint32_t nodes_max =
    1'000'000;  ///< aliases counted as often as they are used

/// Where something stands.
struct Place {
    std::uint32_t file = 0;    ///< index into Sources::files
    std::uint32_t line = 0;    ///< from 1; 0 = nowhere
    std::uint32_t column = 0;  ///< from 1, in bytes
    std::uint32_t length = 0;  ///< bytes, on this line
    bool operator==(const Place&) const = default;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

/// A key and its value; in a sequence, an item with an empty key.
struct Entry {
    std::string key;
    Place key_place;
    NodePtr value;
};

struct Node {
    enum class Kind : std::uint8_t {
        null,  ///< nothing, `~` or `null`
        scalar,
        sequence,
        map
    };
    Kind kind = Kind::null;
    bool quoted = false;     ///< a scalar in quotes, or a block of text
    bool exact = false;      ///< the bytes at `place` are those of `text`
    bool flow = false;       ///< a container in brackets
    bool broken = false;     ///< what is wrong with it was said already
    std::uint32_t size = 1;  ///< nodes below and including it, aliases expanded; saturates
    Place place{};           ///< of a container: its first line
    std::string text{};
    std::string written{};  ///< the text as written, where parameters were put into it; else ""
    std::vector<Entry> entries{};

    [[nodiscard]] bool is_null() const noexcept { return kind == Kind::null; }
    [[nodiscard]] bool is_scalar() const noexcept { return kind == Kind::scalar; }
    [[nodiscard]] bool is_sequence() const noexcept { return kind == Kind::sequence; }
    [[nodiscard]] bool is_map() const noexcept { return kind == Kind::map; }
    /// The value of a key of a map, or null pointer.
    [[nodiscard]] const Entry* find(std::string_view key) const noexcept;
};

/// Parses the text of `sources.files[file]`. Null pointer where it has problems: E002 syntax, size
/// or depth; E003 a key given twice (with a note where the first one stands); E004 empty; E031 a
/// value that YAML cut at a comma. The first `skip` bytes are left out, and counted into columns.
[[nodiscard]] NodePtr parse(const Sources& sources, std::uint32_t file, Problems& problems,
                            std::uint32_t skip = 0);

/// For problems: the place as people read it.
[[nodiscard]] Location locate(const Sources& sources, const Place& place);
/// The part of a scalar's text from `column` (from 0), `length` bytes, if its bytes are exact; else
/// all of it.
[[nodiscard]] Place part(const Node& node, int column, int length);

[[nodiscard]] NodePtr make_scalar(std::string text, const Place& place, bool quoted);
/// Sets kind and size. `entries` are moved in.
[[nodiscard]] NodePtr make_container(Node::Kind kind, std::vector<Entry> entries,
                                     const Place& place);

/// "a map", "a list", "nothing", or the text in quotes: for messages.
[[nodiscard]] std::string describe(const Node& node);
/// Text made fit for a message: quoted, shortened, without control characters.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace shaketable::scenarios::text
