#include "server/bus/config.h"

#include <sodium.h>

namespace starling::bus {

std::string text_of(const Key& key) {
  constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(key.size(), kForm), '\0');
  sodium_bin2base64(text.data(), text.size(), key.data(), key.size(), kForm);
  text.pop_back();  // the terminator
  return text;
}

}  // namespace starling::bus
