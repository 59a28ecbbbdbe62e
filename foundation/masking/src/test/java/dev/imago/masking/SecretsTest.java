package dev.imago.masking;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final Masker ALL =
      new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.MASK));

  private static String mask(String text) {
    return ALL.mask(text, Replacements.placeholders()).text();
  }

  /// Put together here, so that no scanner of repositories takes this file for a leak.
  private static String joined(String prefix, String rest) {
    return prefix + rest;
  }

  @Test
  void keysAreKnownByTheirBeginning() {
    for (String key :
        new String[] {
          joined("AKIA", "IOSFODNN7EXAMPLE"),
          joined("ghp_", "a1B2".repeat(9)),
          joined("github_pat_", "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
          joined("sk-proj-", "aB3dE5gH7jK9mN1pQ3sT5"),
          joined("sk-", "aB3dE5gH7jK9mN1pQ3sT5vX"),
          joined("hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH"),
          joined("AIza", "SyA1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q"),
          joined("xoxb-", "123456789012-abcdefghijkl")
        }) {
      assertEquals("use <SECRET>!", mask("use " + key + "!"));
      assertEquals("键<SECRET>。", mask("键" + key + "。"));
    }
  }

  @Test
  void webTokensAreDecoded() {
    String token =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    assertEquals("Bearer <SECRET>", mask("Bearer " + token));
    String other = "eyJhbGxsIjoibm8gaGVhZGVyIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc";
    assertEquals(other, mask(other));
  }

  @Test
  void privateKeysGoToTheirLastLine() {
    String label = joined("-----BEGIN RSA ", "PRIVATE KEY-----\n");
    String body = "MIIEpAIBAAKCAQEA75O3Gk+/\n".repeat(8);
    String whole = label + body + joined("-----END RSA ", "PRIVATE KEY-----");
    assertEquals("a <SECRET> b", mask("a " + whole + " b"));
    assertEquals("<SECRET>\n", mask(label + body));
    String open = "-----BEGIN PUBLIC KEY-----\n" + body + "-----END PUBLIC KEY-----";
    assertEquals(open, mask(open));
  }

  @Test
  void whatIsAssignedToASecretNameGoes() {
    String drawn = "f3Kd92LmQx7Zp01VbT";
    assertEquals("api_key = \"<SECRET>\"", mask("api_key = \"" + drawn + "\""));
    assertEquals("\"token\": \"<SECRET>\",", mask("\"token\": \"" + drawn + "\","));
    assertEquals("Authorization: Bearer <SECRET>", mask("Authorization: Bearer " + drawn));
    assertEquals("DB_PASSWORD=<SECRET>\n", mask("DB_PASSWORD=" + drawn + "\n"));
    assertEquals("jdbc://me:<SECRET>@db/x", mask("jdbc://me:pw@db/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token = tokenizer.encode(text)",
        "password: the one that you were given",
        "secret = System.getenv(\"API_SECRET_NAME_1\")",
        "key = f3Kd92LmQx7Zp01VbT",
        "commit f3d92a1b7c01e4d2f3d92a1b7c01e4d2f3d92a1b",
        "sk-learn-pipeline-with-steps-and-more",
        "https://host:8080/path",
        "the task-runner"
      })
  void otherWordsStay(String text) {
    assertEquals(text, mask(text));
  }
}
