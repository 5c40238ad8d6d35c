/// Problems as a person, an editor or a build server reads them.
///
///     error[E104]: unknown endpoint "ledger.apend"
///       --> retry-storm.yaml:70:19
///        |
///     70 |           - call: ledger.apend
///        |                   ^^^^^^^^^^^^ did you mean "ledger.append"?
///        |
///        = note: ledger has one endpoint: append (line 84)
#pragma once

#include <string>

#include "base/problem.h"
#include "scenarios/source.h"

namespace shaketable::scenarios {

struct RenderOptions {
    bool all = false;    ///< else the first 20, and how many more there are
    bool color = false;  ///< ANSI escapes
};

/// For a terminal. Bytes of the file that could steer a terminal are shown as `?`. "" where there
/// is no problem.
[[nodiscard]] std::string render(const Problems& problems, const Sources& sources,
                                 const RenderOptions& options = {});

/// A JSON array, one object per problem: code, severity, message, hint, notes, file and a `range`
/// {start, end} of {line, character} as editors count them: both from 0, the characters in UTF-16
/// units. Ends in a newline.
[[nodiscard]] std::string render_json(const Problems& problems, const Sources& sources);

/// Workflow commands: `::error file=a.yaml,line=3,col=5,endColumn=9,title=E020::message`, one line
/// each.
[[nodiscard]] std::string render_github(const Problems& problems);

/// By file (main first, as in `sources`), line and column; those without a place last. Stable;
/// drops exact repeats.
void sort_problems(Problems& problems, const Sources& sources);

}  // namespace shaketable::scenarios
