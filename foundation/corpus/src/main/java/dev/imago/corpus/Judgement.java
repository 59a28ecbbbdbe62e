package dev.imago.corpus;

import dev.imago.duplicates.Traits;
import java.util.Optional;

/// What is said of one document by itself, without its text.
///
/// @param language ISO 639-1, `java`, or `und`
/// @param form what kind of text it is; nothing for code
/// @param bytesIn UTF-8 bytes as collected
/// @param bytes UTF-8 bytes once clean
/// @param licence UTF-8 bytes of a licence comment that was stripped
/// @param broken the first rule broken, other than that of length
/// @param length the rule of length, where that is broken: it may step back for all ([FormRules])
/// @param traits what it is compared with others by; empty where `broken` is present
public record Judgement(
    String language,
    Optional<TextForm> form,
    long bytesIn,
    long bytes,
    long licence,
    Optional<BrokenRule> broken,
    Optional<BrokenRule> length,
    Optional<Traits> traits) {

  /// The rule that a document breaks by itself, where the set that it is in is known.
  ///
  /// @param steppedBack whether the rule of length stepped back for all
  public Optional<BrokenRule> own(boolean steppedBack) {
    return broken.or(() -> steppedBack ? Optional.empty() : length);
  }

  /// The same of a document that breaks a rule, which is not to be compared with others.
  public Judgement breaking(BrokenRule rule) {
    return new Judgement(
        language, form, bytesIn, bytes, licence, Optional.of(rule), length, Optional.empty());
  }
}
