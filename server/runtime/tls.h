// Native TLS through OpenSSL, on the connection's own descriptor. A connection with it costs some 30 KB more.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "server/runtime/config.h"
#include "server/runtime/transport.h"

namespace starling::runtime {

/// Certificate, key and policy (TLS 1.2 with AEAD ciphers, TLS 1.3, no renegotiation, no early data). Shared by all
/// shards: OpenSSL counts its references atomically.
class TlsContext {
 public:
  /// The error names the file and OpenSSL's reason.
  static Result<TlsContext, std::string> load(const TlsConfig& config);

  SSL_CTX* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

class TlsStream {
 public:
  TlsStream(const TlsContext& context, int fd);

  /// Both also carry the handshake forward.
  IoResult read(std::span<std::byte> out);
  /// After Blocked the next call must begin with the same bytes.
  IoResult write(std::span<const std::byte> in);
  void shut_down();

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };
  IoResult result(int status);

  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace starling::runtime
