package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.tokenize.Fertility;
import dev.imago.tokenize.TokenizerComparison;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Two tokenizers side by side.
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compare two tokenizers: their vocabularies, and what each makes of the same texts.",
      "Ends with status 0 where all texts have the same ids, with 3 where some have not."
    },
    footer = {"", "Example:  imago tokenize compare tokenizer cl100k_base.tiktoken corpus.txt"})
final class TokenizeCompareCommand implements Callable<Integer> {
  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(index = "0", paramLabel = "A", description = TokenizerFile.DESCRIPTION)
  private String first = "";

  @Parameters(index = "1", paramLabel = "B", description = "Likewise.")
  private String second = "";

  @Parameters(
      index = "2..*",
      paramLabel = "FILE",
      description = "Texts, a line each; - is standard input. Without any, vocabularies only.")
  private List<Path> files = List.of();

  @Option(names = "--whole", description = "A text is a whole file, not a line.")
  private boolean whole;

  @Option(names = "--limit", paramLabel = "N", description = "Take N texts at most (default: all).")
  private long limit = Long.MAX_VALUE;

  @Override
  public Integer call() {
    Bounds.whole("--limit", limit, 1, Long.MAX_VALUE);
    Tokenizer a = TokenizerFile.open(first, parent.imago);
    Tokenizer b = TokenizerFile.open(second, parent.imago);
    var comparison = new TokenizerComparison(a, b);
    if (!files.isEmpty()) {
      var texts = new TextInput(files, whole).iterator();
      for (long n = 0; n < limit && texts.hasNext(); n++) {
        String text = texts.next();
        comparison.add(Fertility.script(text), text);
      }
    }
    print(a, b, comparison);
    return comparison.difference() == null ? 0 : 3;
  }

  private static void print(Tokenizer a, Tokenizer b, TokenizerComparison comparison) {
    TokenizerComparison.Overlap overlap = comparison.overlap();
    System.out.print(
        Table.render(
            List.of("", "A", "B"),
            List.of(
                List.of("model", a.kind(), b.kind()),
                List.of("ids", wide(a.vocabularySize()), wide(b.vocabularySize())),
                List.of(
                    "tokens that the other lacks",
                    wide(overlap.onlyFirst()),
                    wide(overlap.onlySecond())),
                List.of("tokens that both have", wide(overlap.shared()), wide(overlap.shared())),
                List.of("… with the same id", wide(overlap.sameIds()), wide(overlap.sameIds())))));
    if (comparison.texts() == 0) {
      return;
    }
    var rows = new ArrayList<List<String>>();
    comparison
        .first()
        .byKind()
        .forEach(
            (kind, totals) ->
                rows.add(
                    row(kind, totals, comparison.second().byKind().getOrDefault(kind, totals))));
    rows.add(row("all", comparison.first().all(), comparison.second().all()));
    System.out.println();
    System.out.print(
        Table.render(
            List.of(
                "text", "texts", "bytes", "tokens A", "tokens B", "bytes/token A", "bytes/token B"),
            rows));
    System.out.printf(
        Locale.ROOT, "%n  same ids: %,d of %,d texts%n", comparison.equal(), comparison.texts());
    TokenizerComparison.Difference difference = comparison.difference();
    if (difference != null) {
      System.out.printf(
          "  first difference: text %d, id %d, at %s%n    A  %s%n    B  %s%n",
          difference.number(),
          difference.at(),
          "«" + difference.text().replace("\n", "\\n") + "»",
          difference.first(),
          difference.second());
    }
  }

  private static List<String> row(String kind, Fertility.Totals a, Fertility.Totals b) {
    return List.of(
        kind,
        wide(a.texts()),
        wide(a.bytes()),
        wide(a.tokens()),
        wide(b.tokens()),
        String.format(Locale.ROOT, "%.3f", a.bytesPerToken()),
        String.format(Locale.ROOT, "%.3f", b.bytesPerToken()));
  }

  private static String wide(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
