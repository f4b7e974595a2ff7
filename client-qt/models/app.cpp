#include "client-qt/models/app.h"

#include <QJsonObject>
#include <QSysInfo>
#include <algorithm>
#include <utility>

namespace starling::qt {

App::App(const QString& data, QObject* parent)
    : QObject(parent), settings_(data), servers_({"url", "name", "user", "current"}, "url") {
  for (const auto& [server, print] : settings_.pins) trust_.pin(server, print);
  connect(&trust_, &Trust::pinned, this, [this] {
    settings_.pins = trust_.pins();
    settings_.save();
  });
  connect(&trust_, &Trust::untrusted, this, [this](const Untrusted& what) {
    untrusted_ = what;
    emit serverUntrusted(what.fingerprint, what.subject, what.reason);
  });
  list_servers();
}

App::~App() = default;

void App::setAppearance(const QString& appearance) {
  if (appearance == settings_.appearance) return;
  settings_.appearance = appearance;
  settings_.save();
  emit appearanceChanged();
}

void App::setScale(double scale) {
  scale = std::clamp(scale, 0.5, 3.0);
  if (qFuzzyCompare(scale, settings_.scale)) return;
  settings_.scale = scale;
  settings_.save();
  emit scaleChanged();
}

void App::setReducedMotion(bool reduced) {
  if (std::exchange(settings_.reduced_motion, reduced) == reduced) return;
  settings_.save();
  emit reducedMotionChanged();
}

void App::set_tray(bool there) {
  if (std::exchange(tray_, there) != there) emit trayChanged();
}

void App::setKeepRunning(bool keep) {
  if (std::exchange(settings_.keep_running, keep) == keep) return;
  settings_.save();
  emit keepRunningChanged();
}

void App::setPage(const QString& page) {
  const bool adding = page == QLatin1String("welcome");
  if (std::exchange(adding_, adding) != adding) emit pageChanged();
}

void App::set_busy(bool busy) {
  if (std::exchange(busy_, busy) != busy) emit busyChanged();
}

void App::list_servers() {
  std::vector<QVariantMap> rows;
  for (std::size_t i = 0; i < settings_.accounts.size(); ++i) {
    const AccountEntry& entry = settings_.accounts[i];
    rows.push_back({{QStringLiteral("url"), entry.server},
                    {QStringLiteral("name"), QUrl(entry.server).authority()},
                    {QStringLiteral("user"), entry.handle},
                    {QStringLiteral("current"), static_cast<int>(i) == settings_.current}});
  }
  servers_.set_rows(std::move(rows));
}

// ---- servers

HttpClient* App::client_for(const ServerAddress& server) {
  if (!http_ || http_->base() != server.http) http_ = std::make_unique<HttpClient>(server.http, &trust_);
  return http_.get();
}

void App::connectServer(const QString& url) {
  const std::optional<ServerAddress> server = parse_server(url);
  if (!server) return emit serverFailed(tr("That is no address of a server."), url);
  asked_ = url;
  set_busy(true);
  client_for(*server)->request("GET", QStringLiteral("/v1/server"), {}, {}, this, [this](const HttpReply& reply) {
    set_busy(false);
    if (reply.code == QLatin1String("untrusted")) return;  // serverUntrusted has been told
    const QString name = reply.body.value(QLatin1String("name")).toString();
    if (!reply.ok() || name.isEmpty()) {
      return emit serverFailed(
          reply.status == 0 ? tr("The server cannot be reached.") : tr("There is no Starling server at this address."),
          reply.text);
    }
    emit serverFound(name, reply.body.value(QLatin1String("registration")).toString(),
                     reply.body.value(QLatin1String("first_account")).toBool());
  });
}

void App::trust(const QString& fingerprint) {
  if (fingerprint.isEmpty() || fingerprint != untrusted_.fingerprint) return;
  trust_.pin(untrusted_.server, fingerprint);
  if (session_) {
    session_->host().retry_now();
  } else if (!asked_.isEmpty()) {
    connectServer(asked_);
  }
}

void App::switchServer(int index) {
  if (index < 0 || index >= static_cast<int>(settings_.accounts.size()) || index == settings_.current) return;
  settings_.current = index;
  settings_.save();
  resume();
}

// ---- sign-in

void App::signIn(const QString& url, const QString& handle, const QString& password, const QString& totp,
                 const QString& recoveryCode) {
  QJsonObject body{{QStringLiteral("handle"), handle.trimmed()}, {QStringLiteral("password"), password}};
  if (!totp.isEmpty()) body.insert(QStringLiteral("totp"), totp.trimmed());
  if (!recoveryCode.isEmpty()) body.insert(QStringLiteral("recovery_code"), recoveryCode.trimmed());
  grant(url, QStringLiteral("/v1/login"), std::move(body));
}

void App::signUp(const QString& url, const QString& handle, const QString& displayName, const QString& password,
                 const QString& invite) {
  QJsonObject body{{QStringLiteral("handle"), handle.trimmed()}, {QStringLiteral("password"), password}};
  if (!displayName.trimmed().isEmpty()) body.insert(QStringLiteral("display_name"), displayName.trimmed());
  if (const std::optional<InviteLink> link = parse_invite(invite)) body.insert(QStringLiteral("invite"), link->code);
  grant(url, QStringLiteral("/v1/register"), std::move(body));
}

void App::grant(const QString& url, const QString& path, QJsonObject body) {
  const std::optional<ServerAddress> server = parse_server(url);
  if (!server) return emit signInFailed(QStringLiteral("bad_address"), tr("That is no address of a server."), 0);
  asked_ = url;
  body.insert(QStringLiteral("device_name"),
              QSysInfo::machineHostName() + QStringLiteral(" (") + QSysInfo::prettyProductName() + QLatin1Char(')'));
  set_busy(true);
  client_for(*server)->request("POST", path, body, {}, this,
                               [this, server = *server](const HttpReply& reply) { granted(server, reply); });
}

void App::granted(const ServerAddress& server, const HttpReply& reply) {
  set_busy(false);
  if (reply.code == QLatin1String("totp_required")) return emit totpRequired();
  const std::optional<Grant> found = reply.ok() ? read_grant(reply.body) : std::nullopt;
  if (!found) {
    const QString code = reply.ok() ? QStringLiteral("unexpected") : reply.code;
    return emit signInFailed(code, reply.ok() ? tr("The server's answer makes no sense.") : reply.text,
                             reply.retry_after_ms);
  }
  AccountEntry& entry = settings_.entry_for(server.http.toString(), found->handle);
  entry.user = QString::number(found->user.value);
  const auto index = static_cast<int>(&entry - settings_.accounts.data());
  const bool shown = session_ && settings_.current == index;
  settings_.current = index;
  settings_.save();
  if (shown) {
    session_->sign_in_again(*found);
  } else {
    show(entry, server, {.grant = found, .token = {}});
  }
  list_servers();
  emit signedIn();
}

bool App::resume() {
  if (settings_.current < 0) return false;
  const AccountEntry entry = settings_.accounts[static_cast<std::size_t>(settings_.current)];
  const std::optional<ServerAddress> server = parse_server(entry.server);
  if (!server) return false;
  show(entry, *server, {});
  list_servers();
  return true;
}

bool App::enter(const QString& url, const QByteArray& token, const QString& handle) {
  const std::optional<ServerAddress> server = parse_server(url);
  if (!server) return false;
  const AccountEntry entry = settings_.entry_for(server->http.toString(), handle);
  show(entry, *server, {.grant = {}, .token = token});
  return true;
}

void App::show(const AccountEntry& entry, const ServerAddress& server, Entry how) {
  if (session_) session_.release()->deleteLater();  // pages let go of it when they hear of the new one
  session_ = std::make_unique<Session>(server, settings_.path_of(entry), &trust_);
  connect(session_.get(), &Session::startedAfresh, this, &App::warned);
  connect(session_.get(), &Session::failedToOpen, this, &App::warned);
  session_->begin(std::move(how));
  adding_ = false;
  emit sessionChanged();
  emit pageChanged();
}

void App::signOut() {
  if (!session_) return;
  // It lives until the server has heard that the device is gone, or cannot.
  Session* leaving = session_.release();
  connect(leaving, &Session::signedOutOnServer, leaving, &QObject::deleteLater);
  leaving->sign_out();
  if (settings_.current >= 0) settings_.accounts.erase(settings_.accounts.begin() + settings_.current);
  settings_.current = -1;
  settings_.save();
  list_servers();
  emit sessionChanged();
  emit pageChanged();
}

}  // namespace starling::qt
