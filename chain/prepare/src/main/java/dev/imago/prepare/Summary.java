package dev.imago.prepare;

import dev.imago.data.Split;
import dev.imago.data.Verdict;
import dev.imago.prepare.Judge.Judgement;
import dev.imago.prepare.Masks.Masked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Counts documents and bytes by what became of them.
final class Summary {
  static final List<String> FATES = List.of("what", "documents", "bytes", "rule by");
  static final List<String> CHANGES = List.of("change", "documents", "count");
  static final List<String> FORMS = List.of("form", "documents kept", "bytes");
  static final List<String> LANGUAGES = List.of("kept in", "documents", "bytes");

  private record Sum(long documents, long amount) {
    static final Sum ZERO = new Sum(0, 0);

    Sum plus(long more) {
      return new Sum(documents + 1, amount + more);
    }
  }

  private final Map<String, String> sources = new TreeMap<>();
  private final Map<String, Sum> dropped = new TreeMap<>();
  private final Map<Split, Sum> kept = new TreeMap<>();
  private final Map<String, Sum> languages = new TreeMap<>();
  private final Map<String, Sum> forms = new TreeMap<>();
  private Sum in = Sum.ZERO;
  private Sum licences = Sum.ZERO;
  private Sum emails = Sum.ZERO;
  private Sum addresses = Sum.ZERO;

  Summary(Prepare.Config config) {
    config.prose().rules("en").forEach(rule -> sources.put(rule.name(), rule.source()));
    config.forms().rules().forEach(rule -> sources.put(rule.name(), rule.source()));
    Rule<Prose> length = config.prose().length(Form.PROSE);
    sources.put(length.name(), length.source());
    config.code().rules().forEach(rule -> sources.put(rule.name(), rule.source()));
    sources.put(Fates.NEAR, "Penedo et al. 2024");
  }

  void in(Judgement judgement) {
    in = in.plus(judgement.bytesIn());
    if (judgement.licence() > 0) {
      licences = licences.plus(judgement.licence());
    }
  }

  void drop(Verdict.Drop drop, Judgement judgement) {
    dropped.merge(drop.rule(), Sum.ZERO.plus(judgement.bytes()), (a, b) -> a.plus(b.amount));
  }

  void keep(Split side, Judgement judgement, Masked masked) {
    long bytes = Judge.utf8Length(masked.text());
    kept.merge(side, Sum.ZERO.plus(bytes), (a, b) -> a.plus(bytes));
    languages.merge(judgement.language(), Sum.ZERO.plus(bytes), (a, b) -> a.plus(bytes));
    String form = judgement.form().map(Form::toString).orElse("code");
    forms.merge(form, Sum.ZERO.plus(bytes), (a, b) -> a.plus(bytes));
    emails = masked.emails() > 0 ? emails.plus(masked.emails()) : emails;
    addresses = masked.addresses() > 0 ? addresses.plus(masked.addresses()) : addresses;
  }

  List<List<String>> fates() {
    var rows = new ArrayList<List<String>>();
    rows.add(row("in", in, ""));
    dropped.forEach(
        (rule, sum) -> rows.add(row("dropped: " + rule, sum, sources.getOrDefault(rule, ""))));
    kept.forEach((side, sum) -> rows.add(row("kept: " + side.fileName(), sum, "")));
    return rows;
  }

  List<List<String>> changes() {
    return List.of(
        row("licence comments stripped (bytes)", licences),
        row("e-mail addresses masked", emails),
        row("IP addresses masked", addresses));
  }

  List<List<String>> languages() {
    return languages.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
  }

  List<List<String>> forms() {
    return forms.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
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
