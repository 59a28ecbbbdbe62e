package dev.imago.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Who is let in. Other sites' pages are kept away from a server that only this machine's user
/// should reach: a page of another origin can send a simple POST anywhere; a page whose name was
/// rebound to loopback can read, too. Keys are asked for where there are any.
public final class Gate {
  private static final HeaderName X_API_KEY = HeaderNames.create("x-api-key");
  private static final Pattern PORT = Pattern.compile(":\\d+$");
  private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.\\d{1,3}){3}");
  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]", "::1");

  private final boolean onLoopback;
  private final KeyCheck keys;
  private final String publicName;

  /// @param host the address that the server listens on
  /// @param publicName host and port under which a proxy before it is called; empty for none
  Gate(String host, KeyCheck keys, String publicName) {
    this.onLoopback = isLoopback(host);
    this.keys = keys;
    this.publicName = publicName;
  }

  /// What browsers call an address: without the port that is its scheme's own.
  static String name(URI address) {
    String authority = String.valueOf(address.getAuthority());
    int own = "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    return address.getPort() == own
        ? authority.substring(0, authority.lastIndexOf(':'))
        : authority;
  }

  /// Whether an address is of this machine alone.
  public static boolean isLoopback(String host) {
    return LOOPBACK.contains(host) || LOOPBACK_ADDRESS.matcher(host).matches();
  }

  /// The caller, with the name of its key.
  ///
  /// @throws ApiException for who may not
  Caller admit(Caller caller, Route route, ServerRequestHeaders headers) {
    checkOrigin(headers);
    if (!keys.areAskedFor()) {
      return caller;
    }
    String shown = shown(headers);
    Optional<String> key = keys.named(shown);
    if (key.isEmpty() && route.access() == Route.Access.KEY) {
      throw ApiException.of(
          401,
          "invalid_api_key",
          shown.isEmpty()
              ? "this server asks for a key: send it as the header `Authorization: Bearer KEY`"
              : "the key in the header Authorization is none of this server's; the form is `Bearer"
                  + " KEY`");
    }
    key.filter(_ -> route.access() == Route.Access.KEY)
        .ifPresent(name -> keys.checkOpens(name, route.method().text(), route.path()));
    return new Caller(caller.address(), key.orElse(Caller.NO_KEY));
  }

  /// As OpenAI's clients send it, or Anthropic's.
  private static String shown(ServerRequestHeaders headers) {
    return headers
        .first(HeaderNames.AUTHORIZATION)
        .or(() -> headers.first(X_API_KEY).map(key -> "Bearer " + key))
        .orElse("");
  }

  private void checkOrigin(ServerRequestHeaders headers) {
    String host = headers.first(HeaderNames.HOST).orElse("");
    String name = PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
    if (onLoopback && !isLoopback(name) && !isPublic(host)) {
      throw ApiException.of(
          403,
          "forbidden_host",
          "this server listens on loopback only, so it is called as 127.0.0.1 or localhost, not as «%s»"
              .formatted(Router.brief(name)));
    }
    String origin = headers.first(HeaderNames.ORIGIN).orElse("");
    if (origin.isEmpty()) {
      return;
    }
    String site = origin.replaceFirst("^https?://", "");
    if (!site.equalsIgnoreCase(host) && !isPublic(site)) {
      throw ApiException.of(
          403,
          "forbidden_origin",
          "pages of %s may not use this server; its own page is at /"
              .formatted(Router.brief(origin)));
    }
  }

  /// Not every proxy passes the name on by which it was called.
  private boolean isPublic(String name) {
    return !publicName.isEmpty() && publicName.equalsIgnoreCase(name);
  }
}
