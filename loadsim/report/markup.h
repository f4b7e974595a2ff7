// Text into XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace starling::report {

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A titled box of a page; `body` is markup.
inline std::string card(std::string_view title, const std::string& body) {
  return "<section class=card><h2>" + escaped(title) + "</h2>" + body + "</section>\n";
}

/// Up to the page's content, which begins with its title.
inline std::string page_head(std::string_view title, std::string_view heading, std::string_view about,
                             std::string_view style) {
  return "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport "
         "content=\"width=device-width,initial-scale=1\"><title>" +
         escaped(title) + "</title><style>" + std::string(style) + "</style></head><body><main>\n<h1>" +
         escaped(heading) + "</h1><p class=about>" + escaped(about) + "</p>\n";
}

}  // namespace starling::report
