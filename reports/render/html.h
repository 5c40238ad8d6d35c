/// report.html: one file that opens offline and asks nothing of the network.
///
/// Its policy (`default-src 'none'`) allows nothing but the script and the style in it, by their
/// digests. All that comes from a scenario is in the data, which only the script reads and which it
/// puts into the page as text; the title is the one place where a name stands in the markup, and is
/// escaped there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/render/page_data.h"

namespace shaketable::reports {

/// Precondition: at least one run. The first one is shown first.
[[nodiscard]] std::string to_html(const std::vector<RunView>& runs);

/// `&`, `<`, `>`, `"` and `'` as references; control characters and bytes that are not UTF-8 as
/// U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// A page around a title, a script, and data that the script will unpack from #data.
struct WebAsset;
[[nodiscard]] std::string page_around(std::string_view title, const WebAsset& script,
                                      std::string_view data);

}  // namespace shaketable::reports
