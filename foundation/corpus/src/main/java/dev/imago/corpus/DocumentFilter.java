package dev.imago.corpus;

import dev.imago.core.InputException;
import dev.imago.data.Document;
import dev.imago.data.Utf8Length;
import dev.imago.duplicates.Signer;
import dev.imago.masking.MaskedText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// What is done with each document by itself, in two functions: [#judge], which says what it is and
/// which rule it breaks, and [#finish], which makes of it what is written, once [Selection] has
/// decided. Both are pure: the same document gives the same answer on any thread, in any order.
public final class DocumentFilter {
  private final CorpusRules rules;
  private final Languages languages;
  private final Masks masks;
  private final Signer signer;
  private final List<Rule<Code>> codeRules;
  private final Map<String, List<Rule<Prose>>> proseRules = new ConcurrentHashMap<>();
  private final Map<String, List<Rule<Prose>>> bookRules = new ConcurrentHashMap<>();
  private final List<Rule<Prose>> formRules;
  private final List<Rule<Prose>> qualityRules;

  /// @throws dev.imago.core.ConfigException for a language that cannot be told
  public DocumentFilter(CorpusRules rules) {
    rules.check();
    this.rules = rules;
    this.languages = new Languages(rules.languages(), rules.prose().languageModel());
    this.masks = new Masks(rules);
    this.signer = new Signer(rules.duplicates());
    this.codeRules = rules.code().rules();
    this.formRules = rules.forms().rules();
    this.qualityRules = QualityModels.rules(rules.prose().quality());
  }

  /// What can be said of a document by itself: its language and form, the first rule that it
  /// breaks, the hashes by which it is compared with others.
  public Judgement judge(Document document) {
    String clean = Cleaner.clean(document.text());
    boolean code = code(document);
    String language = code ? codeLanguage(document) : languages.of(clean);
    Prose whole = code ? null : new Prose(clean);
    TextForm form = whole == null ? null : form(whole);
    String text = strip(document, clean, language, Optional.ofNullable(form));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Prose prose = whole == null || text.equals(clean) ? whole : new Prose(text);
    Optional<BrokenRule> broken =
        prose == null || form == null
            ? Rule.firstBroken(codeRules, new Code(text))
            : brokenProse(prose, form, language);
    Optional<BrokenRule> length =
        prose == null || form == null || broken.isPresent()
            ? Optional.empty()
            : Rule.firstBroken(List.of(rules.prose().length(form)), prose);
    return new Judgement(
        language,
        Optional.ofNullable(form),
        Utf8Length.of(document.text()),
        bytes.length,
        code ? Utf8Length.of(clean) - bytes.length : 0,
        broken,
        length,
        broken.isPresent()
            ? Optional.empty()
            : Optional.of(signer.sign(text, bytes, address(document))));
  }

  /// Where a document was found, if that is an address: its tag `url`, else its source.
  private static String address(Document document) {
    String source = document.tags().getOrDefault("url", document.source());
    return source.startsWith("http") ? source : "";
  }

  /// What all rules measure in a document, whether the first is broken or not: as prose whatever
  /// its form, and of the text that C4's lines are cut out of where C4's rules are asked.
  public List<RuleMeasure> measures(Document document) {
    String clean = Cleaner.clean(document.text());
    String language = code(document) ? codeLanguage(document) : languages.of(clean);
    String text = strip(document, clean, language, Optional.of(TextForm.PROSE));
    if (code(document)) {
      var measured = new Code(text);
      return codeRules.stream().map(rule -> RuleMeasure.of(rule, measured)).toList();
    }
    return measured(new Prose(text), TextForm.PROSE, language);
  }

  /// What the rules that [#judge] asks measure in a document, whether the first is broken or not:
  /// of prose those of its form.
  public List<RuleMeasure> asked(Document document) {
    String clean = Cleaner.clean(document.text());
    if (code(document)) {
      return measures(document);
    }
    String language = languages.of(clean);
    TextForm form = form(new Prose(clean));
    return measured(new Prose(strip(document, clean, language, Optional.of(form))), form, language);
  }

  /// The form that a document is judged by; none of code.
  public Optional<TextForm> form(Document document) {
    return code(document)
        ? Optional.empty()
        : Optional.of(form(new Prose(Cleaner.clean(document.text()))));
  }

  private List<RuleMeasure> measured(Prose prose, TextForm form, String language) {
    return Stream.of(List.of(rules.prose().length(form)), asked(form, language), quality(form))
        .flatMap(List::stream)
        .map(rule -> RuleMeasure.of(rule, prose))
        .toList();
  }

  private TextForm form(Prose prose) {
    return rules.forms().tellApart() ? prose.form(rules.prose().minWords()) : TextForm.PROSE;
  }

  /// What is left of a document: of code all but its licence; of English prose, where C4's rules
  /// are asked, the lines that those leave. No other language ends a sentence as they ask, and no
  /// verse.
  private String strip(Document document, String clean, String language, Optional<TextForm> form) {
    if (code(document)) {
      return rules.stripLicences() ? LicenceHeader.strip(clean) : clean;
    }
    boolean prose = form.filter(f -> f == TextForm.PROSE || f == TextForm.BOOK).isPresent();
    return rules.prose().cutsLines(language) && prose ? C4Lines.kept(clean) : clean;
  }

  private Optional<BrokenRule> brokenProse(Prose prose, TextForm form, String language) {
    if (!rules.keepLanguages().isEmpty() && !rules.keepLanguages().contains(language)) {
      return Optional.of(new BrokenRule(CorpusRules.LANGUAGE, 0));
    }
    return Rule.firstBroken(asked(form, language), prose)
        .or(() -> Rule.firstBroken(quality(form), prose));
  }

  private List<Rule<Prose>> asked(TextForm form, String language) {
    return switch (form) {
      case PROSE -> proseRules.computeIfAbsent(language, rules.prose()::rules);
      case BOOK -> bookRules.computeIfAbsent(language, rules.prose()::ofBooks);
      case SHORT -> rules.forms().ofShort();
      case VERSE, DIALOGUE, LIST, TABLE -> formRules;
    };
  }

  /// Models of the user's own judge prose and books.
  private List<Rule<Prose>> quality(TextForm form) {
    return form == TextForm.PROSE || form == TextForm.BOOK ? qualityRules : List.of();
  }

  /// The perplexity of a document that an n-gram model judges; nothing of others, and where no
  /// model is named.
  public Optional<RuleMeasure> perplexity(Document document) {
    if (code(document)) {
      return Optional.empty();
    }
    String clean = Cleaner.clean(document.text());
    TextForm form = form(new Prose(clean));
    Prose prose = new Prose(strip(document, clean, languages.of(clean), Optional.of(form)));
    return quality(form).stream()
        .filter(rule -> rule.name().equals(QualityModels.PERPLEXITY))
        .map(rule -> RuleMeasure.of(rule, prose))
        .findFirst();
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

  /// The text of a document out of which what repeats may be cut: of prose all that was judged, of
  /// code nothing.
  public Optional<String> cuttable(Document document, Judgement judgement) {
    return judgement
        .form()
        .map(
            form ->
                strip(
                    document,
                    Cleaner.clean(document.text()),
                    judgement.language(),
                    judgement.form()));
  }

  /// The rule that is broken by what is left of a document out of which something was cut: that of
  /// repeated parts where nothing is left, or that of length.
  ///
  /// @param steppedBack whether the rule of length stepped back for all
  public Optional<BrokenRule> brokenByCut(Judgement judgement, String left, boolean steppedBack) {
    if (left.isBlank()) {
      return Optional.of(new BrokenRule(CorpusRules.PARTS, 1));
    }
    return steppedBack || judgement.form().isEmpty()
        ? Optional.empty()
        : Rule.firstBroken(List.of(rules.prose().length(judgement.form().get())), new Prose(left));
  }

  /// What is written of a document that nothing is cut from.
  ///
  /// @param document as it was judged
  /// @throws InputException where the only document is too short to be cut in two
  public List<WrittenDocument> finish(Document document, Judgement judgement, Decision decision) {
    return finish(document, judgement, decision, UnaryOperator.identity());
  }

  /// What is written of a document: one output, or two of the only one of a corpus.
  ///
  /// @param document as it was judged
  /// @param repeats cuts what repeats out of what is [#cuttable]
  /// @throws InputException where the only document is too short to be cut in two
  public List<WrittenDocument> finish(
      Document document, Judgement judgement, Decision decision, UnaryOperator<String> repeats) {
    String clean = Cleaner.clean(document.text());
    // What is rejected is told as it came: its lines may be why.
    boolean whole = decision instanceof Decision.Dropped && !code(document);
    String text = whole ? clean : strip(document, clean, judgement.language(), judgement.form());
    String left = whole || code(document) ? text : repeats.apply(text);
    int cut = text.codePointCount(0, text.length()) - left.codePointCount(0, left.length());
    MaskedText masked = masks.mask(left);
    Document written = document.withText(masked.text()).with("language", judgement.language());
    Document tagged = cut == 0 ? written : written.with("cut", Integer.toString(cut));
    int count = masked.total();
    Document done = count == 0 ? tagged : tagged.with("masked", Integer.toString(count));
    return switch (decision) {
      case Decision.Kept(var side, var group) ->
          List.of(output(WrittenDocument.File.of(side), standing(done, group), cut, masked));
      case Decision.Cut(var group) -> cut(standing(done, group), cut, masked);
      case Decision.Dropped(BrokenRule rule, String of) -> {
        Document told =
            done.with("rule", rule.rule())
                .with("measured", String.format(Locale.ROOT, "%.4g", rule.measured()));
        Document reject = of.isEmpty() ? told : told.with("of", of);
        yield List.of(output(WrittenDocument.File.REJECTS, reject, cut, masked));
      }
    };
  }

  /// A text of a document, such as words around what was found in it, without what leads to a
  /// person.
  public String masked(String text) {
    return masks.mask(text).text();
  }

  /// One that others repeat says how many they are with it.
  private static Document standing(Document document, long group) {
    return group > 1 ? document.with("group", Long.toString(group)) : document;
  }

  private static WrittenDocument output(
      WrittenDocument.File file, Document document, int cut, MaskedText masked) {
    return new WrittenDocument(file, document, cut, masked.counts());
  }

  private List<WrittenDocument> cut(Document document, int parts, MaskedText masked) {
    String text = document.text();
    if (text.codePointCount(0, text.length()) < 2) {
      throw new InputException(
          "the only document is «%s»: too short to hold a part out; name more documents"
              .formatted(text));
    }
    Tail cut = Tail.of(text, rules.heldoutFraction());
    Document end = document.withText(cut.tail()).withId(document.id() + "#end");
    return List.of(
        output(WrittenDocument.File.TRAIN, document.withText(cut.head()), parts, masked),
        new WrittenDocument(WrittenDocument.File.HELDOUT, end, 0, Map.of()));
  }
}
