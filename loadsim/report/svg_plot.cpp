#include "loadsim/report/svg_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "loadsim/report/markup.h"

namespace starling::report {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 240;
constexpr double kLeft = 56;
constexpr double kRight = 16;
constexpr double kTop = 14;
constexpr double kBottom = 34;
/// About as wide as a letter of a mark's text.
constexpr double kCharacter = 6;

/// From values to the places on one side of the plot.
class Scale {
 public:
  Scale(const Axis& axis, double low, double high, double from, double to)
      : axis_(axis), low_(low), high_(high), from_(from), to_(to) {
    if (axis.logarithmic) {
      low_ = std::pow(10, std::floor(std::log10(std::max(low, 1e-3))));
      high_ = std::pow(10, std::ceil(std::log10(std::max(high, low_ * 10))));
    } else if (!(high_ > low_)) {
      high_ = low_ + 1;
    }
  }

  double at(double value) const {
    const double part = axis_.logarithmic ? std::log10(std::max(value, low_) / low_) / std::log10(high_ / low_)
                                          : (value - low_) / (high_ - low_);
    return from_ + std::clamp(part, 0.0, 1.0) * (to_ - from_);
  }

  /// Round numbers within.
  std::vector<double> ticks() const {
    std::vector<double> found;
    if (axis_.logarithmic) {
      const auto decades = std::lround(std::log10(high_ / low_));
      for (long i = 0; i <= decades; ++i) found.push_back(low_ * std::pow(10, i));
      return found;
    }
    const double rough = (high_ - low_) / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double step = rough / power < 1.5   ? power
                        : rough / power < 3.5 ? 2 * power
                        : rough / power < 7.5 ? 5 * power
                                              : 10 * power;
    const auto last = std::lround(std::floor(high_ / step + 0.001));
    for (long i = std::lround(std::ceil(low_ / step)); i <= last; ++i) found.push_back(static_cast<double>(i) * step);
    return found;
  }

 private:
  Axis axis_;
  double low_;
  double high_;
  double from_;
  double to_;
};

struct Range {
  double low = 0;
  double high = 0;
  bool any = false;

  void cover(double value) {
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
};

class Plot {
 public:
  Plot(const Axis& x, const Axis& y, Range xs, Range ys)
      : x_(x, xs.low, xs.high, kLeft, kWidth - kRight),
        y_(y, y.logarithmic ? ys.low : 0, y.logarithmic ? ys.high : ys.high * 1.08, kHeight - kBottom, kTop) {
    grid(x, y);
  }

  void line(const Series& series) {
    std::string path;
    for (const Point& point : series.points)
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : " L", x_.at(point.x), y_.at(point.y));
    if (series.filled && !series.points.empty()) {
      const double floor = kHeight - kBottom;
      out_ += fmt::format(R"(<path class="area s{}" d="{} L{:.1f},{} L{:.1f},{} Z"/>)", series.colour, path,
                          x_.at(series.points.back().x), floor, x_.at(series.points.front().x), floor);
    }
    out_ += fmt::format(R"(<path class="line s{}" d="{}"/>)", series.colour, path);
  }

  void bar(double from, double to, double height) {
    const double left = x_.at(from);
    const double top = y_.at(height);
    out_ += fmt::format(R"(<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", left, top,
                        std::max(1.0, x_.at(to) - left - 0.6), std::max(0.0, kHeight - kBottom - top));
  }

  /// Their texts alternate between two lines; one that would run into its neighbour is left out.
  void mark(const std::vector<Mark>& marks) {
    std::array<double, 2> free_from{kLeft, kLeft};
    std::size_t line = 0;
    for (const Mark& each : marks) {
      const double at = x_.at(each.x);
      out_ += fmt::format(R"(<path class="mark" d="M{:.1f},{} V{}"/>)", at, kTop, kHeight - kBottom);
      const double width = kCharacter * static_cast<double>(each.text.size());
      const bool left = at + width > kWidth - kRight;
      const double from = left ? at - width - 4 : at + 4;
      if (from < free_from[line]) continue;
      free_from[line] = from + width + 4;
      out_ += fmt::format(R"(<text class="marktext" x="{:.1f}" y="{}">{}</text>)", from,
                          kTop + 9 + 12 * static_cast<double>(line), escaped(each.text));
      line = 1 - line;
    }
  }

  std::string finish() && {
    return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img">{}</svg>)", kWidth, kHeight, out_);
  }

 private:
  void grid(const Axis& x, const Axis& y) {
    for (const double t : y_.ticks()) {
      out_ += fmt::format(
          R"(<path class="grid" d="M{0},{1:.1f} H{2}"/><text class="tick" x="{3}" y="{4:.1f}" text-anchor="end">{5}</text>)",
          kLeft, y_.at(t), kWidth - kRight, kLeft - 6, y_.at(t) + 4, short_number(t));
    }
    for (const double t : x_.ticks()) {
      out_ += fmt::format(R"(<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>)", x_.at(t),
                          kHeight - kBottom + 15, short_number(t));
    }
    out_ += fmt::format(R"(<text class="unit" x="{}" y="{}" text-anchor="end">{}</text>)", kWidth - kRight, kHeight - 4,
                        escaped(x.unit));
    out_ += fmt::format(R"(<text class="unit" x="4" y="{}">{}</text>)", kTop - 4, escaped(y.unit));
  }

  Scale x_;
  Scale y_;
  std::string out_;
};

}  // namespace

std::string short_number(double value) {
  if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:g}k", value / 1e3);
  return fmt::format("{:g}", std::round(value * 1e6) / 1e6);
}

std::string line_plot(const Axis& x, const Axis& y, const std::vector<Series>& series, const std::vector<Mark>& marks) {
  Range xs;
  Range ys;
  for (const Series& each : series) {
    for (const Point& point : each.points) {
      xs.cover(point.x);
      if (!y.logarithmic || point.y > 0) ys.cover(point.y);
    }
  }
  if (!xs.any || !ys.any) return R"(<p class="none">nothing was measured</p>)";
  Plot plot(x, y, xs, ys);
  plot.mark(marks);
  for (Series each : series) {
    if (y.logarithmic) std::erase_if(each.points, [](const Point& point) { return point.y <= 0; });
    plot.line(each);
  }
  return std::move(plot).finish();
}

std::string bar_plot(const Axis& x, const Axis& y, const std::vector<Point>& bars, const std::vector<Mark>& marks) {
  Range xs;
  Range ys;
  for (const Point& bar : bars) {
    xs.cover(bar.x);
    ys.cover(bar.y);
  }
  if (!xs.any) return R"(<p class="none">nothing was measured</p>)";
  for (const Mark& mark : marks) xs.cover(mark.x);
  Plot plot(x, y, xs, ys);
  for (std::size_t i = 0; i + 1 < bars.size(); ++i) {
    if (bars[i].y > 0) plot.bar(bars[i].x, bars[i + 1].x, bars[i].y);
  }
  plot.mark(marks);
  return std::move(plot).finish();
}

}  // namespace starling::report
