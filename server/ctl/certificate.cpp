#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include "server/ctl/machine.h"

namespace starling::ctl {
namespace {

struct Free {
  void operator()(std::FILE* file) const { std::fclose(file); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using File = std::unique_ptr<std::FILE, Free>;

}  // namespace

Certificate certificate(const std::string& certificate_path, const std::string& key_path) {
  const File file(std::fopen(certificate_path.c_str(), "rb"));
  if (file == nullptr) return {};
  const std::unique_ptr<X509, Free> chain(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  std::tm until{};
  if (chain == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(chain.get()), &until) != 1) return {};
  Certificate found{.readable = true, .expires_s = ::timegm(&until)};
  const File key_file(std::fopen(key_path.c_str(), "rb"));
  if (key_file == nullptr) return found;
  const std::unique_ptr<EVP_PKEY, Free> key(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr));
  found.key_fits = key != nullptr && X509_check_private_key(chain.get(), key.get()) == 1;
  return found;
}

}  // namespace starling::ctl
