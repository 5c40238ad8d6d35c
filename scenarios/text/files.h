/// The files a reading may touch: the main one, and those it names, none outside its folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "scenarios/text/reading.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

/// The text of a file of at most `bytes_max` bytes. The problem (E001) has no place yet and says
/// only why; its hint names the nearest file that is there. Pipes and devices are read only where
/// `any_kind` allows it.
[[nodiscard]] Result<std::string> load(const std::string& path, bool any_kind = false);

/// Where `name`, written in the file `from`, lies: relative to the folder of `from`.
/// Errors (no place yet): E042 with `include`'s words where it leaves the folder of the main file,
/// by `..` or a link.
[[nodiscard]] Result<std::string> resolve(const std::string& main, const std::string& from,
                                          const std::string& name);

/// The tree of the main file over those it includes, and those over theirs. Null pointer where the
/// main file itself is not readable; a bad include is reported and left out. E042 missing, in a
/// circle, or more than 100.
[[nodiscard]] NodePtr load_tree(Sources& sources, Problems& problems, bool may_read_files);

}  // namespace shaketable::scenarios::text
