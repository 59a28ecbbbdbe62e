package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.RuleMeasure;
import dev.imago.data.Document;
import dev.imago.data.LinearClassifier;
import dev.imago.data.Ngrams;
import dev.imago.data.Utf8Length;
import dev.imago.duplicates.Signer;
import dev.imago.prepare.Forgotten;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What became of a document, and why.
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = {
      "Show a document's whole way: where it was gathered, what each rule measured in it and its",
      "bound, the rule that dropped it, the document that it repeats side by side with it, or the",
      "side of the split on which it stays."
    },
    footer = {"", "Example:  imago data why books/letters.txt#3"})
final class DataWhyCommand implements Callable<Integer> {
  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(paramLabel = "ID", description = "The document's id.")
  private String id = "";

  @Option(
      names = "--corpus",
      paramLabel = "REF",
      description = "In this corpus alone: kind/hash, or the first digits (default: in all).")
  private @Nullable String corpus;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "Lines shown of a text (default: ${DEFAULT-VALUE}).")
  private int lines = 30;

  @Override
  public Integer call() {
    var workspace = new Workspace(parent.imago.workspace());
    var search = new CorpusSearch(workspace);
    Ref only = corpus == null ? null : workspace.find(corpus).ref();
    List<CorpusSearch.Found> found =
        search.all(id).stream().filter(each -> only == null || each.corpus().equals(only)).toList();
    boolean forgotten = Forgotten.read(workspace.root().resolve(Forgotten.NAME)).has(id);
    if (found.isEmpty() && !forgotten) {
      throw new ConfigException(
          "no corpus of %s has a document «%s»; ids are those that `imago show corpus/…` prints"
              .formatted(workspace.root(), id));
    }
    if (forgotten) {
      System.out.println(
          "«%s» is to be forgotten: no corpus made from now on has it".formatted(id));
    }
    for (CorpusSearch.Found each : found) {
      tell(each, workspace, search);
    }
    return 0;
  }

  private void tell(CorpusSearch.Found found, Workspace workspace, CorpusSearch search) {
    Document document = found.document();
    System.out.printf(
        Locale.ROOT,
        "%n%s, %s: %s, %,d bytes%n",
        found.corpus().brief(),
        found.split(),
        document.id(),
        Utf8Length.of(document.text()));
    System.out.println("  source  " + document.source());
    new TreeMap<>(document.tags())
        .forEach((tag, value) -> System.out.println("  " + tag + "  " + oneLine(value)));
    Optional<Provenance> made =
        workspace.provenance(found.corpus()).filter(p -> p.stage().equals("prepare"));
    if (made.isEmpty()) {
      return;
    }
    CorpusRules rules = rules(made.get(), workspace);
    String rule = document.tags().getOrDefault("rule", "");
    if (rule.isEmpty()) {
      System.out.println("  it stays, on the side " + found.split());
    } else {
      System.out.println(
          "  it goes by the rule "
              + rule
              + ", set by "
              + rules.settings(rule).stream()
                  .map(setting -> "prepare." + setting)
                  .collect(Collectors.joining(", ")));
    }
    measures(document, made.get(), rules, search);
    String of = document.tags().getOrDefault("of", "");
    if (!of.isEmpty()) {
      beside(document, of, found.corpus(), workspace, search, rules);
    }
  }

  /// The rules, with the models that were inputs, where they are still there.
  private static CorpusRules rules(Provenance made, Workspace workspace) {
    ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(made.configJson());
    CorpusRules rules = Binder.bind("prepare", config, CorpusRules.defaults());
    for (Ref ref : workspace.artifacts()) {
      if (made.inputs().contains(ref)) {
        Path folder = workspace.find(ref.toString()).folder();
        if (Artifact.is(Ngrams.class, ref, folder)) {
          rules = rules.ngrams(new Ngrams(ref, folder).file().toString());
        } else if (Artifact.is(LinearClassifier.class, ref, folder)) {
          rules = rules.classifier(new LinearClassifier(ref, folder).file().toString());
        }
      }
    }
    return rules;
  }

  /// Rules measure what was gathered, before masks.
  private void measures(
      Document document, Provenance made, CorpusRules rules, CorpusSearch search) {
    Document raw =
        search
            .first(document.id(), made.inputs())
            .map(CorpusSearch.Found::document)
            .orElse(document);
    var rows = new ArrayList<List<String>>();
    var filter = new DocumentFilter(rules);
    filter.form(raw).ifPresent(form -> System.out.println("  judged as " + form));
    for (RuleMeasure measure : filter.asked(raw)) {
      rows.add(
          List.of(
              measure.rule(),
              number(measure.value()),
              number(measure.least()),
              number(measure.most()),
              measure.passes() ? "" : "broken",
              measure.source()));
    }
    System.out.print(
        Table.render(List.of("rule", "measured", "least", "most", "", "rule by"), rows));
  }

  private static String number(double value) {
    return Double.isInfinite(value) ? "–" : String.format(Locale.ROOT, "%.4g", value);
  }

  private void beside(
      Document document,
      String of,
      Ref rejects,
      Workspace workspace,
      CorpusSearch search,
      CorpusRules rules) {
    Provenance made = workspace.provenance(rejects).orElseThrow();
    // Its own corpus was made of the same; else whatever has it.
    List<Ref> corpora = new ArrayList<>();
    for (Ref ref : workspace.artifacts()) {
      if (ref.kind().equals(rejects.kind()) && !ref.equals(rejects)) {
        boolean sibling =
            workspace
                .provenance(ref)
                .filter(p -> p.inputs().equals(made.inputs()) && p.stage().equals("prepare"))
                .isPresent();
        corpora.add(sibling ? 0 : corpora.size(), ref);
      }
    }
    Optional<CorpusSearch.Found> stays = search.first(of, corpora);
    if (stays.isEmpty()) {
      System.out.println("  «%s», which it repeats, is in no corpus here".formatted(of));
      return;
    }
    Document other = stays.get().document();
    System.out.printf(
        Locale.ROOT,
        "  %.4f of their shingles are shared%n",
        new Signer(rules.duplicates()).similarity(document.text(), other.text()));
    List<String> left = document.text().lines().toList();
    List<String> right = other.text().lines().toList();
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < Math.min(lines, Math.max(left.size(), right.size())); i++) {
      String one = i < left.size() ? left.get(i) : "";
      String two = i < right.size() ? right.get(i) : "";
      rows.add(List.of(one.equals(two) ? "" : "≠", one, two));
    }
    System.out.print(Table.render(List.of("", document.id(), other.id()), rows));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
