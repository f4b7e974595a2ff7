// What the log refused, in words: what did not happen, why, and who may.
#pragma once

#include <QString>

#include "client-qt/cache/rows.h"

namespace starling::qt {

/// `direct`: the room is a conversation of two.
QString refusal_text(const RefusedRow& row, bool direct);

}  // namespace starling::qt
