package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.data.InOrder;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.Outcome;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.RepeatedText;
import dev.imago.duplicates.SignatureFile;
import dev.imago.duplicates.Signer;
import dev.imago.duplicates.Traits;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Rows as they come out of `imago data dedup`: those that stay, without what is cut from them, to
/// standard output; those that go, with their reason; and what those that stay are recognised by.
final class DedupOutput {
  private final Outcomes outcomes;
  private final RepeatedText repeated;
  private final String textField;

  private long gone;
  private long emptied;
  private long kept;
  private long cutCharacters;

  /// @param repeated what is cut from texts that stay
  DedupOutput(Outcomes outcomes, RepeatedText repeated, String textField) {
    this.outcomes = outcomes;
    this.repeated = repeated;
    this.textField = textField;
  }

  /// What came of it.
  String told() {
    return "%,d rows stay, %,d go%s%s"
        .formatted(
            kept,
            gone,
            emptied == 0 ? "" : " (%,d of them with nothing left)".formatted(emptied),
            cutCharacters == 0 ? "" : ", %,d characters cut".formatted(cutCharacters));
  }

  /// A row as it is written.
  ///
  /// @param traits for the index; null without one, and of a row that goes
  private record Written(
      DataRows.DataRow row,
      String line,
      boolean stays,
      @Nullable Traits traits,
      int cut,
      boolean emptied) {}

  /// @param index an index that was not written to its end is none ([SignatureFile])
  void write(
      DataRows input,
      int threads,
      @Nullable Path rejects,
      @Nullable Path index,
      DuplicateRules rules)
      throws InterruptedException {
    var signer = new Signer(SignatureFile.signing(rules));
    try (var out = new LineOutput(System.out);
        BufferedWriter away = rejects == null ? null : Files.newBufferedWriter(rejects);
        SignatureFile.Writer signatures =
            index == null ? null : new SignatureFile.Writer(index, rules);
        DataRows.RowReader reader = input.read()) {
      InOrder.map(
          reader,
          threads,
          row -> row.text().length(),
          row -> written(row, outcomes.of(row.place()), index == null ? null : signer),
          each -> {
            kept += each.stays() ? 1 : 0;
            gone += each.stays() ? 0 : 1;
            emptied += each.emptied() ? 1 : 0;
            cutCharacters += each.cut();
            if (each.stays()) {
              out.line(each.line());
            } else if (away != null) {
              line(away, each.line());
            }
            if (signatures != null && each.traits() != null) {
              signatures.add(each.row().id(), each.traits());
            }
          });
      if (signatures != null) {
        signatures.done();
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", rejects == null ? Path.of("-") : rejects, e);
    }
  }

  private static void line(BufferedWriter to, String line) {
    try {
      to.write(line);
      to.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param signer of an index; null without one
  private Written written(DataRows.DataRow row, Outcome outcome, @Nullable Signer signer) {
    if (outcome instanceof Outcome.Repeats(var likeness, double measured, String of)) {
      String rule =
          switch (likeness) {
            case EXACT -> "exact-duplicate";
            case NEAR -> "near-duplicate";
            case ADDRESS -> "address-duplicate";
          };
      return new Written(row, rejected(row.row(), rule, measured, of), false, null, 0, false);
    }
    String text = repeated.cut(row.place(), row.text());
    int cut = row.text().length() - text.length();
    if (cut > 0 && text.isBlank()) {
      return new Written(row, rejected(row.row(), "repeated-parts", 1, ""), false, null, 0, true);
    }
    if (cut > 0) {
      row.row().put(textField, text);
    }
    if (outcome instanceof Outcome.Stands(long group)) {
      if (row.row().get("tags") instanceof ObjectNode tags) {
        tags.put("group", Long.toString(group));
      } else {
        row.row().put("group", group);
      }
    }
    Traits traits = signer == null ? null : signer.sign(text, row.address());
    return new Written(row, row.row().toString(), true, traits, cut, false);
  }

  private static String rejected(ObjectNode row, String rule, double measured, String of) {
    ObjectNode to = row.get("tags") instanceof ObjectNode tags ? tags : row;
    to.put("rule", rule);
    to.put("measured", String.format(Locale.ROOT, "%.4g", measured));
    if (!of.isEmpty()) {
      to.put("of", of);
    }
    return row.toString();
  }
}
