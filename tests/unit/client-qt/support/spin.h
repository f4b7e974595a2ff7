// Runs the event loop until something is true; gives up after a patience that only a broken test needs.
#pragma once

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTimer>

namespace starling::qt::testing {

template <class Condition>
bool spin_until(Condition condition, int patience_ms = 15'000) {
  const QDeadlineTimer patience(patience_ms);
  QTimer tick;  // wakes the loop for conditions that no event announces
  tick.start(20);
  while (!condition()) {
    if (patience.hasExpired()) return false;
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  }
  return true;
}

}  // namespace starling::qt::testing
