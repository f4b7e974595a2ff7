// The QML module Starling.Models 1.0.
#pragma once

namespace starling::qt {

/// Once, before any page is loaded.
void register_types();

}  // namespace starling::qt
