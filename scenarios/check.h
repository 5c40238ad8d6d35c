/// From a file to scenarios that can be run: reads, validates every variant, and says all of it in
/// one go.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/read.h"

namespace shaketable::scenarios {

/// `read_file`, then `validate` on each variant. What all variants share is said once.
[[nodiscard]] Result<Document, Failure> check_file(const std::string& path,
                                                   const ReadOptions& options = {});
/// The same for a text, as `read_text` takes it.
[[nodiscard]] Result<Document, Failure> check_text(const std::string& name, std::string_view text,
                                                   const ReadOptions& options = {});

/// The lint warnings of all variants, in file order. Precondition: checked.
[[nodiscard]] Problems lint(const Document& document);

}  // namespace shaketable::scenarios
