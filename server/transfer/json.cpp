// Boost.JSON, compiled here: Debian's headers are enough, its library is not linked.
#include <boost/json/src.hpp>
