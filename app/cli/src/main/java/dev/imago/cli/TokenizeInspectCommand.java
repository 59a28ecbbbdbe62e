package dev.imago.cli;

import dev.imago.tokenize.Fertility;
import dev.imago.tokenize.VocabularyReport;
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

/// What a tokenizer is made of, and what it makes of texts.
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Show what a tokenizer is made of, its special and its longest tokens; with texts, how much"
            + " of them a token holds.",
    footer = {"", "Example:  imago tokenize inspect model.gguf"})
final class TokenizeInspectCommand implements Callable<Integer> {
  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(index = "0", paramLabel = "TOKENIZER", description = TokenizerFile.DESCRIPTION)
  private String tokenizer = "";

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Texts, a line each.")
  private List<Path> files = List.of();

  @Option(names = "--whole", description = "A text is a whole file, not a line.")
  private boolean whole;

  @Option(
      names = "--beside",
      paramLabel = "TOKENIZER",
      description = "Another tokenizer to stand beside it. Repeatable.")
  private List<String> others = List.of();

  @Override
  public Integer call() {
    Tokenizer loaded = TokenizerFile.open(tokenizer, parent.imago);
    var parts = new ArrayList<List<String>>();
    parts.add(List.of("model", loaded.kind()));
    parts.add(List.of("ids", wide(loaded.vocabularySize())));
    loaded.kinds().forEach((name, kind) -> parts.add(List.of(name, kind)));
    System.out.print(Table.render(List.of("part", "kind"), parts));
    var special = new ArrayList<List<String>>();
    for (int id = 0; id < loaded.vocabularySize(); id++) {
      if (loaded.added(id) || loaded.special(id)) {
        special.add(
            List.of(
                String.valueOf(id), loaded.token(id), loaded.special(id) ? "special" : "added"));
      }
    }
    if (!special.isEmpty()) {
      System.out.println();
      System.out.print(Table.render(List.of("id", "token", ""), shortened(special)));
    }
    System.out.println();
    System.out.print(
        Table.render(
            List.of("id", "bytes", "longest tokens"), VocabularyReport.longest(loaded, 10)));
    if (!files.isEmpty()) {
      measure(loaded);
    }
    return 0;
  }

  private static List<List<String>> shortened(List<List<String>> rows) {
    int shown = 20;
    if (rows.size() <= shown) {
      return rows;
    }
    var first = new ArrayList<>(rows.subList(0, shown));
    first.add(List.of("…", (rows.size() - shown) + " more", ""));
    return first;
  }

  private void measure(Tokenizer loaded) {
    var all = new ArrayList<Fertility>();
    all.add(new Fertility(loaded));
    others.forEach(name -> all.add(new Fertility(TokenizerFile.open(name, parent.imago))));
    new TextInput(files, whole)
        .forEach(
            text -> {
              String kind = Fertility.script(text);
              all.forEach(f -> f.add(kind, text));
            });
    var header = new ArrayList<>(List.of("text", "texts", "bytes", "tokens", "bytes/token"));
    others.forEach(name -> header.add("by " + name));
    var rows = new ArrayList<List<String>>();
    Fertility first = all.getFirst();
    first.byKind().forEach((kind, totals) -> rows.add(row(kind, totals, all)));
    rows.add(row("all", first.all(), all));
    System.out.println();
    System.out.print(Table.render(header, rows));
    System.out.printf(
        Locale.ROOT,
        "%n  of the vocabulary, %,d tokens occur: %.1f %%%n",
        first.usedTokens(),
        100 * first.usedShare());
  }

  private static List<String> row(String kind, Fertility.Totals totals, List<Fertility> all) {
    var row =
        new ArrayList<>(
            List.of(kind, wide(totals.texts()), wide(totals.bytes()), wide(totals.tokens())));
    for (Fertility each : all) {
      Fertility.Totals its =
          kind.equals("all") ? each.all() : each.byKind().getOrDefault(kind, totals);
      row.add(String.format(Locale.ROOT, "%.3f", its.bytesPerToken()));
    }
    return row;
  }

  private static String wide(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
