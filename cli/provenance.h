/// What a result says about where it came from.
#pragma once

#include <cstddef>
#include <string>

#include "cli/reading.h"
#include "reports/provenance.h"

namespace shaketable::cli {

/// Of one scenario of a document. `verb`: the command that plays it. `options` is what else must be
/// typed to get the same result, with a space in front of each word (" --seed 7"). What the file
/// alone says is not repeated.
[[nodiscard]] reports::Provenance provenance_of(const Input& input,
                                                const scenarios::Document& document,
                                                std::size_t variant, const std::string& verb,
                                                const std::string& options);

/// As one word of a POSIX shell.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace shaketable::cli
