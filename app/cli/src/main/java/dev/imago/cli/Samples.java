package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Split;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Shows a few of what an artifact holds: the beginnings of documents, rejects by their rule,
/// pairs, tokens. Reads no further than it must.
final class Samples {
  private static final int EACH = 3;

  /// Rejects lie in the order of their documents: so many are looked through for rare rules.
  private static final int LOOKED_THROUGH = 20_000;

  private static final Pattern SHARD = Pattern.compile("(.+)-\\d+\\.jsonl\\.zst");

  private final PrintStream out;
  private final int columns;

  Samples(PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  void show(Artifact artifact) {
    switch (artifact.ref().kind()) {
      case "corpus" -> splits(artifact.folder()).forEach(s -> documents(artifact.folder(), s));
      case "labels" -> {
        Task task = Tasks.read(artifact.folder());
        for (Split split : Split.values()) {
          if (task instanceof LabelTask<?> labels) {
            labelled(labels, artifact.folder(), split);
          } else {
            pairs(artifact.folder().resolve(split.fileName() + ".jsonl"));
          }
        }
      }
      case "vocabulary" -> tokens(artifact.folder());
      default -> {} // files of numbers, or measures that the run's tables tell
    }
  }

  private static TreeSet<String> splits(Path folder) {
    var splits = new TreeSet<String>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher shard = SHARD.matcher(String.valueOf(file.getFileName()));
        if (shard.matches()) {
          splits.add(shard.group(1));
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
    return splits;
  }

  private void documents(Path folder, String split) {
    var byRule = new LinkedHashMap<String, List<Document>>();
    try (var documents = new Documents.Reader(folder, split, _ -> {})) {
      for (int i = 0; i < LOOKED_THROUGH && documents.hasNext(); i++) {
        Document document = documents.next();
        String rule = document.tags().getOrDefault("rule", "");
        List<Document> like = byRule.computeIfAbsent(rule, _ -> new ArrayList<>());
        if (like.size() < EACH) {
          like.add(document);
        } else if (rule.isEmpty()) {
          break; // no rejects: more of the same
        }
      }
    }
    byRule.forEach(
        (rule, like) -> {
          out.printf("%n  %s%s%n", split, rule.isEmpty() ? "" : ", by " + rule);
          for (Document document : like) {
            String measured = document.tags().get("measured");
            out.println(
                Cells.cut(
                    "    "
                        + document.source()
                        + (measured == null ? "" : "  (measured " + measured + ")"),
                    columns));
            out.println("      " + line(document.text(), columns - 6));
          }
        });
  }

  private <E extends Record> void labelled(LabelTask<E> task, Path folder, Split split) {
    out.printf("%n  %s, %s%n", split.fileName(), task.name());
    for (E example : task.examples(folder, split).stream().limit(EACH).toList()) {
      out.println("    ▸ " + line(task.text(example), columns - 6));
      out.println("      " + line(String.join(" ", task.gold(example)), columns - 6));
    }
  }

  private void pairs(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    out.printf("%n  %s%n", file.getFileName());
    try (Stream<String> lines = Files.lines(file)) {
      for (String json : lines.limit(EACH).toList()) {
        Example pair = JsonMapper.shared().readValue(json, Example.class);
        out.println("    ▸ " + line(pair.prompt(), columns - 6));
        out.println("      " + line(pair.completion(), columns - 6));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (JacksonException e) {
      out.println("    a line is no pair: " + e.getOriginalMessage());
    }
  }

  private void tokens(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder);
    out.printf(
        Locale.ROOT, "%n  %,d entries, kind %s%n", tokenizer.vocabularySize(), tokenizer.kind());
    int shown = Math.max(1, columns / 10);
    int size = tokenizer.vocabularySize();
    for (int first : new int[] {size / 2, Math.max(0, size - shown)}) {
      var words = new ArrayList<String>();
      for (int id = first; id < Math.min(size, first + shown); id++) {
        String text = tokenizer.decode(new int[] {id}, false);
        words.add("«" + text.replaceAll("\\R", "⏎").replace('\t', '⇥') + "»");
      }
      out.println(Cells.cut("    from %,d  ".formatted(first) + String.join(" ", words), columns));
    }
  }

  /// The beginning of a text, in one line.
  private static String line(String text, int limit) {
    int end = Math.min(text.length(), 4 * limit);
    boolean halfPair = end > 0 && Character.isHighSurrogate(text.charAt(end - 1));
    String beginning = text.substring(0, halfPair ? end - 1 : end);
    return Cells.cut(beginning.strip().replaceAll("\\R\\s*", " ⏎ "), limit);
  }
}
