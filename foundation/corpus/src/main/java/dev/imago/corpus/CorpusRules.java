package dev.imago.corpus;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.duplicates.DuplicateRules;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What turns raw documents into a corpus: every setting, none of which knows where it is used.
///
/// @param heldoutFraction the share of documents held out, by a hash of their id; at least one is,
///   and two where ten are kept
/// @param heldoutSeed another number, another split
/// @param heldoutDocuments where any is given, those documents are held out whose ids one of these
///   is, `*` for any text, and no others: `test*` for a file of that name
/// @param languages the languages among which one is told, ISO 639-1
/// @param keepLanguages prose in others is dropped; empty keeps all
/// @param forms what is asked of verse, dialogues, lists, headlines …
/// @param stripLicences whether the licence comment that opens a source file goes
/// @param nearDuplicateSimilarity shared shingles in all shingles, from which on a document is
///   nearly the same as one that stays
/// @param repeats what counts as a repetition beside that, and how it is looked for
/// @param maskMore what is masked besides e-mail and IP addresses: `phone`, `card`, `secret` …
/// @param maskAs `mask` puts `<EMAIL>` in its place, `number` `<EMAIL_1>`, the same within a
///   document for the same address; `note` counts alone
/// @param decontaminate against which tests the corpus is cleaned
/// @param minKept the share of the bytes that must be left; less is an error
public record CorpusRules(
    double heldoutFraction,
    long heldoutSeed,
    List<String> heldoutDocuments,
    List<String> languages,
    List<String> keepLanguages,
    ProseRules prose,
    FormRules forms,
    CodeRules code,
    boolean stripLicences,
    boolean exactDuplicates,
    boolean nearDuplicates,
    double nearDuplicateSimilarity,
    RepeatRules repeats,
    DecontaminationRules decontaminate,
    boolean maskEmails,
    boolean maskAddresses,
    List<String> maskMore,
    String maskAs,
    double minKept)
    implements Serializable {
  static final String LANGUAGE = "language";
  static final String EXACT = "exact-duplicate";
  static final String NEAR = "near-duplicate";
  public static final String CONTAMINATED = "contaminated";
  static final String ADDRESS = "address-duplicate";
  static final String PARTS = "repeated-parts";

  public CorpusRules {
    heldoutDocuments = List.copyOf(heldoutDocuments);
    languages = List.copyOf(languages);
    keepLanguages = List.copyOf(keepLanguages);
    maskMore = List.copyOf(maskMore);
    if (!(heldoutFraction > 0 && heldoutFraction <= 0.5)) {
      throw new ConfigException(
          "heldoutFraction = %s is not above 0 and at most 0.5; 0.02 is usual"
              .formatted(heldoutFraction));
    }
    Bounds.number("nearDuplicateSimilarity", nearDuplicateSimilarity, 0.5, 1, "0.75 is usual");
    Bounds.number("minKept", minKept, 0, 1, "0.01 is usual, 0 allows anything");
    for (String language : keepLanguages) {
      if (!languages.contains(language) && !language.equals(Languages.UNKNOWN)) {
        throw new ConfigException(
            "keepLanguages names «%s», which languages = %s does not tell; add it there"
                .formatted(language, languages));
      }
    }
  }

  public static CorpusRules defaults() {
    return new CorpusRules(
        0.02,
        0,
        List.of(),
        List.of("en", "zh", "de", "fr", "es", "pt", "it", "nl", "ru", "ja", "ko"),
        List.of(),
        ProseRules.defaults(),
        FormRules.defaults(),
        CodeRules.defaults(),
        true,
        true,
        true,
        0.75,
        RepeatRules.defaults(),
        DecontaminationRules.defaults(),
        true,
        true,
        List.of(),
        "mask",
        0.01);
  }

  /// What documents are compared by.
  public DuplicateRules duplicates() {
    return new DuplicateRules(
        exactDuplicates,
        repeats.addresses(),
        nearDuplicates,
        nearDuplicateSimilarity,
        repeats.bands(),
        repeats.rows());
  }

  /// The same with the classifier of good and bad texts.
  ///
  /// @param file of `imago classify train`, or of the stage `quality`
  public CorpusRules classifier(String file) {
    return quality(prose.quality().classifier(file));
  }

  /// The same with the n-gram model that judges prose.
  ///
  /// @param file of `imago ngram build`
  public CorpusRules ngrams(String file) {
    return quality(prose.quality().ngrams(file));
  }

  /// The same with percentiles of perplexity as what they are in a corpus.
  ///
  /// @param measured as [DocumentFilter#perplexity] tells it
  public CorpusRules bounded(Distribution measured) {
    return quality(prose.quality().bounded(measured));
  }

  private CorpusRules quality(QualityRules quality) {
    return new CorpusRules(
        heldoutFraction,
        heldoutSeed,
        heldoutDocuments,
        languages,
        keepLanguages,
        prose.quality(quality),
        forms,
        code,
        stripLicences,
        exactDuplicates,
        nearDuplicates,
        nearDuplicateSimilarity,
        repeats,
        decontaminate,
        maskEmails,
        maskAddresses,
        maskMore,
        maskAs,
        minKept);
  }

  /// Refuses languages that cannot be told: apart from the constructor, since it reads the model.
  ///
  /// @throws ConfigException for a language that is not known, or a kind of what is masked
  public void check() {
    new Languages(languages, prose.languageModel());
    Masks.check(this);
  }

  /// What sets the bound of a rule, with its value: `prose.minWords=50`, one or two.
  ///
  /// @param rule its name, as [BrokenRule] has it
  public List<String> settings(String rule) {
    return RuleSettings.of(rule, this);
  }

  /// By its name, who published a rule, or `ours`.
  public Map<String, String> sources() {
    var sources = new HashMap<String, String>();
    for (String language : List.of("en", "zh", "de")) {
      prose.rules(language).forEach(rule -> sources.put(rule.name(), rule.source()));
    }
    forms.rules().forEach(rule -> sources.put(rule.name(), rule.source()));
    Rule<Prose> length = prose.length(TextForm.PROSE);
    sources.put(length.name(), length.source());
    sources.put("quality-classifier", "ours");
    sources.put(QualityModels.PERPLEXITY, "ours");
    code.rules().forEach(rule -> sources.put(rule.name(), rule.source()));
    sources.put(NEAR, "Penedo et al. 2024");
    sources.put(PARTS, "Lee et al. 2022");
    return sources;
  }
}
