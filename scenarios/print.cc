#include "scenarios/print.h"

#include "scenarios/text/emit.h"
#include "scenarios/text/encode.h"

namespace shaketable::scenarios {

std::string print(const Scenario& scenario) {
    std::vector<text::Entry> entries{{"schema", {}, text::make_word("shaketable/v1")}};
    text::encode_fields(scenario, entries);
    return text::emit(*text::make_map(std::move(entries)));
}

}  // namespace shaketable::scenarios
