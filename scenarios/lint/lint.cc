#include "scenarios/lint/lint.h"

#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios {

Problems lint(const Scenario& scenario, const Locate& where) {
    Problems problems;
    const lint_rules::Facts facts{scenario, where, problems};
    for (const lint_rules::Rule& rule : lint_rules::catalogue) rule.find(facts);
    return problems;
}

}  // namespace shaketable::scenarios
