package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.linear.LinearTrainer;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.classification.ClassifiedText;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Linear classifiers by themselves, each command useful in a pipe.
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description =
        "Train, test and use classifiers of text that need seconds: linear ones, and fastText's.",
    footer = {
      "",
      "Examples:",
      "  imago classify train reviews.csv --out reviews.linear",
      "  imago classify train reviews.csv --folds 5",
      "  imago classify train reviews.csv --kind fasttext --out reviews.bin",
      "  imago classify test reviews.linear held-out.csv",
      "  echo 'What a film!' | imago classify predict reviews.linear"
    },
    subcommands = {
      ClassifyTrainCommand.class,
      ClassifyTestCommand.class,
      ClassifyPredictCommand.class,
    })
final class ClassifyCommand extends CommandGroup {
  /// Which fields of rows hold text and class.
  static final class Fields {
    /// The labels of a line of fastText's.
    private static final Pattern LABELS =
        Pattern.compile("^__label__((?:\\S+\\s+__label__)*\\S+)\\s*");

    /// What such a line begins with.
    private static final byte[] PREFIX = "__label__".getBytes(StandardCharsets.UTF_8);

    @Option(
        names = "--text-field",
        paramLabel = "FIELD",
        description = "The field that holds the text (default: it is found).")
    private String text = "";

    @Option(
        names = "--label-field",
        paramLabel = "FIELD",
        description = "The field that holds the class (default: it is found).")
    private String label = "";

    /// Texts with their classes, of JSONL, JSON, CSV, TSV, and of plain text of columns between
    /// tabs; `.gz` too. Standard input where no file is named: JSONL or columns.
    List<LinearTrainer.Example> read(List<Path> files, Imago imago) {
      try {
        return examples(files, imago);
      } catch (InputException e) {
        // Rows are read as a recipe's step reads them, whose settings are options here.
        String message = String.valueOf(e.getMessage());
        throw new InputException(
            message
                .replace("annotate.textField", "--text-field")
                .replace("annotate.labelField", "--label-field"),
            e);
      }
    }

    private List<LinearTrainer.Example> examples(List<Path> files, Imago imago) {
      var rows = new ClassRows(new LabelReader.Settings(text, label, List.of()));
      if (files.isEmpty()) {
        read(rows, "standard input", System.in, null);
      }
      for (Path file : files) {
        if (!Files.isRegularFile(file)) {
          throw new InputException(
              file + (Files.exists(file) ? " is no file" : " does not exist") + "; name rows");
        }
        try (InputStream in = Files.newInputStream(file)) {
          read(rows, file.toString(), in, Rows.Format.of(file.toString()));
        } catch (IOException e) {
          throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
      }
      if (!imago.quiet) {
        rows.given().notes().forEach(System.err::println);
      }
      List<ClassifiedText> given = rows.given().examples();
      if (given.isEmpty()) {
        throw new InputException(
            "no text with a class is there; give rows of a text and its class, such as JSONL of"
                + " text and label");
      }
      return given.stream()
          .map(
              e ->
                  new LinearTrainer.Example(
                      e.pair().isEmpty() ? e.text() : e.text() + "\n" + e.pair(), e.label()))
          .toList();
    }

    /// The labels of a row: one, or those before a line of fastText's.
    static List<String> labels(String label) {
      return List.of(label.split("__label__"));
    }

    /// Refuses rows with several labels where one is told.
    static void single(List<LinearTrainer.Example> examples, String kind) {
      for (LinearTrainer.Example each : examples) {
        if (labels(each.label()).size() > 1) {
          throw new InputException(
              "«%s» has the labels %s, and %s tells one of a text; train --kind fasttext --loss one_against_all"
                  .formatted(each.text(), String.join(", ", labels(each.label())), kind));
        }
      }
    }

    /// fastText's lines, labels before the text, as columns between tabs.
    private static String columns(BufferedReader text) throws IOException {
      try {
        return text.lines()
            .map(line -> LABELS.matcher(line.replace('\t', ' ')))
            .map(
                labels ->
                    labels.replaceFirst(
                        m -> Matcher.quoteReplacement(m.group(1).replaceAll("\\s+", "")) + "\t"))
            .collect(Collectors.joining("\n"));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    /// What it begins with; nothing of it is taken.
    private static byte[] head(BufferedInputStream in) throws IOException {
      in.mark(PREFIX.length);
      byte[] head = in.readNBytes(PREFIX.length);
      in.reset();
      return head;
    }

    private static void read(
        ClassRows rows, String name, InputStream given, Rows.@Nullable Format format) {
      try {
        var in = new BufferedInputStream(given, 1 << 16);
        byte[] head = head(in);
        if (head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b) {
          in = new BufferedInputStream(new GZIPInputStream(in), 1 << 16);
          head = head(in);
        }
        boolean json = head.length > 0 && head[0] == '{';
        Rows.Format as = format == null && json ? Rows.Format.JSONL : format;
        var text =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        if (Arrays.equals(head, PREFIX)) {
          rows.read(name, new BufferedReader(new StringReader(columns(text))), null);
        } else {
          rows.read(name, text, as);
        }
      } catch (CharacterCodingException e) {
        throw new InputException(name + " is not UTF-8; convert it first, with iconv say", e);
      } catch (IOException e) {
        throw new InputException("cannot read %s: %s".formatted(name, e.getMessage()), e);
      }
    }
  }
}
