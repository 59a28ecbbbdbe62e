package dev.imago.masking;

import java.util.List;

/// How a service writes its keys: what they begin with, which characters follow, and how many.
///
/// @param random whether the beginning says too little: what follows must look drawn
record TokenForm(String prefix, Alphabet alphabet, int least, int most, boolean random) {
  /// Which characters follow.
  enum Alphabet {
    DIGITS_AND_LETTERS,
    HEXADECIMAL,
    CAPITALS,
    URL;

    boolean has(char c) {
      return switch (this) {
        case DIGITS_AND_LETTERS -> Sight.alphanumeric(c);
        case HEXADECIMAL -> Sight.digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
        case CAPITALS -> Sight.upper(c) || Sight.digit(c);
        case URL -> Sight.alphanumeric(c) || c == '-' || c == '_';
      };
    }
  }

  private static final int LONG = 512;

  /// The forms that services publish: GitHub, GitLab, AWS, Google, Slack, Stripe, OpenAI,
  /// Anthropic, npm, PyPI, SendGrid, Hugging Face, DigitalOcean, Shopify, Databricks, Alibaba Cloud
  /// …
  static final List<TokenForm> ALL =
      List.of(
          exact("AKIA", Alphabet.CAPITALS, 16),
          exact("ASIA", Alphabet.CAPITALS, 16),
          exact("ABIA", Alphabet.CAPITALS, 16),
          exact("ACCA", Alphabet.CAPITALS, 16),
          exact("AIza", Alphabet.URL, 35),
          from("GOCSPX-", Alphabet.URL, 20),
          from("ya29.", Alphabet.URL, 20),
          from("ghp_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("gho_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("ghu_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("ghs_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("ghr_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("github_pat_", Alphabet.URL, 36),
          from("glpat-", Alphabet.URL, 20),
          from("xoxb-", Alphabet.URL, 20),
          from("xoxp-", Alphabet.URL, 20),
          from("xoxa-", Alphabet.URL, 20),
          from("xoxr-", Alphabet.URL, 20),
          from("xoxs-", Alphabet.URL, 20),
          from("xapp-", Alphabet.URL, 20),
          from("sk_live_", Alphabet.DIGITS_AND_LETTERS, 16),
          from("sk_test_", Alphabet.DIGITS_AND_LETTERS, 16),
          from("rk_live_", Alphabet.DIGITS_AND_LETTERS, 16),
          from("rk_test_", Alphabet.DIGITS_AND_LETTERS, 16),
          from("whsec_", Alphabet.DIGITS_AND_LETTERS, 24),
          from("sk-ant-", Alphabet.URL, 20),
          from("sk-proj-", Alphabet.URL, 20),
          new TokenForm("sk-", Alphabet.URL, 20, LONG, true),
          from("npm_", Alphabet.DIGITS_AND_LETTERS, 36),
          from("pypi-AgE", Alphabet.URL, 40),
          from("hf_", Alphabet.DIGITS_AND_LETTERS, 30),
          from("dop_v1_", Alphabet.HEXADECIMAL, 64),
          from("doo_v1_", Alphabet.HEXADECIMAL, 64),
          from("shpat_", Alphabet.HEXADECIMAL, 32),
          from("shpss_", Alphabet.HEXADECIMAL, 32),
          from("dapi", Alphabet.HEXADECIMAL, 32),
          from("AGE-SECRET-KEY-1", Alphabet.CAPITALS, 50),
          new TokenForm("LTAI", Alphabet.DIGITS_AND_LETTERS, 16, 24, true),
          new TokenForm("AKID", Alphabet.DIGITS_AND_LETTERS, 24, 40, true),
          new TokenForm("key-", Alphabet.HEXADECIMAL, 32, 32, true));

  private static TokenForm exact(String prefix, Alphabet alphabet, int length) {
    return new TokenForm(prefix, alphabet, length, length, false);
  }

  private static TokenForm from(String prefix, Alphabet alphabet, int least) {
    return new TokenForm(prefix, alphabet, least, LONG, false);
  }
}
