#include <algorithm>

#include "model/model.h"
#include "model/stretch.h"

namespace shaketable::model {

Duration under_contention(const ServicePlan& service, std::uint32_t in_service, Duration work) {
    const double n = std::max(in_service, 1U);
    return stretched(work, 1 + service.serial * (n - 1) + service.crosstalk * n * (n - 1));
}

}  // namespace shaketable::model
