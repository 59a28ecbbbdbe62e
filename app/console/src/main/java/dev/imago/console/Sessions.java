package dev.imago.console;

import dev.imago.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Which forms are ours, and who has signed in: each form carries a token that only a page of this
/// server could have got, bound to a cookie that no other site's request carries
/// (`SameSite=Strict`). With a sign-in it is bound to that one, so that no token of before holds.
final class Sessions {
  private static final String FORMS = "imago-console";
  private static final String SIGN_IN = "imago-session";

  private static final int YEAR_SECONDS = 31_536_000;
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final RandomGenerator random;
  private final SecretKeySpec secret;
  private final boolean secure;

  /// @param secure whether browsers reach this server by TLS alone
  Sessions(RandomGenerator random, boolean secure) {
    this.random = random;
    this.secure = secure;
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.secret = new SecretKeySpec(key, "HmacSHA256");
  }

  /// The value of a cookie, of those that a client sends; empty where it is none.
  static String cookie(Exchange exchange, String name) {
    Matcher each =
        Pattern.compile("(?:^|;\\s*)" + Pattern.quote(name) + "=([A-Za-z0-9_-]*)")
            .matcher(exchange.requestHeader("Cookie").orElse(""));
    return each.find() ? each.group(1) : "";
  }

  /// Keeps a choice of the reader for a year.
  void keep(Exchange exchange, String name, String value) {
    exchange.header(
        "Set-Cookie",
        "%s=%s; Path=/; Max-Age=%d; SameSite=Strict; HttpOnly%s"
            .formatted(name, value, YEAR_SECONDS, end()));
  }

  /// The prefix has browsers refuse it from another host of the domain, or without TLS (RFC
  /// 6265bis, section 4.1.3): nobody can have a browser send a cookie of theirs.
  private String named(String name) {
    return (secure ? "__Host-" : "") + name;
  }

  /// The secret of a reader's sign-in; empty where there is none.
  Optional<String> signedIn(Exchange exchange) {
    String secret = cookie(exchange, named(SIGN_IN));
    return SECRET.matcher(secret).matches() ? Optional.of(secret) : Optional.empty();
  }

  /// Has the reader's browser keep the secret of a sign-in until it closes.
  void begin(Exchange exchange, String secret) {
    exchange.header(
        "Set-Cookie",
        "%s=%s; Path=/; SameSite=Strict; HttpOnly%s".formatted(named(SIGN_IN), secret, end()));
  }

  /// Has it forgotten.
  void end(Exchange exchange) {
    exchange.header(
        "Set-Cookie",
        "%s=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly%s".formatted(named(SIGN_IN), end()));
  }

  private String end() {
    return secure ? "; Secure" : "";
  }

  /// A cookie that comes along when another site leads back here. What it stands for ends by
  /// itself.
  void lend(Exchange exchange, String name, String value) {
    exchange.header(
        "Set-Cookie",
        "%s=%s; Path=/; SameSite=Lax; HttpOnly%s".formatted(named(name), value, end()));
  }

  /// What came back of a cookie that was lent; empty for nothing.
  String lent(Exchange exchange, String name) {
    return cookie(exchange, named(name));
  }

  private Optional<String> session(Exchange exchange) {
    Optional<String> secret = signedIn(exchange);
    if (secret.isPresent()) {
      return secret;
    }
    String id = cookie(exchange, named(FORMS));
    return ID.matcher(id).matches() ? Optional.of(id) : Optional.empty();
  }

  /// The token of a reader's forms; a reader without a session gets one.
  String token(Exchange exchange) {
    Optional<String> known = session(exchange);
    if (known.isPresent()) {
      return token(known.get());
    }
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    exchange.header(
        "Set-Cookie", named(FORMS) + "=" + id + "; Path=/; SameSite=Strict; HttpOnly" + end());
    return token(id);
  }

  private String token(String id) {
    try {
      Mac mac = Mac.getInstance(secret.getAlgorithm());
      mac.init(secret);
      return HexFormat.of().formatHex(mac.doFinal(id.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /// Whether a form shows the token that a page of this server gave this reader.
  boolean isOurs(Exchange exchange, String token) {
    return session(exchange)
        .map(this::token)
        .filter(
            expected ->
                MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII),
                    token.getBytes(StandardCharsets.UTF_8)))
        .isPresent();
  }
}
