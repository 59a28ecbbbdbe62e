package dev.imago.fetch;

import dev.imago.core.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// AWS Signature Version 4 of a request without a body
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>).
final class S3Signature {
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private S3Signature() {}

  /// The headers, and with them those that sign the request; the same where there is no key.
  ///
  /// @param headers all that are sent; each is signed
  static Map<String, String> signed(
      WebAddress address, Map<String, String> headers, S3Settings settings, Instant now) {
    var all = new LinkedHashMap<>(headers);
    if (settings.key().isEmpty()) {
      return all;
    }
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(now);
    String day = time.substring(0, 8);
    all.put("x-amz-content-sha256", NOTHING);
    all.put("x-amz-date", time);
    if (!settings.token().isEmpty()) {
      all.put("x-amz-security-token", settings.token());
    }
    var canonical = new TreeMap<String, String>();
    all.forEach((name, value) -> canonical.put(name.toLowerCase(Locale.ROOT), value.strip()));
    canonical.put("host", address.authority());
    String names = String.join(";", canonical.keySet());
    String query = address.query() == null ? "" : address.query();
    String request =
        "GET\n%s\n%s\n%s\n%s\n%s"
            .formatted(
                address.path(),
                query,
                canonical.entrySet().stream()
                    .map(e -> e.getKey() + ":" + e.getValue() + "\n")
                    .collect(Collectors.joining()),
                names,
                NOTHING);
    String scope = "%s/%s/s3/aws4_request".formatted(day, settings.region());
    String text = "AWS4-HMAC-SHA256\n%s\n%s\n%s".formatted(time, scope, Hashing.of(request));
    byte[] key = ("AWS4" + settings.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, settings.region(), "s3", "aws4_request"}) {
      key = hmac(key, part);
    }
    all.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s"
            .formatted(settings.key(), scope, names, HexFormat.of().formatHex(hmac(key, text))));
    return all;
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
