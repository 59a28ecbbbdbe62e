package dev.imago.fetch;

import dev.imago.core.ConfigException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a store that speaks S3 is reached, by the variables that AWS's own tools read. Profiles and
/// files of credentials are not read.
///
/// @param endpoint null for AWS's own
/// @param key empty to ask without a signature, as public buckets allow
record S3Settings(
    @Nullable WebAddress endpoint, String region, String key, String secret, String token) {
  static S3Settings of(Map<String, String> env) {
    String endpoint =
        env.getOrDefault("AWS_ENDPOINT_URL_S3", env.getOrDefault("AWS_ENDPOINT_URL", ""));
    WebAddress at = endpoint.isEmpty() ? null : WebAddress.of(endpoint);
    if (!endpoint.isEmpty() && at == null) {
      throw new ConfigException(
          "AWS_ENDPOINT_URL = %s is no address; give one as https://host:9000".formatted(endpoint));
    }
    String key = env.getOrDefault("AWS_ACCESS_KEY_ID", "").strip();
    String secret = env.getOrDefault("AWS_SECRET_ACCESS_KEY", "").strip();
    if (key.isEmpty() != secret.isEmpty()) {
      throw new ConfigException(
          "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set; set both, or none for a"
              + " public bucket");
    }
    return new S3Settings(
        at,
        env.getOrDefault("AWS_REGION", env.getOrDefault("AWS_DEFAULT_REGION", "us-east-1")),
        key,
        secret,
        env.getOrDefault("AWS_SESSION_TOKEN", "").strip());
  }

  /// Where a bucket is: below its own name at AWS, as the first part of the path elsewhere.
  WebAddress at(String bucket, String path, @Nullable String query) {
    if (endpoint == null && bucket.indexOf('.') < 0) {
      String host = "%s.s3.%s.amazonaws.com".formatted(bucket, region);
      return new WebAddress("https", "", host, 443, "/" + path, query);
    }
    WebAddress at =
        endpoint == null
            ? Objects.requireNonNull(
                WebAddress.of("https://s3.%s.amazonaws.com".formatted(region)), region)
            : endpoint;
    String below = at.path().replaceFirst("/$", "") + "/" + bucket + "/" + path;
    return new WebAddress(at.scheme(), "", at.host(), at.port(), below, query);
  }

  S3Settings in(String other) {
    return new S3Settings(endpoint, other, key, secret, token);
  }
}
