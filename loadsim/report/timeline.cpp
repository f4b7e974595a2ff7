#include "loadsim/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "loadsim/report/html_style.h"
#include "loadsim/report/markup.h"
#include "loadsim/report/time_fold.h"

namespace starling::report {
namespace {

constexpr double kWidth = 1120;
constexpr double kLeft = 168;  // the lanes' names
constexpr double kRight = 24;
constexpr double kCharacter = 6.3;  // about as wide as a letter
constexpr double kMark = 4.5;       // radius
constexpr double kRow = 17;
constexpr double kLanePad = 5;
constexpr std::size_t kNameLength = 25;
constexpr std::size_t kViolationLength = 74;  // of a line: half of the picture takes it

constexpr const char* kTimelineStyle = R"css(
:root{--m0:#1f77d0;--m1:#e0662a;--m2:#8a4fd0;--m3:#0f8a8a;--m4:#a8740a;--m5:#c23a86}
@media (prefers-color-scheme:dark){:root{--m0:#5aa9f4;--m1:#f2915f;--m2:#b58cf0;--m3:#45c4c0;--m4:#d9a441;--m5:#f07ab8}}
.cards{grid-template-columns:1fr}
.card svg{min-width:900px}
.lane{fill:var(--ink);font-size:11.5px}
.step text,.faulttext,.endtext{font-size:11px;fill:var(--ink)}
.m0{--c:var(--m0)}.m1{--c:var(--m1)}.m2{--c:var(--m2)}.m3{--c:var(--m3)}.m4{--c:var(--m4)}.m5{--c:var(--m5)}
.way{fill:none;stroke:var(--c);stroke-width:1.2;opacity:.5}
.step circle{fill:var(--c);stroke:var(--card);stroke-width:1}
.step.lost circle{fill:var(--card);stroke:var(--c);stroke-width:2}
.step.bad circle{fill:var(--card);stroke:var(--bad);stroke-width:2.4}
.step.bad text{fill:var(--bad);font-weight:600}
.fault{fill:var(--warn);opacity:.32}
.view{fill:var(--good);opacity:.3}
.down{fill:var(--dim);opacity:.2}
.part{fill:var(--s1);opacity:.12}
.end{stroke:var(--bad);stroke-width:1.6}
.end.kept{stroke:var(--good)}
.endlane{fill:none;stroke:var(--bad);stroke-width:2}
.endtext{fill:var(--bad);font-weight:600}
.legend i.dot{width:9px;height:9px;border-radius:5px;background:var(--c)}
.legend i.dot.lost{background:none;border:2px solid var(--dim)}
.legend i.dot.bad{background:none;border:2.4px solid var(--bad)}
td:nth-child(n+2),th:nth-child(n+2){text-align:left}
)css";

const char* class_of(Timeline::Tone tone) {
  switch (tone) {
    case Timeline::Tone::Plain:
      return "";
    case Timeline::Tone::Lost:
      return " lost";
    case Timeline::Tone::Bad:
      return " bad";
  }
  return "";
}

double width_of(std::string_view text) { return kCharacter * static_cast<double>(text.size()); }

std::string shortened(const std::string& text, std::size_t length) {
  return text.size() <= length ? text : text.substr(0, length - 1) + "…";
}

std::string seconds_text(double ms) { return fmt::format("{:.3f} s", ms / 1000); }

/// Lines of at most so many bytes, broken at spaces and at its own line ends.
std::vector<std::string> wrapped(std::string_view text, std::size_t length) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > length) lines.emplace_back();
    if (!lines.back().empty() && !word.empty()) lines.back() += ' ';
    lines.back() += word;
    if (end < text.size() && text[end] == '\n') lines.emplace_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Puts things of known extent into the first row where they are free.
class Rows {
 public:
  std::size_t take(double from, double to) {
    std::size_t row = 0;
    while (row < free_from_.size() && free_from_[row] > from) ++row;
    if (row == free_from_.size()) free_from_.emplace_back();
    free_from_[row] = to;
    return row;
  }
  std::size_t count() const { return free_from_.size(); }

 private:
  std::vector<double> free_from_;
};

std::string svg(double height, const std::string& body, std::string_view about) {
  return fmt::format(R"(<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>)", kWidth, height,
                     escaped(about), body);
}

/// A span as a bar with its text beside it; where there is no room on either side, on it.
std::string bar(const char* kind, double from, double to, double y, const Timeline::Span& span, Rows& rows) {
  const double width = std::max(2.0, to - from);
  const double text_width = width_of(span.text);
  double text = from + width + 4;
  if (text + text_width > kWidth - kRight) text = from - 4 - text_width < kLeft ? from + 4 : from - 4 - text_width;
  y += kRow * static_cast<double>(rows.take(std::min(from, text), std::max(from + width, text + text_width) + 8));
  return fmt::format(
      R"(<g><title>{} to {}: {}</title><rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="10" rx="2"/>)"
      R"(<text class="faulttext" x="{:.1f}" y="{:.1f}">{}</text></g>)",
      seconds_text(span.from_ms), seconds_text(span.to_ms), escaped(span.text), kind, from, y, width, text, y + 9,
      escaped(span.text));
}

std::string end_line(const Timeline::End& end, double x, double top, double bottom) {
  return fmt::format(R"(<path class="end{}" d="M{:.1f},{:.1f} V{:.1f}"><title>{}</title></path>)",
                     end.violation.empty() ? " kept" : "", x, top, bottom,
                     escaped(end.violation.empty() ? "the end" : end.violation));
}

/// Lanes of bars above each other, with their name in front.
class Bars {
 public:
  explicit Bars(double y) : y_(y) {}

  void lane(const char* kind, const std::string& name, const std::vector<Timeline::Span>& spans,
            const std::function<double(double)>& x) {
    if (spans.empty()) return;
    Rows rows;
    out_ += fmt::format(R"(<text class="lane" x="4" y="{:.1f}">{}</text>)", y_ + 9, name);
    for (const Timeline::Span& span : spans) out_ += bar(kind, x(span.from_ms), x(span.to_ms), y_, span, rows);
    y_ += kRow * static_cast<double>(rows.count());
  }
  double y() const { return y_; }
  const std::string& drawn() const { return out_; }

 private:
  double y_;
  std::string out_;
};

/// The whole run on a straight line of time: its views and faults, and which part is drawn large.
std::string overview(const Timeline& t, double window_from) {
  const double whole = std::max({t.end.at_ms, 1.0, t.faults.empty() ? 0.0 : t.faults.back().from_ms});
  const auto x = [&](double ms) { return kLeft + std::clamp(ms / whole, 0.0, 1.0) * (kWidth - kRight - kLeft); };
  Bars bars(10);
  bars.lane("view", "views", t.views, x);
  bars.lane("fault", "faults", t.faults, x);
  std::string body = bars.drawn();
  if (t.faults.empty())
    body += fmt::format(R"(<text class="tick" x="{}" y="{:.1f}">no faults</text>)", kLeft, bars.y() + 9);
  const double bottom = bars.y() + (t.faults.empty() ? kRow : 0) + 4;
  const double part = x(t.end.at_ms) - x(window_from);
  std::string out = fmt::format(
      R"(<rect class="part" x="{:.1f}" y="4" width="{:.1f}" height="{:.1f}"><title>drawn large below</title></rect>)",
      x(window_from), std::max(2.0, part), bottom - 4);
  out += body + end_line(t.end, x(t.end.at_ms), 4, bottom);
  for (int i = 0; i <= 5; ++i) {
    const double ms = whole * i / 5;
    out +=
        fmt::format(R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="{}">{:.1f} s</text>)", x(ms), bottom + 14,
                    i == 0   ? "start"
                    : i == 5 ? "end"
                             : "middle",
                    ms / 1000);
  }
  return svg(bottom + 20, out, "the views and faults of the whole run");
}

/// The messages' way through the lanes, on folded time.
class Detail {
 public:
  Detail(const Timeline& t, TimeFold fold) : t_(t), fold_(std::move(fold)) {
    lay_out();
    draw_ground();
    for (std::size_t i = 0; i < t_.steps.size(); ++i) draw_way(i);
    for (std::size_t i = 0; i < t_.steps.size(); ++i) draw_step(i);
    draw_end();
  }
  std::string finish() && { return svg(height_, out_, "the way of the messages"); }

 private:
  struct Place {
    double x = 0;
    std::size_t row = 0;  // within the lane
    bool before = false;  // the label stands before the mark
  };

  double y_of(const Timeline::Step& step, const Place& place) const {
    return tops_[step.lane] + kLanePad + kRow * (static_cast<double>(place.row) + 0.5);
  }

  /// Rows first, for what is at one place at one time stands below each other; then the lanes as high as their rows.
  void lay_out() {
    std::vector<Rows> rows(t_.lanes.size());
    for (const Timeline::Step& step : t_.steps) {
      const double x = fold_.at(step.at_ms);
      const double label = step.label.empty() ? 0 : width_of(step.label) + 6;
      const bool before = x + kMark + label > kWidth - kRight;
      const double from = x - kMark - 1 - (before ? label : 0);
      const std::size_t row = rows[step.lane].take(from, x + kMark + 2 + (before ? 0 : label));
      places_.push_back({x, row, before});
    }
    Bars bars(12);
    const auto x = [this](double ms) { return fold_.at(ms); };
    bars.lane("view", "views", in_sight(t_.views), x);
    bars.lane("fault", "faults", in_sight(t_.faults), x);
    out_ += bars.drawn();
    double y = bars.y();
    for (std::size_t i = 0; i < t_.lanes.size(); ++i) {
      tops_.push_back(y);
      y += 2 * kLanePad + kRow * static_cast<double>(std::max<std::size_t>(1, rows[i].count()));
    }
    bottom_ = y;
  }

  bool is_in_sight(const Timeline::Span& span) const {
    return span.to_ms >= fold_.moments().front() && span.from_ms <= fold_.moments().back();
  }

  std::vector<Timeline::Span> in_sight(const std::vector<Timeline::Span>& spans) const {
    std::vector<Timeline::Span> seen;
    for (const Timeline::Span& span : spans) {
      if (is_in_sight(span)) seen.push_back(span);
    }
    return seen;
  }

  double height_of(std::size_t lane) const {
    return (lane + 1 < tops_.size() ? tops_[lane + 1] : bottom_) - tops_[lane];
  }

  void draw_ground() {
    for (std::size_t i = 0; i < t_.lanes.size(); ++i) {
      const Timeline::Lane& lane = t_.lanes[i];
      if (lane.begins_group) {
        out_ += fmt::format(R"(<path class="grid" d="M0,{0:.1f} H{1}"/>)", tops_[i], kWidth - kRight);
      }
      out_ += fmt::format(
          R"(<g><title>{}</title><text class="lane" x="4" y="{:.1f}">{}</text></g><path class="grid" d="M{},{:.1f} H{}"/>)",
          escaped(lane.about), tops_[i] + kLanePad + kRow / 2 + 4, escaped(shortened(lane.name, kNameLength)), kLeft,
          tops_[i] + kLanePad + kRow / 2, kWidth - kRight);
    }
    for (const Timeline::Down& down : t_.downs) {
      if (!is_in_sight(down.span)) continue;
      const double from = fold_.at(down.span.from_ms);
      out_ += fmt::format(
          R"(<rect class="down" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{} to {}: {}</title></rect>)",
          from, tops_[down.lane] + 1, std::max(2.0, fold_.at(down.span.to_ms) - from), height_of(down.lane) - 2,
          seconds_text(down.span.from_ms), seconds_text(down.span.to_ms), escaped(down.span.text));
    }
    double free_from = kLeft - 30;
    for (const double moment : fold_.moments()) {
      const std::string text = seconds_text(moment);
      const double x = std::min(fold_.at(moment), kWidth - kRight - width_of(text) / 2 + 8);
      if (x - width_of(text) / 2 < free_from) continue;
      free_from = x + width_of(text) / 2 + 10;
      out_ += fmt::format(
          R"(<path class="mark" d="M{0:.1f},8 V{1:.1f}"/><text class="tick" x="{2:.1f}" y="{3:.1f}" text-anchor="middle">{4}</text>)",
          fold_.at(moment), bottom_, x, bottom_ + 14, text);
    }
  }

  void draw_way(std::size_t i) {
    const Timeline::Step& step = t_.steps[i];
    if (!step.after) return;
    const Timeline::Step& cause = t_.steps[*step.after];
    out_ +=
        fmt::format(R"(<path class="way m{}" d="M{:.1f},{:.1f} L{:.1f},{:.1f}"/>)", step.message,
                    places_[*step.after].x, y_of(cause, places_[*step.after]), places_[i].x, y_of(step, places_[i]));
  }

  void draw_step(std::size_t i) {
    const Timeline::Step& step = t_.steps[i];
    const Place& place = places_[i];
    const double y = y_of(step, place);
    out_ += fmt::format(R"(<g class="step m{}{}"><title>{}, {}: {}</title><circle cx="{:.1f}" cy="{:.1f}" r="{}"/>)",
                        step.message, class_of(step.tone), seconds_text(step.at_ms), escaped(t_.lanes[step.lane].name),
                        escaped(step.about), place.x, y, kMark);
    if (!step.label.empty()) {
      out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                          place.before ? place.x - kMark - 3 : place.x + kMark + 3, y + 4,
                          place.before ? "end" : "start", escaped(step.label));
    }
    out_ += "</g>";
  }

  /// The violation stands where it was found: below the line that ends the run, and around the lane.
  void draw_end() {
    const double x = fold_.at(t_.end.at_ms);
    out_ += end_line(t_.end, x, 4, bottom_);
    height_ = bottom_ + 22;
    if (t_.end.violation.empty()) return;
    if (t_.end.lane) {
      out_ += fmt::format(R"(<path class="endlane" d="M{0:.1f},{1:.1f} H{2:.1f} M{0:.1f},{3:.1f} H{2:.1f}"/>)",
                          std::max(kLeft, x - 60), tops_[*t_.end.lane] + 1, x,
                          tops_[*t_.end.lane] + height_of(*t_.end.lane) - 1);
    }
    const bool before = x > (kLeft + kWidth - kRight) / 2;
    for (const std::string& line : wrapped(t_.end.violation, kViolationLength)) {
      height_ += 14;
      out_ += fmt::format(R"(<text class="endtext" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, height_ - 4,
                          before ? "end" : "start", escaped(line));
    }
    height_ += 6;
  }

  const Timeline& t_;
  TimeFold fold_;
  std::vector<Place> places_;  // of the steps
  std::vector<double> tops_;   // of the lanes
  double bottom_ = 0;
  double height_ = 0;
  std::string out_;
};

std::string legend(const Timeline& t) {
  std::string out = "<p class=legend>";
  for (std::size_t i = 0; i < t.messages.size(); ++i) {
    out += fmt::format("<i class=\"dot m{}\"></i>{}", i, escaped(t.messages[i]));
  }
  return out +
         "<i class=\"dot lost\"></i>lost between shards<i class=\"dot bad\"></i>went wrong; a gap in time takes room "
         "by its "
         "logarithm; grey: the lane was down or stood still</p>";
}

std::string step_table(const Timeline& t) {
  std::string rows = "<table><tr><th>time</th><th>where</th><th>what</th></tr>";
  for (const Timeline::Step& step : t.steps) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td{}>{}</td></tr>", seconds_text(step.at_ms),
                        escaped(t.lanes[step.lane].name), step.tone == Timeline::Tone::Bad ? " class=bad" : "",
                        escaped(step.about));
  }
  return rows + "</table>";
}

}  // namespace

std::string html(const Timeline& t) {
  std::vector<double> moments{t.end.at_ms};
  for (const Timeline::Step& step : t.steps) moments.push_back(step.at_ms);
  TimeFold fold(std::move(moments), kLeft + 14, kWidth - kRight - 10);
  const double window_from = fold.moments().front();
  const bool broken = !t.end.violation.empty();
  std::string out = page_head(t.title, t.title, t.note, std::string(kStyle) + kTimelineStyle);
  out += fmt::format("<div class=\"verdict {}\"><b>{}</b><span>{}</span></div>\n<div class=cards>\n",
                     broken ? "bad" : "good", broken ? "Broken: " + escaped(t.end.promise) : "Every promise is kept",
                     escaped(t.end.violation));
  out += card("The run", overview(t, window_from));
  out += card(broken ? "What went wrong" : "The last messages", Detail(t, std::move(fold)).finish() + legend(t));
  out += card("Step by step", step_table(t));
  out += card("Its schedule: starling-loadsim sim --schedule FILE", "<pre>" + escaped(t.schedule) + "</pre>");
  return out + "</div></main></body></html>\n";
}

}  // namespace starling::report
