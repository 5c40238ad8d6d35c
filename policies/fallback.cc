#include "policies/fallback.h"

namespace shaketable::policies {

OutcomeMask fallback_mask(const Fallback& rule) {
    return OutcomeMask{rule.when.empty() ? std::vector{OutcomeClass::any} : rule.when};
}

}  // namespace shaketable::policies
