package dev.imago.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The examples of AWS's own documentation, «Authenticating Requests: Using the Authorization
/// Header».
class S3SignatureTest {
  private static final S3Settings KEYS =
      new S3Settings(
          null,
          "us-east-1",
          "AKIAIOSFODNN7EXAMPLE",
          "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
          "");

  private static String authorization(String address, Map<String, String> headers) {
    return S3Signature.signed(
            Objects.requireNonNull(WebAddress.of(address)),
            headers,
            KEYS,
            Instant.parse("2013-05-24T00:00:00Z"))
        .getOrDefault("Authorization", "");
  }

  @Test
  void anObjectsSignatureIsTheOneOfTheDocumentation() {
    assertEquals(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        authorization(
            "https://examplebucket.s3.amazonaws.com/test.txt", Map.of("Range", "bytes=0-9")));
  }

  @Test
  void aListsSignatureIsTheOneOfTheDocumentation() {
    assertTrue(
        authorization("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", Map.of())
            .endsWith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
  }

  @Test
  void bucketsAreBelowTheirOwnNamesAtAwsAndInThePathElsewhere() {
    assertEquals(
        "https://data.s3.us-east-1.amazonaws.com/a%20b",
        KEYS.at("data", S3Store.escaped("a b", true), null).toString());
    var own =
        S3Settings.of(Map.of("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/", "AWS_REGION", "x"));
    assertEquals(
        "http://127.0.0.1:9000/data/a/b%2B",
        own.at("data", S3Store.escaped("a/b+", true), null).toString());
  }
}
