#include "server/ctl/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {
namespace {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Warn:
      return "warn";
    case Verdict::Fail:
      return "FAIL";
  }
  return "?";
}

Verdict worst_of(const std::vector<Finding>& findings) {
  Verdict worst = Verdict::Ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

}  // namespace

int exit_code_of(const std::vector<Finding>& findings) {
  switch (worst_of(findings)) {
    case Verdict::Ok:
      return kExitOk;
    case Verdict::Warn:
      return kExitWarnings;
    case Verdict::Fail:
      return kExitFailed;
  }
  return kExitFailed;
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += fmt::format("{:<4}  {:<12}  {}", name_of(finding.verdict), finding.what, finding.text);
    if (!finding.fix.empty()) out += fmt::format("; fix: {}", finding.fix);
    out += '\n';
  }
  return out;
}

std::string to_json(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const Finding& finding : findings) {
    boost::json::object each{{"what", finding.what},
                             {"verdict", finding.verdict == Verdict::Fail ? "fail" : name_of(finding.verdict)},
                             {"text", finding.text}};
    if (!finding.fix.empty()) each["fix"] = finding.fix;
    list.push_back(std::move(each));
  }
  const Verdict worst = worst_of(findings);
  const boost::json::object out{{"verdict", worst == Verdict::Fail ? "fail" : name_of(worst)},
                                {"findings", std::move(list)}};
  return boost::json::serialize(out);
}

}  // namespace starling::ctl
