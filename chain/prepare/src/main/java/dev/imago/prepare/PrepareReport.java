package dev.imago.prepare;

import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.Reporter;
import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.LengthCounts;
import dev.imago.corpus.ProseRules;
import dev.imago.corpus.SelectionCounts;
import dev.imago.corpus.TextForm;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Document;
import dev.imago.data.Losses;
import dev.imago.data.Utf8Length;
import dev.imago.masking.PersonalKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Counts documents and bytes by what became of them, and tells a run: in tables, and in words
/// where much was dropped. What parts counted adds up.
public final class PrepareReport implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final List<String> PREPARED = List.of("what", "documents", "bytes", "rule by");
  private static final List<String> CHANGES = List.of("change", "documents", "count");
  private static final List<String> FORMS = List.of("form", "documents kept", "bytes");
  private static final List<String> LANGUAGES = List.of("kept in", "documents", "bytes");
  private static final int EXAMPLE_CHARACTERS = 40;

  private record Sum(long documents, long amount) implements Serializable {
    static final Sum ZERO = new Sum(0, 0);

    Sum plus(long more) {
      return new Sum(documents + 1, amount + more);
    }

    Sum and(Sum other) {
      return new Sum(documents + other.documents, amount + other.amount);
    }
  }

  private final CorpusRules rules;
  private final Losses losses = new Losses();
  private final TreeMap<String, Sum> dropped = new TreeMap<>();
  private final TreeMap<WrittenDocument.File, Sum> kept = new TreeMap<>();
  private final TreeMap<String, Sum> languages = new TreeMap<>();
  private final TreeMap<String, Sum> forms = new TreeMap<>();
  private Sum in = Sum.ZERO;
  private Sum licences = Sum.ZERO;
  private Sum cut = Sum.ZERO;
  private final EnumMap<PersonalKind, Sum> masked = new EnumMap<>(PersonalKind.class);

  public PrepareReport(CorpusRules rules) {
    this.rules = rules;
  }

  /// What a rule is set to, as an override spells it: `prepare.code.maxLines=100000`.
  static String bound(String rule, CorpusRules rules) {
    return rules.settings(rule).stream()
        .map(setting -> "prepare." + setting)
        .collect(Collectors.joining(", "));
  }

  public void add(Judgement judgement, Decision decision, List<WrittenDocument> outputs) {
    in = in.plus(judgement.bytesIn());
    licences = judgement.licence() > 0 ? licences.plus(judgement.licence()) : licences;
    losses.in(1, judgement.bytes());
    switch (decision) {
      case Decision.Dropped(BrokenRule broken, _) -> {
        add(dropped, broken.rule(), judgement.bytes());
        losses.lost(
            broken.rule(),
            1,
            judgement.bytes(),
            example(outputs.getFirst().document(), broken),
            "set by " + bound(broken.rule(), rules));
      }
      case Decision.Kept _, Decision.Cut _ -> outputs.forEach(output -> keep(judgement, output));
    }
  }

  private void keep(Judgement judgement, WrittenDocument output) {
    long bytes = Utf8Length.of(output.document().text());
    add(kept, output.file(), bytes);
    add(languages, judgement.language(), bytes);
    cut = output.cut() > 0 ? cut.plus(output.cut()) : cut;
    add(forms, judgement.form().map(TextForm::toString).orElse("code"), bytes);
    output
        .masked()
        .forEach(
            (kind, count) -> masked.put(kind, masked.getOrDefault(kind, Sum.ZERO).plus(count)));
  }

  private static <K> void add(Map<K, Sum> sums, K key, long bytes) {
    sums.put(key, sums.getOrDefault(key, Sum.ZERO).plus(bytes));
  }

  /// A dropped document in one line: where it stands, how it begins, what was measured.
  private static String example(Document document, BrokenRule broken) {
    String begin = document.text().strip().replaceAll("\\s+", " ");
    int characters = Math.min(EXAMPLE_CHARACTERS, begin.codePointCount(0, begin.length()));
    int most = begin.offsetByCodePoints(0, characters);
    return String.format(
        Locale.ROOT,
        "%s «%s» (%.4g)",
        document.id(),
        most < begin.length() ? begin.substring(0, most) + "…" : begin,
        broken.measured());
  }

  /// Adds what was counted of documents that come after these.
  public PrepareReport and(PrepareReport later) {
    in = in.and(later.in);
    licences = licences.and(later.licences);
    cut = cut.and(later.cut);
    losses.and(later.losses);
    later.dropped.forEach((key, sum) -> dropped.merge(key, sum, Sum::and));
    later.kept.forEach((key, sum) -> kept.merge(key, sum, Sum::and));
    later.languages.forEach((key, sum) -> languages.merge(key, sum, Sum::and));
    later.forms.forEach((key, sum) -> forms.merge(key, sum, Sum::and));
    later.masked.forEach((key, sum) -> masked.merge(key, sum, Sum::and));
    return this;
  }

  /// Tells a run what it should know before anything is written.
  ///
  /// @throws InputException where nothing is left, or less than the rules ask for
  public static void tellSelected(
      SelectionCounts counts, LengthCounts lengths, CorpusRules rules, Reporter reporter) {
    if (counts.documents() == 0) {
      throw new InputException("there is no document to prepare; name some with --input");
    }
    if (counts.kept() == 0) {
      throw new InputException(
          "none of %,d documents is left: %s; loosen it, or name more documents"
              .formatted(counts.documents(), worst(counts, rules)));
    }
    if (counts.keptBytes() < rules.minKept()) {
      throw new InputException(
          "%,d of %,d documents are left, %.2f %% of the bytes, and prepare.minKept = %s asks for %s %%: %s; loosen it, or set prepare.minKept=0 if that is meant"
              .formatted(
                  counts.kept(),
                  counts.documents(),
                  100 * counts.keptBytes(),
                  rules.minKept(),
                  100 * rules.minKept(),
                  worst(counts, rules)));
    }
    if (lengths.steppedBack(rules)) {
      reporter.note(
          "%s outside %s stay all the same: a corpus of short or long texts is no bad one (prepare.forms.stepBack=1 would drop them)"
              .formatted(
                  Counted.of(lengths.shortOrLong(), "documents"), bound(ProseRules.LENGTH, rules)));
    }
    if (counts.kept() == 1) {
      reporter.note("one document is all there is: its end is held out");
    }
  }

  private static String worst(SelectionCounts counts, CorpusRules rules) {
    return counts
        .worst()
        .map(
            worst ->
                String.format(
                    Locale.ROOT,
                    "the rule %s dropped %,d, measuring %.4g … %.4g; its bound is %s",
                    worst.rule(),
                    worst.documents(),
                    worst.least(),
                    worst.most(),
                    bound(worst.rule(), rules)))
        .orElse("no rule dropped any");
  }

  public void tell(Reporter reporter) {
    losses.tell("documents", reporter);
    reporter.table("Prepared", PREPARED, prepared());
    reporter.table("Changed", CHANGES, changes());
    reporter.table("Forms", FORMS, rows(forms));
    reporter.table("Languages", LANGUAGES, rows(languages));
  }

  private List<List<String>> prepared() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("in", in, ""));
    Map<String, String> sources = rules.sources();
    dropped.forEach(
        (rule, sum) -> rows.add(row("dropped: " + rule, sum, sources.getOrDefault(rule, ""))));
    kept.forEach((file, sum) -> rows.add(row("kept: " + file.fileName(), sum, "")));
    return rows;
  }

  private List<List<String>> changes() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("licence comments stripped (bytes)", licences));
    if (rules.repeats().parts().cut()) {
      rows.add(row("repeated parts cut (characters)", cut));
    }
    masked.putIfAbsent(PersonalKind.EMAIL, Sum.ZERO);
    masked.putIfAbsent(PersonalKind.IP_ADDRESS, Sum.ZERO);
    String done = rules.maskAs().equals("note") ? "noted" : "masked";
    masked.forEach((kind, sum) -> rows.add(row(kind.counted() + " " + done, sum)));
    return rows;
  }

  private static List<List<String>> rows(Map<String, Sum> sums) {
    return sums.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
  }

  private static List<String> row(String what, Sum sum, String last) {
    return List.of(what, number(sum.documents), number(sum.amount), last);
  }

  private static List<String> row(String what, Sum sum) {
    return List.of(what, number(sum.documents), number(sum.amount));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
