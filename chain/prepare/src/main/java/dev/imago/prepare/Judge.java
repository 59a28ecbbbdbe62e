package dev.imago.prepare;

import dev.imago.data.Document;
import dev.imago.data.Verdict;
import dev.imago.prepare.Prepare.Config;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What can be said of one document by itself: its clean text, its language, its first broken rule,
/// the hashes by which it is compared with others. Thread-safe.
final class Judge {
  /// The permutations of MinHash: the same in every run, whatever its seed, so that what is a
  /// duplicate does not hang on it.
  private static final long MINHASH_SEED = 1;

  private final Config config;
  private final Languages languages;
  private final MinHash minHash = new MinHash(MINHASH_SEED);
  private final List<Rule<Code>> codeRules;
  private final Map<String, List<Rule<Prose>>> proseRules = new ConcurrentHashMap<>();

  /// The first 128 bits of a clean text's SHA-256.
  record Fingerprint(long high, long low) {}

  /// @param bytesIn UTF-8 bytes as collected
  /// @param bytes UTF-8 bytes once clean
  /// @param licence UTF-8 bytes of a licence comment that was stripped
  /// @param broken the first rule broken
  /// @param signature of MinHash; empty where `broken` is present or there are no words
  record Judgement(
      String language,
      long bytesIn,
      long bytes,
      long licence,
      Optional<Verdict.Drop> broken,
      Fingerprint fingerprint,
      int[] signature) {}

  Judge(Config config) {
    this.config = config;
    this.languages = new Languages(config.languages());
    this.codeRules = config.code().rules();
  }

  Judgement judge(Document document) {
    String clean = Cleaner.clean(document.text());
    String text = strip(document, clean);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean code = code(document);
    String language = code ? codeLanguage(document) : languages.of(text);
    Optional<Verdict.Drop> broken =
        code ? Rule.firstBroken(codeRules, new Code(text)) : brokenProse(text, language);
    return new Judgement(
        language,
        utf8Length(document.text()),
        bytes.length,
        utf8Length(clean) - bytes.length,
        broken,
        fingerprint(bytes),
        broken.isPresent() || !config.nearDuplicates() ? new int[0] : minHash.signature(text));
  }

  /// The text that was judged.
  String clean(Document document) {
    return strip(document, Cleaner.clean(document.text()));
  }

  private String strip(Document document, String clean) {
    return config.stripLicences() && code(document) ? LicenceHeader.strip(clean) : clean;
  }

  private Optional<Verdict.Drop> brokenProse(String text, String language) {
    if (!config.keepLanguages().isEmpty() && !config.keepLanguages().contains(language)) {
      return Optional.of(new Verdict.Drop("language", 0));
    }
    return Rule.firstBroken(
        proseRules.computeIfAbsent(language, config.prose()::rules), new Prose(text));
  }

  private static boolean code(Document document) {
    return "code".equals(document.tags().get("kind"));
  }

  /// A language detector knows prose; the ending knows code.
  private static String codeLanguage(Document document) {
    return document.id().endsWith(".java") || document.id().endsWith(".java.gz")
        ? "java"
        : Languages.UNKNOWN;
  }

  private static Fingerprint fingerprint(byte[] bytes) {
    try {
      var digest = java.nio.ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
      return new Fingerprint(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static long utf8Length(String text) {
    long length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair stands for two of the pair's four bytes.
      length += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
    }
    return length;
  }
}
