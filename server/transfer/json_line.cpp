#include "server/transfer/json_line.h"

#include <fmt/format.h>

#include <iterator>

#include "common/wire/utf8.h"

namespace starling::transfer {

void JsonLine::begin(std::string_view type) {
  out_ = "{\"type\":";
  quoted(type);
}

std::string_view JsonLine::end() {
  out_ += "}\n";
  return out_;
}

void JsonLine::key(std::string_view name) {
  out_ += ',';
  quoted(name);
  out_ += ':';
}

void JsonLine::quoted(std::string_view utf8) {
  out_ += '"';
  std::size_t plain = 0;
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f) continue;
    out_.append(utf8, plain, at - plain);
    plain = at + 1;
    if (byte == '"' || byte == '\\') {
      out_ += '\\';
      out_ += utf8[at];
    } else if (byte == '\n') {
      out_ += "\\n";
    } else {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", byte);
    }
  }
  out_.append(utf8, plain);
  out_ += '"';
}

void JsonLine::number(std::string_view name, std::int64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonLine::count(std::string_view name, std::uint64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonLine::id(std::string_view name, std::uint64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "\"{}\"", value);
}

void JsonLine::hash(std::string_view name, std::uint64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "\"{:016x}\"", value);
}

void JsonLine::text(std::string_view name, std::string_view utf8) {
  key(name);
  quoted(utf8);
}

void JsonLine::null(std::string_view name) {
  key(name);
  out_ += "null";
}

void JsonLine::bytes(std::string_view name, std::string_view bytes) {
  if (wire::is_utf8(bytes)) return text(name, bytes);
  key(fmt::format("{}_hex", name));
  out_ += '"';
  for (const char c : bytes) fmt::format_to(std::back_inserter(out_), "{:02x}", static_cast<unsigned char>(c));
  out_ += '"';
}

}  // namespace starling::transfer
