/// What is at the other end of the standard streams.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shaketable::cli {

/// Is the descriptor a terminal, and does NO_COLOR not forbid colours? Source: no-color.org.
[[nodiscard]] bool may_color(int descriptor);
/// Columns of the terminal on standard output, 80 to 160; 100 where there is none.
[[nodiscard]] std::size_t terminal_width();
/// Does the locale's encoding have more than ASCII? Yes where standard output is no terminal: files
/// are UTF-8.
[[nodiscard]] bool has_unicode();

/// Gives closed standard streams a file that refuses, so that no file of ours takes their number.
void guard_standard_streams();
/// False, with a message on standard error: not all of the output was taken.
[[nodiscard]] bool flush_output();

/// One line of text for the column it begins at (from 0), broken at spaces so that it stays within
/// `width` columns; the lines that follow begin at the same column.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t column, std::size_t width);

}  // namespace shaketable::cli
