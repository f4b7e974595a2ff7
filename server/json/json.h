// Boost.JSON, whose code is in this library: Debian's headers are enough, its own library is not linked.
#pragma once

#include <boost/json.hpp>  // IWYU pragma: export
