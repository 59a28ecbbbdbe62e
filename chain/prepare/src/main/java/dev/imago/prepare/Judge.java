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
  private final Map<String, List<Rule<Prose>>> bookRules = new ConcurrentHashMap<>();
  private final List<Rule<Prose>> formRules;

  /// The first 128 bits of a clean text's SHA-256.
  record Fingerprint(long high, long low) {}

  /// @param bytesIn UTF-8 bytes as collected
  /// @param bytes UTF-8 bytes once clean
  /// @param licence UTF-8 bytes of a licence comment that was stripped
  /// @param form what kind of text it is; nothing for code
  /// @param broken the first rule broken, other than that of length
  /// @param length the rule of length, where that is broken
  /// @param signature of MinHash; empty where `broken` is present or there are no words
  record Judgement(
      String language,
      Optional<Form> form,
      long bytesIn,
      long bytes,
      long licence,
      Optional<Verdict.Drop> broken,
      Optional<Verdict.Drop> length,
      Fingerprint fingerprint,
      int[] signature) {}

  Judge(Config config) {
    this.config = config;
    this.languages = new Languages(config.languages());
    this.codeRules = config.code().rules();
    this.formRules = config.forms().rules();
  }

  Judgement judge(Document document) {
    String clean = Cleaner.clean(document.text());
    String text = strip(document, clean);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean code = code(document);
    String language = code ? codeLanguage(document) : languages.of(text);
    Prose prose = code ? null : new Prose(text);
    Form form = prose == null ? null : form(prose);
    Optional<Verdict.Drop> broken =
        prose == null || form == null
            ? Rule.firstBroken(codeRules, new Code(text))
            : brokenProse(prose, form, language);
    Optional<Verdict.Drop> length =
        prose == null || form == null || broken.isPresent()
            ? Optional.empty()
            : Rule.firstBroken(List.of(config.prose().length(form)), prose);
    return new Judgement(
        language,
        Optional.ofNullable(form),
        utf8Length(document.text()),
        bytes.length,
        utf8Length(clean) - bytes.length,
        broken,
        length,
        fingerprint(bytes),
        broken.isPresent() || !config.nearDuplicates() ? new int[0] : minHash.signature(text));
  }

  private Form form(Prose prose) {
    return config.forms().tellApart() ? prose.form(config.prose().minWords()) : Form.PROSE;
  }

  /// The text that was judged.
  String clean(Document document) {
    return strip(document, Cleaner.clean(document.text()));
  }

  private String strip(Document document, String clean) {
    return config.stripLicences() && code(document) ? LicenceHeader.strip(clean) : clean;
  }

  private Optional<Verdict.Drop> brokenProse(Prose prose, Form form, String language) {
    if (!config.keepLanguages().isEmpty() && !config.keepLanguages().contains(language)) {
      return Optional.of(new Verdict.Drop("language", 0));
    }
    List<Rule<Prose>> rules =
        switch (form) {
          case PROSE -> proseRules.computeIfAbsent(language, config.prose()::rules);
          case BOOK -> bookRules.computeIfAbsent(language, config.prose()::ofBooks);
          case SHORT -> config.forms().ofShort();
          case VERSE, DIALOGUE, LIST, TABLE -> formRules;
        };
    return Rule.firstBroken(rules, prose);
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
