// Line and bar plots as SVG. Colours come from the page's style sheet, so they follow light and dark.
#pragma once

#include <string>
#include <vector>

namespace starling::report {

struct Point {
  double x = 0;
  double y = 0;
};

struct Series {
  std::string name;
  int colour = 1;  // of the page: .s1, .s2, …
  std::vector<Point> points;
  bool filled = false;
};

struct Mark {
  double x = 0;
  std::string text;
};

struct Axis {
  std::string unit;
  bool logarithmic = false;
};

/// One plot, as wide as its box.
std::string line_plot(const Axis& x, const Axis& y, const std::vector<Series>& series,
                      const std::vector<Mark>& marks = {});
/// Bars of (x, height), each as wide as its neighbour is away.
std::string bar_plot(const Axis& x, const Axis& y, const std::vector<Point>& bars, const std::vector<Mark>& marks = {});

/// "0.5", "20", "1.5k", "2M".
std::string short_number(double value);

}  // namespace starling::report
