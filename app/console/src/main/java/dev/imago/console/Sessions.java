package dev.imago.console;

import dev.imago.http.ApiException;
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

/// Which forms are ours: each carries a token that only a page of this server could have got, bound
/// to a cookie that no other site's request carries (`SameSite=Strict`).
final class Sessions {
  static final String COOKIE = "imago-console";

  private static final int YEAR_SECONDS = 31_536_000;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final RandomGenerator random;
  private final SecretKeySpec secret;

  Sessions(RandomGenerator random) {
    this.random = random;
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
  static String kept(String name, String value) {
    return "%s=%s; Path=/; Max-Age=%d; SameSite=Strict; HttpOnly"
        .formatted(name, value, YEAR_SECONDS);
  }

  private static Optional<String> session(Exchange exchange) {
    String id = cookie(exchange, COOKIE);
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
    exchange.header("Set-Cookie", COOKIE + "=" + id + "; Path=/; SameSite=Strict; HttpOnly");
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

  /// @throws ApiException for a form that no page of this server has sent
  void check(Exchange exchange, String shown) {
    String expected = session(exchange).map(this::token).orElse("");
    boolean same =
        MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.US_ASCII), shown.getBytes(StandardCharsets.UTF_8));
    if (expected.isEmpty() || !same) {
      throw ApiException.of(
          403,
          "forbidden_form",
          "this form was not sent by a page of this console, or the console has started anew"
              + " since: open the page again");
    }
  }
}
