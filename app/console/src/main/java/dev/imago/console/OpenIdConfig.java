package dev.imago.console;

import dev.imago.core.ConfigException;
import dev.imago.http.Gate;
import java.net.URI;

/// A provider of OpenID Connect that people may sign in by.
///
/// @param issuer whose configuration lies at `/.well-known/openid-configuration` below it
/// @param clientId by which the provider knows this console
/// @param secret of that client; empty for a public one, which PKCE alone protects
public record OpenIdConfig(URI issuer, String clientId, String secret) {
  /// @throws ConfigException for an issuer that others could speak for
  public OpenIdConfig {
    boolean local =
        "http".equals(issuer.getScheme())
            && issuer.getHost() != null
            && Gate.isLoopback(issuer.getHost());
    if (issuer.getHost() == null
        || issuer.getQuery() != null
        || !local && !"https".equals(issuer.getScheme())) {
      throw new ConfigException(
          "--oidc = %s is no issuer: give an https:// address, such as https://id.example.org/realms/team"
              .formatted(issuer));
    }
    if (clientId.isBlank()) {
      throw new ConfigException("--oidc needs --oidc-client, by which the provider knows us");
    }
  }

  /// Without the secret: records end up in logs.
  @Override
  public String toString() {
    return "OpenIdConfig[" + issuer + ", " + clientId + "]";
  }
}
