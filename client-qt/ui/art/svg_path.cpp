#include "client-qt/ui/art/svg_path.h"

#include <QPointF>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace starling::ui {
namespace {

/// Reads commands and numbers; owns the place in the text and the current point. One path, one thread.
class PathReader {
 public:
  explicit PathReader(QStringView d) : rest_{d} {}

  QPainterPath read() {
    while (skip_separators(), !rest_.isEmpty()) {
      if (rest_.front().isLetter()) {
        command_ = rest_.front().toLatin1();
        rest_ = rest_.mid(1);
      }
      if (!step()) break;
    }
    return path_;
  }

 private:
  bool relative() const { return command_ >= 'a'; }

  void skip_separators() {
    while (!rest_.isEmpty() && (rest_.front().isSpace() || rest_.front() == u',')) rest_ = rest_.mid(1);
  }

  std::optional<double> number() {
    skip_separators();
    qsizetype n = 0;
    bool dot = false;
    for (; n < rest_.size(); ++n) {
      const auto c = rest_[n];
      if (c == u'.' && !dot) {
        dot = true;
      } else if (!(c.isDigit() || (n == 0 && (c == u'-' || c == u'+')))) {
        break;
      }
    }
    bool fine = false;
    const double value = rest_.left(n).toDouble(&fine);
    if (!fine) return std::nullopt;
    rest_ = rest_.mid(n);
    return value;
  }

  std::optional<QPointF> point() {
    const auto x = number();
    const auto y = x ? number() : x;
    if (!y) return std::nullopt;
    return relative() ? QPointF{*x, *y} + at_ : QPointF{*x, *y};
  }

  bool line_to(QPointF to) {
    path_.lineTo(to);
    at_ = control_ = to;
    return true;
  }

  bool cubic(std::optional<QPointF> c1) {
    const auto c2 = c1 ? point() : c1;
    const auto to = c2 ? point() : c2;
    if (!to) return false;
    path_.cubicTo(*c1, *c2, *to);
    control_ = *c2;
    at_ = *to;
    return true;
  }

  bool quad() {
    const auto c = point();
    const auto to = c ? point() : c;
    if (!to) return false;
    path_.quadTo(*c, *to);
    at_ = control_ = *to;
    return true;
  }

  bool step() {
    switch (command_) {
      case 'M':
      case 'm': {
        const auto to = point();
        if (!to) return false;
        path_.moveTo(*to);
        at_ = control_ = start_ = *to;
        command_ = relative() ? 'l' : 'L';
        return true;
      }
      case 'L':
      case 'l': {
        const auto to = point();
        return to && line_to(*to);
      }
      case 'H':
      case 'h': {
        const auto x = number();
        return x && line_to({relative() ? at_.x() + *x : *x, at_.y()});
      }
      case 'V':
      case 'v': {
        const auto y = number();
        return y && line_to({at_.x(), relative() ? at_.y() + *y : *y});
      }
      case 'C':
      case 'c':
        return cubic(point());
      case 'S':
      case 's':
        return cubic(at_ * 2 - control_);
      case 'Q':
      case 'q':
        return quad();
      case 'A':
      case 'a':
        return arc();
      case 'Z':
      case 'z':
        path_.closeSubpath();
        at_ = control_ = start_;
        return rest_.isEmpty() || rest_.front().isLetter() || rest_.front().isSpace();
      default:
        return false;
    }
  }

  // Endpoints to centre as in SVG 1.1, appendix F.6, for circles and upright ellipses: no icon turns one.
  bool arc() {
    const auto rx = number();
    const auto ry = number();
    const auto turn = number();
    const auto large = number();
    const auto sweep = number();
    const auto to = point();
    if (!rx || !ry || !turn || !large || !sweep || !to) return false;
    const QPointF half = (at_ - *to) / 2;
    double a = *rx;
    double b = *ry;
    const double spread = std::pow(half.x() / a, 2) + std::pow(half.y() / b, 2);
    if (spread > 1) {
      a *= std::sqrt(spread);
      b *= std::sqrt(spread);
    }
    const double below = std::pow(a * half.y(), 2) + std::pow(b * half.x(), 2);
    double k = below > 0 ? std::sqrt(std::max(0.0, a * a * b * b / below - 1)) : 0;
    if ((*large != 0) == (*sweep != 0)) k = -k;
    const QPointF offset{k * a * half.y() / b, -k * b * half.x() / a};
    const QPointF centre = offset + (at_ + *to) / 2;
    const auto angle = [&](QPointF p) {
      return std::atan2(-(p.y() - centre.y()) / b, (p.x() - centre.x()) / a) * 180 / std::numbers::pi;
    };
    const double from = angle(at_);
    double by = angle(*to) - from;
    if (*sweep != 0 && by > 0) by -= 360;
    if (*sweep == 0 && by < 0) by += 360;
    path_.arcTo(QRectF{centre.x() - a, centre.y() - b, 2 * a, 2 * b}, from, by);
    at_ = control_ = *to;
    return true;
  }

  QStringView rest_;
  QPainterPath path_;
  QPointF at_, start_, control_;
  char command_ = 'M';
};

}  // namespace

QPainterPath svg_path(QStringView d) { return PathReader{d}.read(); }

}  // namespace starling::ui
