package dev.imago.prepare;

import dev.imago.core.Run;
import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.TextForm;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Document;
import dev.imago.data.Losses;
import dev.imago.data.Utf8Length;
import dev.imago.masking.PersonalKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Counts documents and bytes by what became of them, and tells a run: in tables, and in words
/// where much was dropped.
final class PrepareReport {
  private static final List<String> PREPARED = List.of("what", "documents", "bytes", "rule by");
  private static final List<String> CHANGES = List.of("change", "documents", "count");
  private static final List<String> FORMS = List.of("form", "documents kept", "bytes");
  private static final List<String> LANGUAGES = List.of("kept in", "documents", "bytes");
  private static final int EXAMPLE_CHARACTERS = 40;

  private record Sum(long documents, long amount) {
    static final Sum ZERO = new Sum(0, 0);

    Sum plus(long more) {
      return new Sum(documents + 1, amount + more);
    }
  }

  private final CorpusRules rules;
  private final Map<String, String> sources;
  private final Losses losses = new Losses();
  private final Map<String, Sum> dropped = new TreeMap<>();
  private final Map<WrittenDocument.File, Sum> kept = new TreeMap<>();
  private final Map<String, Sum> languages = new TreeMap<>();
  private final Map<String, Sum> forms = new TreeMap<>();
  private Sum in = Sum.ZERO;
  private Sum licences = Sum.ZERO;
  private final Map<PersonalKind, Sum> masked = new EnumMap<>(PersonalKind.class);

  PrepareReport(CorpusRules rules) {
    this.rules = rules;
    sources = rules.sources();
  }

  /// What a rule is set to, as an override spells it: `prepare.code.maxLines=100000`.
  static String bound(String rule, CorpusRules rules) {
    return rules.settings(rule).stream()
        .map(setting -> "prepare." + setting)
        .collect(Collectors.joining(", "));
  }

  void add(Judgement judgement, Decision decision, List<WrittenDocument> outputs) {
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

  void tell(Run run) {
    losses.tell("documents", run);
    run.table("Prepared", PREPARED, prepared());
    run.table("Changed", CHANGES, changes());
    run.table("Forms", FORMS, rows(forms));
    run.table("Languages", LANGUAGES, rows(languages));
  }

  private List<List<String>> prepared() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("in", in, ""));
    dropped.forEach(
        (rule, sum) -> rows.add(row("dropped: " + rule, sum, sources.getOrDefault(rule, ""))));
    kept.forEach((file, sum) -> rows.add(row("kept: " + file.fileName(), sum, "")));
    return rows;
  }

  private List<List<String>> changes() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("licence comments stripped (bytes)", licences));
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
