// Once for all who use it: a second copy of its symbols would not link.
#include <boost/json/src.hpp>
